// SOP `cert` from a new customer to the dispatched notice and its payment, with a deficiency and a returned draft on the way.
import { desk, done, refused, type Schemas, signIn } from "./desk.ts";
import { day, expect, office, paper, tell } from "./demo.ts";

const LEAD: Schemas["AuditorForm"] = { name: "Ir. Sri Wahyuni, M.T.", competences: [{ scheme: "quality_iso9001", role: "lead", valid_from: "2026-01-01" }] };

const COST: Schemas["CostLine"][] = [
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
    desk().POST("/api/v1/auth/register", {
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
  const lead = await done(desks.ss_lead.POST("/api/v1/auditors", { body: LEAD }));
  tell("registered, signed in, and an auditor put on the list");

  const draft = await done(
    customer.POST("/api/v1/applications", {
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
  const at = { params: { path: { id: draft.id } } };
  tell("POST /applications", draft.stage);

  const scheme = await done(desk().GET("/api/v1/schemes/{code}", { params: { path: { code: draft.scheme } } }));
  const rows = scheme.requirements.filter((row) => row.necessity === "mandatory" && row.condition.rule.op === "always").map((row) => row.code);
  const attach = (requirement: string) =>
    done(
      customer.PUT("/api/v1/applications/{id}/documents/{requirement}", {
        params: { path: { id: draft.id, requirement } },
        body: paper(),
        bodySerializer: (file) => file,
        headers: { "content-type": "application/octet-stream" },
      }),
    );
  for (const row of rows) await attach(row);
  tell(`PUT …/documents: ${rows.length} papers`, draft.stage);

  const submitted = await done(customer.POST("/api/v1/applications/{id}/submission", at));
  tell(`1  submission: ${submitted.number}`, submitted.stage);
  expect("the refusal", await refused(customer.POST("/api/v1/applications/{id}/filing", at)), "not_your_step");
  tell("2  filing by the customer: refused", submitted.stage);
  tell("2  filing", (await done(desks.pji_staff.POST("/api/v1/applications/{id}/filing", at))).stage);

  const judged = (items: Schemas["VerificationItem"][]) =>
    done(desks.operations_staff.POST("/api/v1/applications/{id}/verification", { ...at, body: { items } }));
  const [unfit = ""] = rows;
  const deficient = await judged([
    ...rows.slice(1).map((requirement) => ({ requirement, result: "complete" as const })),
    { requirement: unfit, result: "unfit", note: "Surat belum ditandatangani." },
  ]);
  expect("the stage", deficient.stage, "deficient");
  tell(`3  verification: ${unfit} unfit`, deficient.stage);

  const team: Schemas["TeamMember"][] = [{ auditor_id: lead.id, role: "lead" }];
  const proposal = { proposed_dates: [day(21), day(28)], audit_days: 1, proposed_team: team, cost_estimate: COST, answer_by: `${day(7)}T09:00:00Z` };
  tell("4  audit-confirmation", (await done(desks.pji_staff.POST("/api/v1/applications/{id}/audit-confirmation", { ...at, body: proposal }))).stage);

  const sheets = await done(customer.GET("/api/v1/applications/{id}/deficiency-sheets", at));
  await attach(sheets.items[0]?.items[0]?.requirement ?? "");
  const completion = { confirmation: { chosen_date: day(21), accepts_cost: true }, answers: [{ requirement: unfit, note: "Sudah ditandatangani." }] };
  tell("5  completion", (await done(customer.POST("/api/v1/applications/{id}/completion", { ...at, body: completion }))).stage);
  const confirmed = await judged([{ requirement: unfit, result: "complete" }]);
  expect("the stage", confirmed.stage, "confirmed");
  tell("3  verification, second round", confirmed.stage);

  // The day may fall on a weekend or a holiday, which needs a reason.
  const notice = { team, audit_dates: [day(21)], cost_lines: COST, reason: "Hari audit diminta pelanggan." };
  const drafted = async () => {
    await done(desks.operations_staff.POST("/api/v1/applications/{id}/audit-notice", { ...at, body: notice }));
    await done(desks.ss_lead.POST("/api/v1/applications/{id}/audit-notice/initials", { ...at, body: { as: "letter" } }));
    return done(desks.pji_lead.POST("/api/v1/applications/{id}/audit-notice/initials", { ...at, body: { as: "cost" } }));
  };
  tell("6  audit-notice, both initials", (await drafted()).stage);
  const back = { ...at, body: { reason: "Sebutkan ruang lingkup pada lampiran." } };
  tell("7  audit-notice/return", (await done(desks.head.POST("/api/v1/applications/{id}/audit-notice/return", back))).stage);
  tell("6  audit-notice once more", (await drafted()).stage);
  tell("7  audit-notice/signature", (await done(desks.head.POST("/api/v1/applications/{id}/audit-notice/signature", at))).stage);
  const billing = { code: run, issued_at: new Date().toISOString() };
  const sent = await done(desks.pji_staff.POST("/api/v1/applications/{id}/audit-notice/dispatch", { ...at, body: { billing } }));
  expect("the stage", sent.stage, "notice_sent");
  tell("8  audit-notice/dispatch", sent.stage);

  const billed = (await done(customer.GET("/api/v1/billings", { params: { query: { application: draft.id } } }))).items[0];
  if (!billed) throw new Error("there is no billing");
  const payment = { ntpn: `N${run}`, paid_at: new Date().toISOString(), amount: billed.amount, bank: "Bank Sumsel Babel" };
  const paid = await done(desks.treasurer.POST("/api/v1/billings/{id}/payments", { params: { path: { id: billed.id } }, body: payment }));
  expect("the billing", paid.status, "paid");
  tell(`-  payment of ${paid.amount} ${paid.currency}`, paid.status);
}
