// SOP `cert` from a new customer to the dispatched notice and its payment, with a deficiency and a returned draft on the way.
import { desk, done, refused, signIn } from "./desk.ts";
import { day, expect, office, paper, tell } from "./demo.ts";
import {
  addAuditor,
  attachDocument,
  completeApplication,
  dispatchAuditNotice,
  draftAuditNotice,
  fileApplication,
  initialAuditNotice,
  listBillings,
  listDeficiencySheets,
  proposeAudit,
  readScheme,
  recordPayment,
  register,
  returnAuditNotice,
  signAuditNotice,
  startApplication,
  submitApplication,
  verifyDocuments,
} from "./sdk/sdk.gen.ts";
import type { AuditorForm, CostLine, TeamMember, VerificationItem } from "./sdk/types.gen.ts";

const LEAD: AuditorForm = { name: "Ir. Sri Wahyuni, M.T.", competences: [{ scheme: "quality_iso9001", role: "lead", valid_from: "2026-01-01" }] };

const COST: CostLine[] = [
  {
    kind: "tariff",
    description: "Ketua tim audit, 2 hari",
    quantity: 2,
    unit: "OH",
    unit_amount: 2_000_000,
    channel: "pnbp_billing",
    legal_basis: "PP 54/2021",
    reason: "Tarif ini belum ada dalam daftar.",
  },
];

export async function certification(): Promise<void> {
  // Fifteen digits, as a kode billing has.
  const run = Date.now().toString().padEnd(15, "0");
  const account = { email: `mutu-${run}@tirtamusi.example`, password: `air jernih dari Musi ${run}` };
  await done(
    register({
      client: desk(),
      body: {
        ...account,
        display_name: "Rahmat Hidayat",
        organisation: {
          name: `PT Tirta Musi ${run}`,
          address: { street: "Jl. Perindustrian II No. 12", city: "Palembang", province: "Sumatera Selatan", postal_code: "30152" },
        },
      },
    }),
  );
  const customer = await signIn(account.email, account.password);
  const desks = await office("ss_lead", "pji_staff", "operations_staff", "pji_lead", "head", "treasurer");
  const lead = await done(addAuditor({ client: desks.ss_lead, body: LEAD }));
  tell("registered, signed in, and an auditor put on the list");

  const draft = await done(
    startApplication({
      client: customer,
      body: {
        scheme: "quality_iso9001",
        kind: "initial",
        company: { name: `PT Tirta Musi ${run}`, nib: "1234567890123" },
        site: { name: "Pabrik Kertapati", address: "Jl. Ki Marogan No. 8", regency: "Kota Palembang", province: "Sumatera Selatan" },
        scope: "Produksi air minum dalam kemasan",
        personnel: { total: 48, shifts: 2 },
        contact: { name: "Rahmat Hidayat", email: account.email, phone: "+62 711 555 0101" },
      },
    }),
  );
  const at = { path: { id: draft.id } };
  tell("POST /applications", draft.stage);

  const scheme = await done(readScheme({ client: desk(), path: { code: draft.scheme } }));
  const rows = scheme.requirements.filter((row) => row.necessity === "mandatory" && row.condition.rule.op === "always").map((row) => row.code);
  const attach = (requirement: string) => done(attachDocument({ client: customer, path: { id: draft.id, requirement }, body: paper() }));
  for (const row of rows) await attach(row);
  tell(`PUT …/documents: ${rows.length} papers`, draft.stage);

  const submitted = await done(submitApplication({ client: customer, ...at }));
  tell(`1  submission: ${submitted.number}`, submitted.stage);
  expect("the refusal", await refused(fileApplication({ client: customer, ...at })), "not_your_step");
  tell("2  filing by the customer: refused", submitted.stage);
  tell("2  filing", (await done(fileApplication({ client: desks.pji_staff, ...at }))).stage);

  const judged = (items: VerificationItem[]) => done(verifyDocuments({ client: desks.operations_staff, ...at, body: { items } }));
  const [unfit = ""] = rows;
  const deficient = await judged([
    ...rows.slice(1).map((requirement) => ({ requirement, result: "complete" as const })),
    { requirement: unfit, result: "unfit", note: "Surat belum ditandatangani." },
  ]);
  expect("the stage", deficient.stage, "deficient");
  tell(`3  verification: ${unfit} unfit`, deficient.stage);

  const team: TeamMember[] = [{ auditor_id: lead.id, role: "lead" }];
  const proposal = { proposed_dates: [day(21), day(28)], audit_days: 1, proposed_team: team, cost_estimate: COST, answer_by: `${day(7)}T09:00:00Z` };
  tell("4  audit-confirmation", (await done(proposeAudit({ client: desks.pji_staff, ...at, body: proposal }))).stage);

  const sheets = await done(listDeficiencySheets({ client: customer, ...at }));
  await attach(sheets.items[0]?.items[0]?.requirement ?? "");
  const completion = { confirmation: { chosen_date: day(21), accepts_cost: true }, answers: [{ requirement: unfit, note: "Sudah ditandatangani." }] };
  tell("5  completion", (await done(completeApplication({ client: customer, ...at, body: completion }))).stage);
  const confirmed = await judged([{ requirement: unfit, result: "complete" }]);
  expect("the stage", confirmed.stage, "confirmed");
  tell("3  verification, second round", confirmed.stage);

  // The day may fall on a weekend or a holiday, which needs a reason.
  const notice = { team, audit_dates: [day(21)], cost_lines: COST, reason: "Hari audit diminta pelanggan." };
  const drafted = async () => {
    await done(draftAuditNotice({ client: desks.operations_staff, ...at, body: notice }));
    await done(initialAuditNotice({ client: desks.ss_lead, ...at, body: { as: "letter" } }));
    return done(initialAuditNotice({ client: desks.pji_lead, ...at, body: { as: "cost" } }));
  };
  tell("6  audit-notice, both initials", (await drafted()).stage);
  const back = { ...at, body: { reason: "Sebutkan ruang lingkup pada lampiran." } };
  tell("7  audit-notice/return", (await done(returnAuditNotice({ client: desks.head, ...back }))).stage);
  tell("6  audit-notice once more", (await drafted()).stage);
  tell("7  audit-notice/signature", (await done(signAuditNotice({ client: desks.head, ...at }))).stage);
  const billing = { code: run, issued_at: new Date().toISOString() };
  const sent = await done(dispatchAuditNotice({ client: desks.pji_staff, ...at, body: { billing } }));
  expect("the stage", sent.stage, "notice_sent");
  tell("8  audit-notice/dispatch", sent.stage);

  const billed = (await done(listBillings({ client: customer, query: { application: draft.id } }))).items[0];
  if (!billed) throw new Error("there is no billing");
  const payment = { ntpn: `N${run}`, paid_at: new Date().toISOString(), amount: billed.amount, bank: "Bank Sumsel Babel" };
  const paid = await done(recordPayment({ client: desks.treasurer, path: { id: billed.id }, body: payment }));
  expect("the billing", paid.status, "paid");
  tell(`-  payment of ${paid.amount} ${paid.currency}`, paid.status);
}
