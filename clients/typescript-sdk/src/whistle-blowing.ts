// SOP `wbs`: a complaint of somebody who stays anonymous, and one on paper of somebody of whom one line is opened, once, by the custodian's decision.
import { desk, done, refused } from "./desk.ts";
import { custodiansStick, expect, office, tell } from "./demo.ts";
import type { Client } from "./sdk/client/index.ts";
import {
  acknowledgeAnswer,
  activateSlip,
  decideDisclosure,
  disposeComplaint,
  draftAnswer,
  endComplaintSession,
  enterPaperComplaint,
  forwardComplaint,
  listComplaints,
  listOwnMessages,
  listTeams,
  openComplaintSession,
  openDisclosure,
  readAccessLog,
  readComplaint,
  readOwnAnswer,
  readOwnComplaint,
  requestDisclosure,
  resolveComplaint,
  showMe,
  signAnswer,
  submitComplaint,
  verifyAuditTrail,
  verifyReceipt,
  warnStaff,
  writeToOffice,
  writeToReporter,
} from "./sdk/sdk.gen.ts";
import type { ComplaintForm, ComplaintStage } from "./sdk/types.gen.ts";

const LETTER = { subject: "Jawaban atas pengaduan Saudara", body: "Pengaduan Saudara telah ditindaklanjuti." };

const WORDS = { text: "Mohon ditanggapi sesuai prosedur." };

async function everybody() {
  return office("intake_clerk", "head", "pji_lead", "team_lead", "team_staff", "identity_custodian", "internal_auditor", "pji_staff");
}

/** Opens a reporter's session: no account, only the code on the receipt. */
async function enter(receipt_code: string): Promise<Client> {
  const session = await done(openComplaintSession({ client: desk(), body: { receipt_code } }));
  return desk(session.access_token);
}

/** Asks again until the stage is reached: what reporters do becomes known at a surfacing time, and what follows is a job. */
async function until(stage: ComplaintStage, look: () => Promise<{ stage: ComplaintStage }>): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    if ((await look()).stage === stage) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`the complaint does not become ${stage}: does the service surface at once?`);
}

/** Steps 2 and 3, for the complaint with this public number. */
async function forwarded(desks: Awaited<ReturnType<typeof everybody>>, public_number: string) {
  const found = await done(listComplaints({ client: desks.head, query: { public_number } }));
  const at = { path: { id: found.items[0]?.id ?? "" } };
  await done(disposeComplaint({ client: desks.head, ...at, body: WORDS }));
  const teams = await done(listTeams({ client: desks.head }));
  const body = { team: teams.items[0]?.id ?? "", ...WORDS };
  tell("2, 3  disposition, forwarding", (await done(forwardComplaint({ client: desks.pji_lead, ...at, body }))).stage);
  return at;
}

/** Steps 5 to 7: drafted, signed, read, acknowledged. */
async function answered(desks: Awaited<ReturnType<typeof everybody>>, at: Awaited<ReturnType<typeof forwarded>>, reporter: Client): Promise<void> {
  await done(draftAnswer({ client: desks.team_staff, ...at, body: LETTER }));
  tell("5, 6  answer, signature", (await done(signAnswer({ client: desks.head, ...at }))).stage);
  await until("answered", () => done(readOwnComplaint({ client: reporter })));
  const answer = await done(readOwnAnswer({ client: reporter }));
  const receipt = await done(acknowledgeAnswer({ client: reporter }));
  const verified = await done(verifyReceipt({ client: desk(), body: receipt }));
  expect("the receipt", verified.genuine, true);
  tell(`7  acknowledgement of ${answer.signature.number}, against a receipt`);
}

async function anonymous(): Promise<void> {
  const desks = await everybody();
  const form: ComplaintForm = {
    category: "service",
    content: { subject: "Pungutan di luar tarif", account: "Petugas meminta pembayaran tunai di luar tarif.", accused: [{ name: "petugas loket" }] },
  };
  const given = await done(submitComplaint({ client: desk(), body: form }));
  tell(`1  POST /complaints: ${given.public_number}`, "received");
  const reporter = await enter(given.receipt_code);
  await until("screened", () => done(readOwnComplaint({ client: reporter })));
  const at = await forwarded(desks, given.public_number);

  await done(writeToReporter({ client: desks.team_lead, ...at, body: { text: "Apakah ada kuitansi?", awaits_answer: true } }));
  const asked = await done(listOwnMessages({ client: reporter }));
  expect("the question", asked.items[0]?.text, "Apakah ada kuitansi?");
  await done(writeToOffice({ client: reporter, body: { text: "Tidak diberi kuitansi." } }));
  await until("in_resolution", () => done(readComplaint({ client: desks.team_lead, ...at })));
  tell("4  a question, and its answer", "in_resolution");
  const fault = await done(showMe({ client: desks.pji_staff }));
  const warnings = [{ user: fault.id, text: "Pungutan di luar tarif tidak dibenarkan." }];
  await done(warnStaff({ client: desks.team_lead, ...at, body: { warnings } }));
  expect("what the warned person finds", await refused(readComplaint({ client: desks.pji_staff, ...at })), "not_found");
  const resolution = { finding: "proven" as const, summary: "Pungutan terbukti. Uang dikembalikan." };
  tell("4  warnings, resolution", (await done(resolveComplaint({ client: desks.team_lead, ...at, body: resolution }))).stage);
  await answered(desks, at, reporter);
  const log = await done(readAccessLog({ client: reporter }));
  tell(`-  access-log: ${log.items.map((entry) => entry.role).join(", ")}`);
  await done(endComplaintSession({ client: reporter }));
  expect("a session that is over", await refused(readOwnComplaint({ client: reporter })), "unauthenticated");
}

async function onPaper(): Promise<void> {
  const desks = await everybody();
  const form: ComplaintForm = {
    category: "procurement",
    content: { subject: "Pengadaan bahan kimia", account: "Penawaran kami ditolak tanpa penjelasan." },
    identity: { name: "Siti Rahayu", phone: "+62 812 5550 0177" },
  };
  const slip = await done(enterPaperComplaint({ client: desks.intake_clerk, body: { form } }));
  tell(`1  POST /complaints/paper: ${slip.public_number}`, "received");
  const activated = await done(activateSlip({ client: desk(), body: { activation_code: slip.activation_code } }));
  const reporter = await enter(activated.receipt_code);
  await until("screened", () => done(readOwnComplaint({ client: reporter })));
  const at = await forwarded(desks, slip.public_number);

  const request = { fields: ["phone" as const], purpose: "consent" as const, reason: "Pelapor minta dihubungi lewat telepon." };
  const asked = await done(requestDisclosure({ client: desks.team_lead, ...at, body: request }));
  const one = { path: { ...at.path, disclosure: asked.id } };
  const decision = { grant: true, reason: "Pelapor setuju.", ...custodiansStick() };
  await done(decideDisclosure({ client: desks.identity_custodian, ...one, body: decision }));
  const opening = { ...one, body: { opening_code: asked.opening_code } };
  const opened = await done(openDisclosure({ client: desks.team_lead, ...opening }));
  expect("what is opened", JSON.stringify(opened.fields), JSON.stringify({ phone: "+62 812 5550 0177" }));
  tell("-  disclosure: asked, decided with the custodian's key, opened once");
  const resolution = { finding: "not_proven" as const, summary: "Penolakan didasarkan pada syarat teknis." };
  await done(resolveComplaint({ client: desks.team_lead, ...at, body: resolution }));
  await answered(desks, at, reporter);
  const trail = await done(verifyAuditTrail({ client: desks.internal_auditor }));
  expect("the audit trail", trail.intact, true);
  tell(`-  audit trail: ${trail.events} events, intact`);
}

export async function whistleBlowing(): Promise<void> {
  await anonymous();
  await onPaper();
}
