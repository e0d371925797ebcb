//! The people of a complaint, and the ways to bring a complaint to a stage through the API.

use serde_json::{Value, json};
use service_desk::complaint::jobs::copies::{self, CopyQueue};
use service_desk::complaint::jobs::release;
use service_desk::sop::role::Role;

use crate::support::{Person, TestApp};

/// The office with a user for each role of the second SOP.
pub struct ComplaintOffice {
    pub app: TestApp,
    pub nobody: Person,
    pub head: Person,
    pub pji_lead: Person,
    pub team_lead: Person,
    pub team_staff: Person,
    pub clerk: Person,
    pub conflict_officer: Person,
    pub external: Person,
    pub custodian: Person,
    pub auditor: Person,
    pub admin: Person,
    /// The team of lead and staff.
    pub team: String,
}

/// The stage to which a complaint is brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    Screened,
    Disposed,
    Forwarded,
    Resolved,
    Drafted,
    Signed,
    Answered,
    Closed,
}

/// A complaint in progress: its receipt code, number and path.
pub struct Case {
    pub code: String,
    pub number: String,
    /// Its path for staff.
    pub path: String,
}

/// A form that names no member of staff.
pub fn form() -> Value {
    json!({
        "category": "service",
        "content": {
            "subject": "Pungutan di luar tarif",
            "account": "Petugas meminta pembayaran tunai di luar tarif sebelum contoh uji diterima di loket.\nKejadian berulang tiga kali.",
            "place": "Loket penerimaan contoh",
            "occurred": "awal Juni 2026",
            "accused": [{"name": "petugas loket"}],
        },
    })
}

impl ComplaintOffice {
    pub async fn open() -> Self {
        Self::open_with(&[]).await
    }

    pub async fn open_with(flags: &[&str]) -> Self {
        // The users and the service together are too large for the test's own future.
        Box::pin(Self::gather(flags)).await
    }

    async fn gather(flags: &[&str]) -> Self {
        let app = TestApp::start_with(flags).await;
        let [team_lead, team_staff] = [
            named(&app, Role::TeamLead, "Yusuf Rahman").await,
            named(&app, Role::TeamStaff, "Wulan Anggraini").await,
        ];
        let admin = named(&app, Role::Admin, "Teguh Prakoso").await;
        let team = json!({"name": "Tim Pengujian", "members": [team_lead.id, team_staff.id]});
        let team = admin.post("/api/v1/teams", team).await.expect(201)["id"]
            .as_str()
            .unwrap()
            .to_owned();
        Self {
            nobody: app.nobody(),
            head: named(&app, Role::Head, "Sari Puspita").await,
            pji_lead: named(&app, Role::PjiLead, "Hendra Gunawan").await,
            clerk: named(&app, Role::IntakeClerk, "Rina Marlina").await,
            conflict_officer: named(&app, Role::ConflictOfficer, "Agus Salim").await,
            external: named(&app, Role::ExternalHandler, "Lukman Hakim").await,
            custodian: named(&app, Role::IdentityCustodian, "Nurul Hidayah").await,
            auditor: named(&app, Role::InternalAuditor, "Bambang Irawan").await,
            team_lead,
            team_staff,
            admin,
            team,
            app,
        }
    }

    /// A further member of staff.
    pub async fn another(&self, role: Role, name: &str) -> Person {
        named(&self.app, role, name).await
    }

    /// Advances the clock; every user stays signed in. Reporters' sessions may end; they sign in
    /// again with their code.
    pub async fn later(&mut self, minutes: i64) {
        self.app.clock.advance(chrono::TimeDelta::minutes(minutes));
        let people = [
            &mut self.head,
            &mut self.pji_lead,
            &mut self.team_lead,
            &mut self.team_staff,
            &mut self.clerk,
            &mut self.conflict_officer,
            &mut self.external,
            &mut self.custodian,
            &mut self.auditor,
            &mut self.admin,
        ];
        for person in people {
            // A session ends after some days without a request.
            *person = person.sign_in_again().await;
        }
    }

    /// Advances to the next surfacing time and runs the service's due work.
    pub async fn next_slot(&mut self) {
        self.advance_to_slot().await;
        self.run_due_work().await;
    }

    /// Advances to the next surfacing time.
    pub async fn advance_to_slot(&mut self) {
        let (service, now) = (&self.app.service, self.app.clock.now());
        let calendar = self
            .app
            .database
            .read(async |c| {
                service
                    .calendars
                    .first_office(c)
                    .await
                    .map(|(_, calendar)| calendar)
            })
            .await
            .unwrap();
        let slot = calendar.next_slot(&service.complaint_services.policy.release_times, now);
        self.app.clock.set(slot);
        self.later(0).await;
    }

    /// Makes the copies of attachments that are missing, also on a machine that is busy with other
    /// tests: what found no time is tried again.
    pub async fn make_copies(&self) {
        let (app, service) = (&self.app, &self.app.service);
        let (services, now) = (&service.complaint_services, app.clock.now());
        for _ in 0..5 {
            let run = |queue| copies::make(&app.database, services, queue, now, || ());
            let untried = run(CopyQueue::Untried).await;
            if untried.and(run(CopyQueue::Hard).await).is_ok() {
                return;
            }
        }
        panic!("the copies could not be made");
    }

    /// Runs the service's due work.
    pub async fn run_due_work(&self) {
        self.make_copies().await;
        self.surface().await;
    }

    /// Runs the due work without the copies.
    pub async fn surface(&self) {
        let (app, service) = (&self.app, &self.app.service);
        release::run(
            &app.database,
            &service.complaint_services,
            &service.calendars,
            app.clock.now(),
        )
        .await
        .unwrap();
    }

    /// Submits a complaint and opens a session for its reporter.
    pub async fn submit(&self, form: Value) -> (Person, String, String) {
        let reply = self
            .nobody
            .post("/api/v1/complaints", form)
            .await
            .expect(201);
        let text = |name: &str| reply[name].as_str().unwrap().to_owned();
        (
            self.sign_in_with_code(&text("receipt_code")).await,
            text("receipt_code"),
            text("public_number"),
        )
    }

    /// Opens a session with this receipt code.
    pub async fn sign_in_with_code(&self, code: &str) -> Person {
        let session = self
            .nobody
            .post("/api/v1/complaints/sessions", json!({"receipt_code": code}))
            .await
            .expect(200);
        self.nobody
            .with_token(session["access_token"].as_str().unwrap())
    }

    /// A complaint brought to this stage.
    pub async fn case(&mut self, until: Until) -> Case {
        self.case_of(form(), until).await
    }

    /// The same with this form.
    pub async fn case_of(&mut self, form: Value, until: Until) -> Case {
        let case = self.surfaced(&[form]).await.remove(0);
        self.bring_to(&case, until).await;
        case
    }

    /// Complaints that surface together.
    pub async fn surfaced(&mut self, forms: &[Value]) -> Vec<Case> {
        let mut cases = Vec::new();
        for form in forms {
            let (_, code, number) = self.submit(form.clone()).await;
            cases.push(Case {
                code,
                number,
                path: String::new(),
            });
        }
        self.next_slot().await;
        for case in &mut cases {
            // A concerned user cannot find the complaint; the conflict officer and the external
            // channel can find every complaint.
            let path = format!("/api/v1/complaints?public_number={}", case.number);
            let found = self.conflict_officer.get(&path).await.expect(200);
            case.path = format!(
                "/api/v1/complaints/{}",
                found["items"][0]["id"].as_str().unwrap()
            );
        }
        cases
    }

    /// Brings a screened complaint to this stage.
    pub async fn bring_to(&mut self, case: &Case, until: Until) {
        let path = &case.path;
        let note = || json!({"text": "Mohon ditanggapi sesuai prosedur."});
        if until >= Until::Disposed {
            self.head
                .post(&format!("{path}/disposition"), note())
                .await
                .expect(200);
        }
        if until >= Until::Forwarded {
            self.pji_lead
                .post(
                    &format!("{path}/forwarding"),
                    json!({"team": self.team, "text": "Mohon diselesaikan segera."}),
                )
                .await
                .expect(200);
        }
        if until >= Until::Resolved {
            let resolution = json!({"finding": "proven", "summary": "Pungutan terbukti; uang telah dikembalikan."});
            self.team_lead
                .post(&format!("{path}/resolution"), resolution)
                .await
                .expect(200);
        }
        if until >= Until::Drafted {
            self.team_staff
                .post(&format!("{path}/answer"), answer())
                .await
                .expect(200);
        }
        if until >= Until::Signed {
            self.head
                .act(&format!("{path}/answer/signature"))
                .await
                .expect(200);
        }
        if until >= Until::Answered {
            self.run_due_work().await;
        }
        if until >= Until::Closed {
            let reporter = self.sign_in_with_code(&case.code).await;
            reporter
                .act("/api/v1/complaints/mine/answer/acknowledgement")
                .await
                .expect(200);
            self.next_slot().await;
        }
    }
}

/// A letter of answer.
pub fn answer() -> Value {
    json!({"subject": "Jawaban atas pengaduan Saudara", "body": "Pengaduan Saudara terbukti. Uang telah dikembalikan dan petugas telah ditegur."})
}

async fn named(app: &TestApp, role: Role, name: &str) -> Person {
    app.staff_called(role, name).await
}
