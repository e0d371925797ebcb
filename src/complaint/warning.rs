//! Warnings (teguran): issued by the lead of the team, read by whoever is warned, who can state their side. They see the warning and nothing else of the case.

use actix_web::{get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::answer::must_not_quote;
use super::cabinet::Cabinet;
use super::conflict::Bar;
use super::papers::form::prose_fault;
use super::reading;
use super::screening;
use super::sealing::retries;
use super::sop::Task;
use super::store::viewer::Viewer;
use super::store::warnings as store;
use crate::casework::desk::{Desk, OpenFile};
use crate::casework::workflow::Asking;
use crate::error::{Code, Error, Fault, Result, fault};
use crate::identity::signed_in::today;
use crate::ids::{UserId, WarningId};
use crate::web::body::Check;
use crate::web::{At, Body, Reply, Work};

/// The longest warning, in characters.
const LONGEST: usize = 5_000;
/// How many at once.
const MOST: usize = 20;

/// A warning to be issued.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWarning)]
pub struct Warning {
    /// Whom it is for.
    pub user: UserId,
    /// What it says: without the words of the complaint.
    #[schema(example = "Pungutan di luar tarif tidak dibenarkan.", max_length = 5000)]
    pub text: String,
    /// A warning that repeats eight words of the complaint in a row is refused. Say `true` if it must.
    #[serde(default)]
    #[schema(example = false)]
    pub quotes_accepted: bool,
}

/// Every fault of a list of warnings.
#[must_use]
pub fn faults(warnings: &[Warning], least: usize) -> Vec<Fault> {
    if !(least..=MOST).contains(&warnings.len()) {
        return vec![fault("/warnings", "wrong_number", format!("Antara {least} dan {MOST}."), format!("Between {least} and {MOST}."))];
    }
    warnings.iter().enumerate().filter_map(|(i, warning)| prose_fault(&warning.text, format!("/warnings/{i}/text"), LONGEST)).collect()
}

/// Issues warnings. Whoever is warned is barred from the case.
///
/// # Errors
/// `invalid_content` with everybody who is no staff or oneself, and every text that holds words of the complaint.
pub async fn issue(file: &mut OpenFile<Task>, warnings: Vec<Warning>) -> Result<()> {
    let (day, mut faults) = (today(file.now()), Vec::new());
    for (i, warning) in warnings.iter().enumerate() {
        faults.extend(wrong(file, warning, &format!("/warnings/{i}")).await?);
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    for Warning { user, text, .. } in warnings {
        let _: super::sop::Stage = screening::bar(file, user, Bar::Accused, "warned").await?;
        let tag = file.tools().keys.person_tag(user);
        let (cover, connection) = file.parts();
        store::add(connection, cover.file.id, &cover.file.key, &tag, &text, day).await?;
    }
    Ok(())
}

/// What is wrong with the warning at `place`.
async fn wrong(file: &mut OpenFile<Task>, warning: &Warning, place: &str) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    if file.signed_in()?.user == warning.user {
        let (id, en) = ("Tidak dapat menegur diri sendiri; mundurlah dari penanganan.", "Nobody warns themselves; step back from the complaint.");
        faults.push(fault(format!("{place}/user"), "oneself", id, en));
    } else if let Err(refusal) = screening::must_be_staff(file, warning.user).await {
        faults.extend(refusal.into_faults()?.into_iter().map(|fault| Fault { pointer: format!("{place}{}", fault.pointer), ..fault }));
    }
    if let Err(refusal) = must_not_quote(file, &warning.text, &format!("{place}/text"), warning.quotes_accepted).await {
        faults.extend(refusal.into_faults()?);
    }
    Ok(faults)
}

/// A warning to the reader.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WarningView {
    /// Its id.
    pub id: WarningId,
    /// On which day it was issued.
    #[schema(value_type = String, format = Date, example = "2026-07-08")]
    pub issued_on: NaiveDate,
    /// What it says.
    #[schema(example = "Pungutan di luar tarif tidak dibenarkan.")]
    pub text: String,
    /// What you stated.
    #[schema(example = "Saya telah mengembalikan uang tersebut.")]
    pub statement: Option<String>,
}

/// Warnings to the reader.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WarningsView {
    /// Newest first.
    pub items: Vec<WarningView>,
}

/// A warning, in the path.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtWarning {
    /// Id of the warning.
    pub id: WarningId,
}

/// A statement.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// What you state (keterangan).
    #[schema(example = "Saya telah mengembalikan uang tersebut.", max_length = 5000)]
    pub text: String,
}

impl Check for Statement {
    fn faults(&self) -> Vec<Fault> {
        prose_fault(&self.text, "/text".to_owned(), LONGEST).into_iter().collect()
    }
}

/// List my warnings (teguran untuk saya).
///
/// Those issued to you, newest first, and nothing of the cases they come from.
#[utoipa::path(tag = "warnings", responses((status = 200, body = WarningsView)))]
#[get("/warnings")]
pub async fn list_warnings(desk: Desk) -> Result<Reply<WarningsView>> {
    let items = reading::read(&desk, async |c, viewer, cabinet| {
        let mut items = Vec::new();
        for stored in store::of_person(c, &viewer.person).await? {
            let key = cabinet.open(stored.case, &store::wrapped_key(c, stored.case).await?).await?;
            let (text, statement) = stored.open(&key)?;
            items.push(WarningView { id: stored.id, issued_on: stored.issued_on, text, statement });
        }
        Ok(items)
    });
    Ok(Reply::ok(WarningsView { items: items.await? }))
}

/// State my side (menyampaikan keterangan).
///
/// Once for each warning; the handlers of the case read it.
#[utoipa::path(tag = "warnings", params(AtWarning), request_body = Statement, responses((status = 200, body = WarningView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/warnings/{id}/statement")]
pub async fn state_side(desk: Desk, at: At<AtWarning>, form: Body<Statement>) -> Result<Reply<WarningView>> {
    let cabinet = Cabinet::of(desk.request())?;
    let under = retries::of_staff(desk.request(), &cabinet.keys, desk.who().user)?;
    let mut work = Work::begin_sealed(desk.database(), desk.request(), under, desk.desktop().now).await?;
    let viewer = Viewer::enter(&mut work, Asking::Person(desk.who()), None, &cabinet.keys).await?;
    let stored = store::lock(&mut work, at.0.id, &viewer.person).await?.ok_or_else(|| Error::new(Code::NotFound))?;
    if stored.stated_on.is_some() {
        return Err(Error::new(Code::Conflict).detail("Keterangan sudah disampaikan.", "You have stated your side already."));
    }
    let key = cabinet.open(stored.case, &store::wrapped_key(&mut work, stored.case).await?).await?;
    let (text, _) = stored.open(&key)?;
    store::state(&mut work, stored.id, &key, &form.0.text, today(desk.desktop().now)).await?;
    super::record::act(&mut work, &desk, &cabinet, stored.case, "state_side").await?;
    let view = WarningView { id: stored.id, issued_on: stored.issued_on, text, statement: Some(form.0.text) };
    work.finish(Reply::ok(view)).await
}
