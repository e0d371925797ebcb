//! The people of one case, and the walk of an application to a stage through the API, so that the
//! gate is tested too.

use chrono::TimeDelta;
use serde_json::{Value, json};
use service_desk::certification::facts::Facts;
use service_desk::certification::schemes::{Necessity, Scheme, SchemeCode};
use service_desk::sop::role::Role;

use super::attempts::explained;
use crate::support::{Person, TestApp};

/// An office with staff, and a customer.
pub struct Office {
    pub app: TestApp,
    pub customer: Person,
    pub pji_staff: Person,
    pub operations: Person,
    pub ss_lead: Person,
    pub pji_lead: Person,
    pub head: Person,
    pub treasurer: Person,
    pub auditors: Vec<String>,
}

/// The stage to which a case is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    Draft,
    Submitted,
    Filed,
    Verified,
    AwaitingCustomer,
    Completed,
    Confirmed,
    Drafted,
    Initialled,
    Signed,
    Sent,
}

impl Office {
    pub async fn open() -> Self {
        Box::pin(Self::open_with(&[])).await
    }

    /// The same with these command-line flags.
    ///
    /// Nearly every test walks several cases with one team on the same days, and tests another rule.
    /// So this office lets a person be at two audits on one day.
    pub async fn open_with(flags: &[&str]) -> Self {
        let office = Self::open_keeping_days_apart(flags).await;
        let drop = "alter table auditor_booking drop constraint auditor_booking_once_a_day";
        sqlx::query(drop)
            .execute(&mut office.app.sql().await)
            .await
            .unwrap();
        office
    }

    /// An office as it is installed: no person is at two places on one day.
    pub fn open_keeping_days_apart(flags: &[&str]) -> impl Future<Output = Self> {
        Box::pin(async move {
            let app = TestApp::start_with(flags).await;
            let ss_lead = app.staff(Role::SsLead).await;
            let mut auditors = Vec::new();
            for (name, role) in [
                ("Ir. Sri Wahyuni, M.T.", "lead"),
                ("Bambang Susilo, S.T.", "auditor"),
            ] {
                let form = auditor(name, &["quality_iso9001", "product_sni"], &[role]);
                let auditor = ss_lead.post("/api/v1/auditors", form).await.expect(201);
                auditors.push(auditor["id"].as_str().unwrap().to_owned());
            }
            Self {
                customer: app.customer().await,
                pji_staff: app.staff(Role::PjiStaff).await,
                operations: app.staff(Role::OperationsStaff).await,
                pji_lead: app.staff(Role::PjiLead).await,
                head: app.staff(Role::Head).await,
                treasurer: app.staff(Role::Treasurer).await,
                ss_lead,
                auditors,
                app,
            }
        })
    }

    /// Advances the clock. Access tokens live a quarter of an hour, so each user refreshes theirs.
    pub async fn later(&mut self, minutes: i64) {
        self.app.clock.advance(TimeDelta::minutes(minutes));
        for person in [
            &mut self.customer,
            &mut self.pji_staff,
            &mut self.operations,
            &mut self.ss_lead,
            &mut self.pji_lead,
            &mut self.head,
            &mut self.treasurer,
        ] {
            *person = person.sign_in_again().await;
        }
    }

    /// A case walked to `until`; returns its path. The case has a deficiency only for `completed`,
    /// because only a case with an open item passes that stage.
    pub async fn case(&self, until: Until) -> String {
        let case = self.draft().await;
        if until == Until::Completed {
            return self.completed(case).await;
        }
        let road = [
            Until::Submitted,
            Until::Filed,
            Until::Verified,
            Until::AwaitingCustomer,
            Until::Confirmed,
            Until::Drafted,
            Until::Initialled,
            Until::Signed,
            Until::Sent,
        ];
        for stage in road.into_iter().filter(|stage| *stage <= until) {
            self.step(&case, stage).await;
        }
        case
    }

    /// A draft walked to `completed`: one document was deficient, and the customer explains it.
    async fn completed(&self, case: String) -> String {
        let wanting = mandatory()[1];
        self.step(&case, Until::Submitted).await;
        self.step(&case, Until::Filed).await;
        self.operations
            .post(&format!("{case}/verification"), verification(&[wanting]))
            .await
            .expect(200);
        self.step(&case, Until::AwaitingCustomer).await;
        self.customer
            .post(&format!("{case}/completion"), explained(wanting))
            .await
            .expect(200);
        case
    }

    async fn step(&self, case: &str, to: Until) {
        match to {
            Until::Draft | Until::Completed => {}
            Until::Submitted => drop(
                self.customer
                    .act(&format!("{case}/submission"))
                    .await
                    .expect(200),
            ),
            Until::Filed => drop(
                self.pji_staff
                    .act(&format!("{case}/filing"))
                    .await
                    .expect(200),
            ),
            Until::Verified => {
                self.operations
                    .post(&format!("{case}/verification"), verification(&[]))
                    .await
                    .expect(200);
            }
            Until::AwaitingCustomer => drop(
                self.pji_staff
                    .post(&format!("{case}/audit-confirmation"), self.proposal())
                    .await
                    .expect(200),
            ),
            Until::Confirmed => drop(
                self.customer
                    .post(&format!("{case}/completion"), completion())
                    .await
                    .expect(200),
            ),
            Until::Drafted => drop(
                self.operations
                    .post(&format!("{case}/audit-notice"), self.notice())
                    .await
                    .expect(200),
            ),
            Until::Initialled => {
                self.ss_lead
                    .post(
                        &format!("{case}/audit-notice/initials"),
                        json!({"as": "letter"}),
                    )
                    .await
                    .expect(200);
                self.pji_lead
                    .post(
                        &format!("{case}/audit-notice/initials"),
                        json!({"as": "cost"}),
                    )
                    .await
                    .expect(200);
            }
            Until::Signed => drop(
                self.head
                    .act(&format!("{case}/audit-notice/signature"))
                    .await
                    .expect(200),
            ),
            Until::Sent => drop(
                self.pji_staff
                    .post(&format!("{case}/audit-notice/dispatch"), self.dispatch())
                    .await
                    .expect(200),
            ),
        }
    }

    /// Walks a confirmed case again from the draft of its notice to the signature.
    pub async fn sign_anew(&self, case: &str, notice: Value) {
        self.operations
            .post(&format!("{case}/audit-notice"), notice)
            .await
            .expect(200);
        for stage in [Until::Initialled, Until::Signed] {
            self.step(case, stage).await;
        }
    }

    /// A draft for ISO 9001 with its letter and every mandatory document.
    pub async fn draft(&self) -> String {
        let case = self.bare_draft().await;
        for code in mandatory() {
            self.customer
                .upload(&format!("{case}/documents/{code}"), pdf(code))
                .await
                .expect(201);
        }
        case
    }

    /// A draft without documents.
    pub async fn bare_draft(&self) -> String {
        let mut form = application();
        form["company"]["name"] = json!(format!("PT Tirta Musi {}", uuid::Uuid::new_v4().simple()));
        let view = self
            .customer
            .post("/api/v1/applications", form)
            .await
            .expect(201);
        format!("/api/v1/applications/{}", view["id"].as_str().unwrap())
    }

    /// The body of step 4.
    pub fn proposal(&self) -> Value {
        let answer_by = self.app.clock.now() + TimeDelta::days(5);
        json!({"proposed_dates": ["2026-08-03", "2026-08-10"], "proposed_team": self.team(), "cost_estimate": cost(2_000_000), "answer_by": answer_by})
    }

    /// The body of step 6.
    pub fn notice(&self) -> Value {
        json!({"team": self.team(), "audit_dates": ["2026-08-03", "2026-08-04"], "cost_lines": cost(2_000_000)})
    }

    /// The body of step 8.
    pub fn dispatch(&self) -> Value {
        let digits = format!(
            "{:015}",
            uuid::Uuid::new_v4().as_u128() % 1_000_000_000_000_000
        );
        json!({"billing": {"code": digits, "issued_at": self.app.clock.now()}})
    }

    /// Adds the third member that teams for products need.
    pub async fn add_sampling_officer(&mut self) {
        let form = auditor(
            "Rudi Hartono, A.Md.",
            &["product_sni"],
            &["sampling_officer"],
        );
        let added = self
            .ss_lead
            .post("/api/v1/auditors", form)
            .await
            .expect(201);
        self.auditors.push(added["id"].as_str().unwrap().to_owned());
    }

    /// The auditors as lead, auditor and, if there is a third one, sampling officer.
    pub fn team(&self) -> Value {
        let roles = ["lead", "auditor", "sampling_officer"];
        let members = self.auditors.iter().zip(roles);
        members
            .map(|(id, role)| json!({"auditor_id": id, "role": role}))
            .collect()
    }
}

/// The body of a new auditor with the competence for each of `roles` under each of `schemes`.
pub fn auditor(name: &str, schemes: &[&str], roles: &[&str]) -> Value {
    let competences: Value = schemes
        .iter()
        .flat_map(|scheme| {
            roles.iter().map(
                move |role| json!({"scheme": scheme, "role": role, "valid_from": "2020-01-01"}),
            )
        })
        .collect();
    json!({"name": name, "competences": competences})
}

/// An application for ISO 9001, complete except for its documents.
pub fn application() -> Value {
    json!({
        "scheme": "quality_iso9001",
        "kind": "initial",
        "company": {"name": "PT Tirta Musi Sejahtera", "nib": "1234567890123"},
        "site": {"name": "Pabrik Kertapati", "address": "Jl. Ki Marogan No. 8", "regency": "Kota Palembang", "province": "Sumatera Selatan"},
        "scope": "Produksi air minum dalam kemasan",
        "personnel": {"total": 48, "shifts": 2},
        "contact": {"name": "Rahmat Hidayat", "email": "mutu@tirtamusi.example", "phone": "+62 711 555 0101"},
    })
}

/// An application for SPPT SNI of bottled water, type 5, complete except for its documents.
pub fn product() -> Value {
    let mut form = application();
    form["scheme"] = json!("product_sni");
    form["facts"] = json!({"commodity": "bottled_water", "certification_type": "type_5"});
    form["products"] =
        json!([{"name": "Air mineral 600 ml", "brand": "Tirta Musi", "standard": "SNI 3553:2023"}]);
    form.as_object_mut().unwrap().remove("scope");
    form
}

pub fn cost(tariff: i64) -> Value {
    json!([
        {"kind": "tariff", "description": "Ketua tim audit", "quantity": 2, "unit": "OH", "unit_amount": tariff, "channel": "pnbp_billing", "legal_basis": "PP 54/2021", "reason": "Tarif ini belum ada dalam daftar."},
        {"kind": "travel_transport", "description": "Transport", "quantity": 1, "unit": "PP", "unit_amount": 500_000, "channel": "direct_by_client", "legal_basis": "SBM 2026", "reason": "Tarif ini belum ada dalam daftar."},
    ])
}

pub fn completion() -> Value {
    json!({"confirmation": {"chosen_date": "2026-08-03", "accepts_cost": true}})
}

/// Codes of the mandatory rows of ISO 9001 for a plain applicant.
pub fn mandatory() -> Vec<&'static str> {
    let rows = Scheme::of(SchemeCode::QualityIso9001).checklist(&Facts::default());
    rows.filter(|row| row.necessity == Necessity::Mandatory)
        .map(|row| row.code)
        .collect()
}

/// A verification in which every mandatory row is complete except `missing`.
pub fn verification(missing: &[&str]) -> Value {
    let item = |code: &&str| {
        if missing.contains(code) {
            json!({"requirement": code, "result": "missing", "note": "Belum ada tanda tangan direksi."})
        } else {
            json!({"requirement": code, "result": "complete"})
        }
    };
    json!({"items": mandatory().iter().map(item).collect::<Vec<_>>()})
}

/// A minimal PDF that contains `text`, so that each file is different.
pub fn pdf(text: &str) -> Vec<u8> {
    format!("%PDF-1.4\n% {text}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n").into_bytes()
}
