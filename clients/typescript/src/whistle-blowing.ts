// SOP `wbs`: a complaint of somebody who stays anonymous, and one on paper of somebody of whom one line is opened, once, by the custodian's decision.
import { type Desk, desk, done, refused, type Schemas } from "./desk.ts";
import { custodiansStick, expect, office, tell } from "./demo.ts";

const LETTER = { subject: "Jawaban atas pengaduan Saudara", body: "Pengaduan Saudara telah ditindaklanjuti." };

const WORDS = { text: "Mohon ditanggapi sesuai prosedur." };

async function everybody() {
  return office("intake_clerk", "head", "pji_lead", "team_lead", "team_staff", "identity_custodian", "internal_auditor", "pji_staff");
}

/** Opens a reporter's session: no account, only the code on the receipt. */
async function enter(receipt_code: string): Promise<Desk> {
  const session = await done(desk().POST("/api/v1/complaints/sessions", { body: { receipt_code } }));
  return desk(session.access_token);
}

/** Asks again until the stage is reached: what reporters do becomes known at a surfacing time, and what follows is a job. */
async function until(stage: Schemas["ComplaintStage"], look: () => Promise<{ stage: Schemas["ComplaintStage"] }>): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    if ((await look()).stage === stage) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`the complaint does not become ${stage}: does the service surface at once?`);
}

/** Steps 2 and 3, for the complaint with this public number. */
async function forwarded(desks: Awaited<ReturnType<typeof everybody>>, public_number: string) {
  const found = await done(desks.head.GET("/api/v1/complaints", { params: { query: { public_number } } }));
  const at = { params: { path: { id: found.items[0]?.id ?? "" } } };
  await done(desks.head.POST("/api/v1/complaints/{id}/disposition", { ...at, body: WORDS }));
  const teams = await done(desks.head.GET("/api/v1/teams"));
  const body = { team: teams.items[0]?.id ?? "", ...WORDS };
  tell("2, 3  disposition, forwarding", (await done(desks.pji_lead.POST("/api/v1/complaints/{id}/forwarding", { ...at, body }))).stage);
  return at;
}

/** Steps 5 to 7: drafted, signed, read, acknowledged. */
async function answered(desks: Awaited<ReturnType<typeof everybody>>, at: Awaited<ReturnType<typeof forwarded>>, reporter: Desk): Promise<void> {
  await done(desks.team_staff.POST("/api/v1/complaints/{id}/answer", { ...at, body: LETTER }));
  tell("5, 6  answer, signature", (await done(desks.head.POST("/api/v1/complaints/{id}/answer/signature", at))).stage);
  await until("answered", () => done(reporter.GET("/api/v1/complaints/mine")));
  const answer = await done(reporter.GET("/api/v1/complaints/mine/answer"));
  const receipt = await done(reporter.POST("/api/v1/complaints/mine/answer/acknowledgement"));
  const verified = await done(desk().POST("/api/v1/complaints/receipts/verification", { body: receipt }));
  expect("the receipt", verified.genuine, true);
  tell(`7  acknowledgement of ${answer.signature.number}, against a receipt`);
}

async function anonymous(): Promise<void> {
  const desks = await everybody();
  const form: Schemas["ComplaintForm"] = {
    category: "service",
    content: { subject: "Pungutan di luar tarif", account: "Petugas meminta pembayaran tunai di luar tarif.", accused: [{ name: "petugas loket" }] },
  };
  const given = await done(desk().POST("/api/v1/complaints", { body: form }));
  tell(`1  POST /complaints: ${given.public_number}`, "received");
  const reporter = await enter(given.receipt_code);
  await until("screened", () => done(reporter.GET("/api/v1/complaints/mine")));
  const at = await forwarded(desks, given.public_number);

  await done(desks.team_lead.POST("/api/v1/complaints/{id}/messages", { ...at, body: { text: "Apakah ada kuitansi?", awaits_answer: true } }));
  const asked = await done(reporter.GET("/api/v1/complaints/mine/messages"));
  expect("the question", asked.items[0]?.text, "Apakah ada kuitansi?");
  await done(reporter.POST("/api/v1/complaints/mine/messages", { body: { text: "Tidak diberi kuitansi." } }));
  await until("in_resolution", () => done(desks.team_lead.GET("/api/v1/complaints/{id}", at)));
  tell("4  a question, and its answer", "in_resolution");
  const fault = await done(desks.pji_staff.GET("/api/v1/me"));
  const warnings = [{ user: fault.id, text: "Pungutan di luar tarif tidak dibenarkan." }];
  await done(desks.team_lead.POST("/api/v1/complaints/{id}/warnings", { ...at, body: { warnings } }));
  expect("what the warned person finds", await refused(desks.pji_staff.GET("/api/v1/complaints/{id}", at)), "not_found");
  const resolution = { finding: "proven" as const, summary: "Pungutan terbukti. Uang dikembalikan." };
  tell("4  warnings, resolution", (await done(desks.team_lead.POST("/api/v1/complaints/{id}/resolution", { ...at, body: resolution }))).stage);
  await answered(desks, at, reporter);
  const log = await done(reporter.GET("/api/v1/complaints/mine/access-log"));
  tell(`-  access-log: ${log.items.map((entry) => entry.role).join(", ")}`);
  await done(reporter.DELETE("/api/v1/complaints/mine/session"));
  expect("a session that is over", await refused(reporter.GET("/api/v1/complaints/mine")), "unauthenticated");
}

async function onPaper(): Promise<void> {
  const desks = await everybody();
  const form: Schemas["ComplaintForm"] = {
    category: "procurement",
    content: { subject: "Pengadaan bahan kimia", account: "Penawaran kami ditolak tanpa penjelasan." },
    identity: { name: "Siti Rahayu", phone: "+62 812 5550 0177" },
  };
  const slip = await done(desks.intake_clerk.POST("/api/v1/complaints/paper", { body: { form } }));
  tell(`1  POST /complaints/paper: ${slip.public_number}`, "received");
  const activated = await done(desk().POST("/api/v1/complaints/activations", { body: { activation_code: slip.activation_code } }));
  const reporter = await enter(activated.receipt_code);
  await until("screened", () => done(reporter.GET("/api/v1/complaints/mine")));
  const at = await forwarded(desks, slip.public_number);

  const request = { fields: ["phone" as const], purpose: "consent" as const, reason: "Pelapor minta dihubungi lewat telepon." };
  const asked = await done(desks.team_lead.POST("/api/v1/complaints/{id}/disclosures", { ...at, body: request }));
  const one = { params: { path: { ...at.params.path, disclosure: asked.id } } };
  const decision = { grant: true, reason: "Pelapor setuju.", ...custodiansStick() };
  await done(desks.identity_custodian.POST("/api/v1/complaints/{id}/disclosures/{disclosure}/decision", { ...one, body: decision }));
  const opening = { ...one, body: { opening_code: asked.opening_code } };
  const opened = await done(desks.team_lead.POST("/api/v1/complaints/{id}/disclosures/{disclosure}/opening", opening));
  expect("what is opened", JSON.stringify(opened.fields), JSON.stringify({ phone: "+62 812 5550 0177" }));
  tell("-  disclosure: asked, decided with the custodian's key, opened once");
  const resolution = { finding: "not_proven" as const, summary: "Penolakan didasarkan pada syarat teknis." };
  await done(desks.team_lead.POST("/api/v1/complaints/{id}/resolution", { ...at, body: resolution }));
  await answered(desks, at, reporter);
  const trail = await done(desks.internal_auditor.GET("/api/v1/audit-trail/verification"));
  expect("the audit trail", trail.intact, true);
  tell(`-  audit trail: ${trail.events} events, intact`);
}

export async function whistleBlowing(): Promise<void> {
  await anonymous();
  await onPaper();
}
