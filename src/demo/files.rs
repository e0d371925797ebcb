//! The files of the demo office: an application and a complaint at each stage. They are made by
//! requests to the service, as people would make them, under a clock that runs from some days ago
//! to now. The progress is kept in a file, and each request has its own `Idempotency-Key`, so a
//! killed process continues where it stopped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::DemoAccount;
use super::act::{Act, By, Call, Content, Setting, Story};
use super::caller::{Caller, Payload, text};
use super::{applications, complaints};
use crate::casework::calendars::Calendars;
use crate::certification::form::ApplicationForm;
use crate::certification::schemes::{Necessity, Scheme};
use crate::clock::Clock;
use crate::complaint::jobs::release;
use crate::complaint::services::ComplaintServices;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::secrecy::random_bytes;
use crate::sop::role::Role;
use crate::sop::working_time::{Calendar, WIB};

/// The file with the progress, in the data folder. The file also contains the receipt codes
/// of the demo complaints.
pub const FILE: &str = "demo-files.json";
/// Days from now to the audits: more than the ten working days that a notice needs.
const AUDIT_IN_DAYS: i64 = 28;

/// The progress of the demo files.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// Whether every file is there.
    pub complete: bool,
    /// When the making began; the last act of most files has this time.
    pub begun_at: DateTime<Utc>,
    /// Makes the `Idempotency-Key` of each request, which no other caller can guess.
    seed: String,
    /// The ids of the lead auditor and the auditor.
    auditors: Vec<String>,
    /// The applications by stage.
    pub applications: BTreeMap<String, DemoFile>,
    /// The complaints by stage.
    pub complaints: BTreeMap<String, DemoFile>,
}

/// A file as far as it is made.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct DemoFile {
    /// The number of acts done.
    acts: usize,
    /// The path of the file in the API, as soon as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The number of a complaint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_number: Option<String>,
    /// The reporter's receipt code of a complaint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_code: Option<String>,
}

impl Progress {
    fn new(begun_at: DateTime<Utc>) -> Self {
        Self {
            complete: false,
            begun_at,
            seed: hex::encode(random_bytes::<16>()),
            auditors: Vec::new(),
            applications: BTreeMap::new(),
            complaints: BTreeMap::new(),
        }
    }

    /// The progress in the data folder; `None` when no file was begun.
    ///
    /// # Errors
    /// When the file is not one of this version.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>> {
        match std::fs::read(folder.join(FILE)) {
            Ok(text) => serde_json::from_slice(&text).map_err(Error::internal),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::internal(error)),
        }
    }
}

/// The service as the demo's people use it.
pub(crate) struct DemoService {
    /// The address of a listener under the demo's clock, where complaints surface at once.
    pub base: String,
    /// The address of another, where complaints wait for their surfacing time.
    pub waiting_base: String,
    /// The demo's clock.
    pub clock: Clock,
    /// Connections with the application's role.
    pub database: Database,
    /// The keys and stores of whistle-blowing.
    pub complaints: ComplaintServices,
    /// The calendars.
    pub calendars: Calendars,
}

/// Makes the files that are not there yet. Returns the numbers of applications and complaints.
///
/// # Errors
/// When the service refuses an act. The files made so far stay.
pub(crate) async fn make(
    service: &DemoService,
    accounts: Vec<DemoAccount>,
    folder: &Path,
    now: DateTime<Utc>,
) -> Result<(usize, usize)> {
    let progress = Progress::read(folder)?.unwrap_or_else(|| Progress::new(now));
    let counts = (applications::STORIES.len(), complaints::STORIES.len());
    if progress.complete {
        return Ok(counts);
    }
    let calendar = service
        .database
        .read(async |c| service.calendars.first_office(c).await)
        .await?
        .1;
    let caller = |base: &String| Caller::new(base.clone(), service.clock.clone(), accounts.clone());
    let mut maker = Maker {
        service,
        caller: caller(&service.base),
        waiting_caller: caller(&service.waiting_base),
        audit_days: audit_days(&calendar, progress.begun_at),
        path: folder.join(FILE),
        progress,
    };
    maker.make().await?;
    Ok(counts)
}

/// The audit days of each application: two working days, one after the other, later than the next
/// ten working days. All audits have the same team, so no two are on one day.
fn audit_days(calendar: &Calendar, begun: DateTime<Utc>) -> Vec<[NaiveDate; 2]> {
    let first = begun.with_timezone(&WIB).date_naive() + TimeDelta::days(AUDIT_IN_DAYS);
    let count = applications::STORIES.len() * 2;
    let days: Vec<_> = first
        .iter_days()
        .take(count * 3)
        .filter(|day| calendar.is_working_day(*day))
        // A calendar with hardly any working days has no audit: then any days serve.
        .chain(first.iter_days())
        .take(count)
        .collect();
    days.chunks_exact(2).map(|two| [two[0], two[1]]).collect()
}

struct Maker<'a> {
    service: &'a DemoService,
    caller: Caller,
    waiting_caller: Caller,
    audit_days: Vec<[NaiveDate; 2]>,
    path: PathBuf,
    progress: Progress,
}

/// An act of a story, with its time and its place in the story.
struct Due {
    at: DateTime<Utc>,
    story: &'static Story,
    index: usize,
    act: Act,
}

impl Maker<'_> {
    async fn make(&mut self) -> Result<()> {
        let begun = self.progress.begun_at;
        let mut acts: Vec<_> = applications::STORIES
            .iter()
            .chain(&complaints::STORIES)
            .flat_map(|story| {
                let acts = story.acts(begun).into_iter().enumerate();
                acts.map(move |(index, (at, act))| Due {
                    at,
                    story,
                    index,
                    act,
                })
            })
            .filter(|due| due.index >= self.file(due.story).acts)
            .collect();
        // A stable order, so that the acts of one file at the same time keep theirs.
        acts.sort_by_key(|due| due.at);
        let Some(first) = acts.first() else {
            return self.finish().await;
        };
        self.service.clock.set(first.at);
        let team = self.caller.read(Role::Head, "/api/v1/teams").await?;
        let at_fault = self.caller.read(Role::PjiStaff, "/api/v1/me").await?;
        let mut setting = Setting {
            now: begun,
            audit_days: self.audit_days[0],
            documents: Vec::new(),
            auditors: self.auditors().await?,
            team: text(&team, "/items/0/id")?,
            at_fault: text(&at_fault, "/id")?,
        };
        for due in acts {
            self.service.clock.set(due.at);
            setting.now = due.at;
            let place = applications::STORIES
                .iter()
                .position(|story| story.name == due.story.name);
            setting.audit_days = self.audit_days[place.unwrap_or_default()];
            let file = self.carry_out(&due, &mut setting).await?;
            self.save(
                due.story,
                DemoFile {
                    acts: due.index + 1,
                    ..file
                },
            )
            .await?;
        }
        self.finish().await
    }

    async fn finish(&mut self) -> Result<()> {
        self.progress.complete = true;
        self.write().await
    }

    /// Carries out one act and returns the updated record of the file.
    async fn carry_out(&mut self, due: &Due, setting: &mut Setting) -> Result<DemoFile> {
        let mut file = self.file(due.story);
        let key = format!("{}-{}-{}", self.progress.seed, due.story.name, due.index);
        let key = match due.story.content {
            Content::Application(..) => format!("{key}-cert"),
            Content::Complaint(..) => format!("{key}-wbs"),
        };
        if let Content::Application(scheme, company, makes) = due.story.content {
            setting.documents = mandatory_documents(applications::form(scheme, company, makes))?;
        }
        match due.act.call {
            Call::DueWork => self.do_due_work(due.at).await?,
            Call::Draft => file.path = Some(self.draft(due.story, setting, key).await?),
            Call::Complain => {
                let Content::Complaint(subject, account) = due.story.content else {
                    return Err(Error::internal("an application is no complaint"));
                };
                let caller = if due.story.name == complaints::RECEIVED {
                    &self.waiting_caller
                } else {
                    &self.caller
                };
                let form = Payload::Json(complaints::form(subject, account), key);
                let reply = caller
                    .send(None, Method::POST, "/api/v1/complaints", form)
                    .await?;
                file.public_number = Some(text(&reply, "/public_number")?);
                file.receipt_code = Some(text(&reply, "/receipt_code")?);
            }
            Call::Post(at, body) => {
                let path = self.path_of(&mut file).await?;
                let token = self.token(due.act.by, &file).await?;
                let (path, body) = (format!("{path}{at}"), Payload::Json(body(setting), key));
                self.caller
                    .send(Some(&token), Method::POST, &path, body)
                    .await?;
            }
            Call::PostOwn(at) => {
                let token = self.token(due.act.by, &file).await?;
                let path = format!("/api/v1/complaints/mine{at}");
                let nothing = Payload::Json(Value::Null, key);
                self.caller
                    .send(Some(&token), Method::POST, &path, nothing)
                    .await?;
            }
            Call::Pay => self.pay(&mut file, setting, key).await?,
        }
        Ok(file)
    }

    /// The customer's draft with its documents; returns its path.
    async fn draft(&mut self, story: &Story, setting: &Setting, key: String) -> Result<String> {
        let Content::Application(scheme, company, makes) = story.content else {
            return Err(Error::internal("a complaint is no application"));
        };
        let token = self.caller.token(Role::Customer).await?;
        let form = Payload::Json(applications::form(scheme, company, makes), key);
        let draft = self
            .caller
            .send(Some(&token), Method::POST, "/api/v1/applications", form)
            .await?;
        let path = format!("/api/v1/applications/{}", text(&draft, "/id")?);
        for code in &setting.documents {
            let paper = Payload::Pdf(pdf(&format!("{code} - {company}")));
            let at = format!("{path}/documents/{code}");
            self.caller
                .send(Some(&token), Method::PUT, &at, paper)
                .await?;
        }
        Ok(path)
    }

    async fn pay(&mut self, file: &mut DemoFile, setting: &Setting, key: String) -> Result<()> {
        let path = self.path_of(file).await?;
        let id = path.rsplit('/').next().unwrap_or_default();
        let billings = format!("/api/v1/billings?application={id}");
        let billings = self.caller.read(Role::Treasurer, &billings).await?;
        let billing = text(&billings, "/items/0/id")?;
        let amount = &billings["items"][0]["amount"];
        let token = self.caller.token(Role::Treasurer).await?;
        let form = Payload::Json(applications::payment(setting, amount), key);
        let at = format!("/api/v1/billings/{billing}/payments");
        self.caller
            .send(Some(&token), Method::POST, &at, form)
            .await?;
        Ok(())
    }

    /// The work that the service does by itself. The service's own task may do it first; then there
    /// is nothing left to do here.
    async fn do_due_work(&self, at: DateTime<Utc>) -> Result<()> {
        let DemoService {
            database,
            complaints,
            calendars,
            ..
        } = self.service;
        Box::pin(release::run(database, complaints, calendars, at)).await
    }

    async fn token(&mut self, by: By, file: &DemoFile) -> Result<String> {
        match (by, &file.receipt_code) {
            (By::Role(role), _) => self.caller.token(role).await,
            (By::Reporter, Some(code)) => self.caller.reporter_token(code).await,
            (By::Reporter | By::Service, _) => {
                Err(Error::internal("an act of the demo office has no actor"))
            }
        }
    }

    /// The path of the file. That of a complaint is known once the office knows the complaint; the
    /// conflict officer finds every one.
    async fn path_of(&mut self, file: &mut DemoFile) -> Result<String> {
        if let Some(path) = &file.path {
            return Ok(path.clone());
        }
        let number = file.public_number.as_deref().unwrap_or_default();
        let search = format!("/api/v1/complaints?public_number={number}");
        let found = self.caller.read(Role::ConflictOfficer, &search).await?;
        let path = format!("/api/v1/complaints/{}", text(&found, "/items/0/id")?);
        file.path = Some(path.clone());
        Ok(path)
    }

    /// The ids of two auditors for every scheme; adds them when they are missing.
    async fn auditors(&mut self) -> Result<[String; 2]> {
        let schemes: Vec<_> = Scheme::all().map(|scheme| scheme.code).collect();
        let known = [
            ("Ir. Sri Wahyuni, M.T.", ["lead", "sampling_officer"]),
            ("Bambang Susilo, S.T.", ["auditor", "sampling_officer"]),
        ];
        for (place, (name, roles)) in known.into_iter().enumerate() {
            if self.progress.auditors.len() > place {
                continue;
            }
            let token = self.caller.token(Role::SsLead).await?;
            let key = format!("{}-auditor-{place}", self.progress.seed);
            let competences: Vec<_> = (schemes.iter())
                .flat_map(|scheme| {
                    roles.map(
                        |role| json!({"scheme": scheme, "role": role, "valid_from": "2020-01-01"}),
                    )
                })
                .collect();
            let form = json!({"name": name, "competences": competences});
            let form = Payload::Json(form, key);
            let added = self
                .caller
                .send(Some(&token), Method::POST, "/api/v1/auditors", form)
                .await?;
            self.progress.auditors.push(text(&added, "/id")?);
            self.write().await?;
        }
        let [lead, member] = &self.progress.auditors[..] else {
            return Err(Error::internal("the demo office has two auditors"));
        };
        Ok([lead.clone(), member.clone()])
    }

    fn files(&self, story: &Story) -> &BTreeMap<String, DemoFile> {
        match story.content {
            Content::Application(..) => &self.progress.applications,
            Content::Complaint(..) => &self.progress.complaints,
        }
    }

    fn file(&self, story: &Story) -> DemoFile {
        self.files(story)
            .get(story.name)
            .cloned()
            .unwrap_or_default()
    }

    async fn save(&mut self, story: &Story, file: DemoFile) -> Result<()> {
        let files = match story.content {
            Content::Application(..) => &mut self.progress.applications,
            Content::Complaint(..) => &mut self.progress.complaints,
        };
        files.insert(story.name.to_owned(), file);
        self.write().await
    }

    /// Writes the progress as a whole, so that a killed process leaves the old or the new one.
    async fn write(&self) -> Result<()> {
        let text = serde_json::to_vec_pretty(&self.progress).map_err(Error::internal)?;
        let new = self.path.with_extension("new");
        tokio::fs::write(&new, text)
            .await
            .map_err(Error::internal)?;
        tokio::fs::rename(&new, &self.path)
            .await
            .map_err(Error::internal)
    }
}

/// The codes of the documents that an application with this form must have.
fn mandatory_documents(form: Value) -> Result<Vec<&'static str>> {
    let form: ApplicationForm = serde_json::from_value(form).map_err(Error::internal)?;
    let rows = Scheme::of(form.scheme).checklist(&form.facts());
    Ok(rows
        .filter(|row| row.necessity == Necessity::Mandatory)
        .map(|row| row.code)
        .collect())
}

/// A PDF of one page with this title.
fn pdf(title: &str) -> Vec<u8> {
    let content = format!("BT /F 14 Tf 60 770 Td ({title}) Tj ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R>>".to_owned(),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()),
    ];
    let (mut file, mut table) = ("%PDF-1.4\n".to_owned(), String::new());
    for (number, object) in (1..).zip(&objects) {
        table = format!("{table}{:010} 00000 n \n", file.len());
        file = format!("{file}{number} 0 obj\n{object}\nendobj\n");
    }
    let (start, size) = (file.len(), objects.len() + 1);
    file = format!(
        "{file}xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    );
    file.into_bytes()
}
