//! Warnings (teguran): issued by the lead of the team, read by whoever is warned, who can state their side. They see the warning and nothing else of the case.

use std::collections::HashSet;

use actix_web::{get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::conflict::ConflictKind;
use super::papers::form::prose_fault;
use super::quotation::Reported;
use super::read_transaction;
use super::screening;
use super::sealing::case_key::CaseKey;
use super::sealing::retries;
use super::services::ComplaintServices;
use super::sop::Task;
use super::store::viewer::Viewer;
use super::store::warnings::{self as store, Place, Stored};
use crate::casework::desk::{Desk, OpenFile};
use crate::casework::workflow::Asking;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::identity::roster::roster;
use crate::identity::signed_in::today;
use crate::ids::{UserId, WarningId};
use crate::web::body::Validate;
use crate::web::page::{PageQuery, size};
use crate::web::{At, Body, Cursor, IdempotentWrite, Page, Provided, Query, Reply};

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
    #[schema(
        example = "Pungutan di luar tarif tidak dibenarkan.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
    /// A warning that repeats eight words of the reporter in a row is refused. Say `true` if it must.
    #[serde(default)]
    #[schema(example = false)]
    pub quotes_accepted: bool,
}

/// Every fault of a list of warnings.
#[must_use]
pub fn faults(warnings: &[Warning], least: usize) -> Vec<FieldError> {
    if !(least..=MOST).contains(&warnings.len()) {
        return vec![fault(
            "/warnings",
            "wrong_number",
            format!("Antara {least} dan {MOST}."),
            format!("Between {least} and {MOST}."),
        )];
    }
    let twice = |i: usize| {
        warnings[..i]
            .iter()
            .any(|earlier| earlier.user == warnings[i].user)
    };
    let faults = warnings.iter().enumerate().flat_map(|(i, warning)| {
        let twice = twice(i).then(|| {
            fault(
                format!("/warnings/{i}/user"),
                "duplicate",
                "Sudah disebutkan.",
                "Named twice.",
            )
        });
        [
            twice,
            prose_fault(&warning.text, format!("/warnings/{i}/text"), LONGEST),
        ]
    });
    faults.flatten().collect()
}

/// Issues warnings. Whoever is warned is barred from the case.
///
/// # Errors
/// `invalid_content` with everybody who is no staff or oneself, and every text that holds words of the complaint; `conflict` when the team could not carry
/// the complaint on without them: it would lie where nobody drafts its answer, and no step from here leads outside.
pub async fn issue(file: &mut OpenFile<Task>, warnings: Vec<Warning>) -> Result<()> {
    if warnings.is_empty() {
        return Ok(());
    }
    let (day, faults) = (today(file.now()), wrong(file, &warnings).await?);
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let carried = screening::team_carries(file).await?;
    for Warning { user, text, .. } in warnings {
        let _: super::sop::Stage =
            screening::bar(file, user, ConflictKind::Accused, "warned").await?;
        let tag = file.services().keys.person_tag(user);
        let (header, connection) = file.parts();
        store::add(
            connection,
            header.file.id,
            &header.file.key,
            &tag,
            &text,
            day,
        )
        .await?;
    }
    if carried && !screening::team_carries(file).await? {
        return Err(Error::new(Code::Conflict).detail(
            "Tidak ada lagi yang dapat melanjutkan pengaduan ini bila pegawai itu ditegur: tambahkan anggota tim, atau alihkan pengaduan ke luar kantor.",
            "Nobody would be left to carry this complaint on when they are warned: have somebody added to the team, or the complaint referred outside.",
        ));
    }
    Ok(())
}

/// What is wrong with the warnings. Who works here and what the reporter wrote is looked up once for all of them.
async fn wrong(file: &mut OpenFile<Task>, warnings: &[Warning]) -> Result<Vec<FieldError>> {
    let me = file.signed_in()?.user;
    let (header, connection) = file.parts();
    let staff: HashSet<_> = roster(connection, header.office)
        .await?
        .into_iter()
        .map(|entry| entry.user)
        .collect();
    if warnings.iter().any(|warning| warning.quotes_accepted) {
        file.note("quotes_accepted");
    }
    let all_accepted = warnings.iter().all(|warning| warning.quotes_accepted);
    let reported = if all_accepted {
        None
    } else {
        Some(Reported::of(file).await?)
    };
    let faults = warnings.iter().enumerate().flat_map(|(i, warning)| {
        let whom = whom_not(warning.user, me, &staff)
            .map(|(code, id, en)| fault(format!("/warnings/{i}/user"), code, id, en));
        let compared = reported.as_ref().filter(|_| !warning.quotes_accepted);
        [
            whom,
            compared.and_then(|reported| {
                reported.quoted_in(&warning.text, format!("/warnings/{i}/text"))
            }),
        ]
    });
    Ok(faults.flatten().collect())
}

/// Why `user` cannot be warned by `me`, if they cannot.
fn whom_not(
    user: UserId,
    me: UserId,
    staff: &HashSet<UserId>,
) -> Option<(&'static str, &'static str, &'static str)> {
    if user == me {
        Some((
            "oneself",
            "Tidak dapat menegur diri sendiri; mundurlah dari penanganan.",
            "Nobody warns themselves; step back from the complaint.",
        ))
    } else if !staff.contains(&user) {
        Some((
            "not_staff",
            "Bukan pegawai kantor ini.",
            "Not a member of staff of this office.",
        ))
    } else {
        None
    }
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

impl WarningView {
    /// Of `stored`.
    fn of(stored: &Stored, key: &CaseKey) -> Result<Self> {
        let (text, statement) = stored.open(key)?;
        Ok(Self {
            id: stored.id,
            issued_on: stored.issued_on,
            text,
            statement,
        })
    }
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
    #[schema(
        example = "Saya telah mengembalikan uang tersebut.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
}

impl Validate for Statement {
    fn errors(&self) -> Vec<FieldError> {
        prose_fault(&self.text, "/text".to_owned(), LONGEST)
            .into_iter()
            .collect()
    }
}

/// List my warnings (teguran untuk saya).
///
/// Those issued to you, newest first, those of one day in no order, and nothing of the cases they come from.
#[utoipa::path(tag = "warnings", params(PageQuery), responses((status = 200, body = Page<WarningView>)))]
#[get("/warnings")]
pub async fn list_warnings(
    desk: Desk,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<WarningView>>> {
    let limit = size(query.0.limit)?;
    let after = cursor.0.read(query.0.cursor.as_deref(), "warnings", &())?;
    let (page, wrapped) = read_transaction::read(&desk, async |c, viewer, _| {
        let rows = store::of_person(c, &viewer.person, after, limit + 1).await?;
        let page = cursor.0.page(rows, limit, "warnings", &(), Place::of)?;
        let wrapped = store::wrapped_keys(c, page.items.iter().map(|stored| stored.case)).await?;
        Ok((page, wrapped))
    })
    .await?;
    let keys = ComplaintServices::of(desk.request())?
        .open_each(wrapped)
        .await?;
    let shown = page.items.iter().filter_map(|stored| {
        keys.get(&stored.case)
            .map(|key| WarningView::of(stored, key))
    });
    Ok(Reply::page(Page {
        items: shown.collect::<Result<_>>()?,
        next_cursor: page.next_cursor,
        count: page.count,
    }))
}

/// State my side (menyampaikan keterangan).
///
/// Once for each warning; the handlers of the case read it.
#[utoipa::path(tag = "warnings", params(AtWarning), request_body = Statement, responses((status = 200, body = WarningView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/warnings/{id}/statement")]
pub async fn state_side(
    desk: Desk,
    at: At<AtWarning>,
    form: Body<Statement>,
) -> Result<Reply<WarningView>> {
    let services = ComplaintServices::of(desk.request())?;
    let under = retries::of_staff(desk.request(), &services.keys, desk.who().user)?;
    let mut work = IdempotentWrite::begin_sealed(
        desk.database(),
        desk.request(),
        under,
        desk.request_time().now,
    )
    .await?;
    let viewer = Viewer::enter(&mut work, Asking::Person(desk.who()), None, &services.keys).await?;
    let stored = store::lock(&mut work, at.0.id, &viewer.person)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    if stored.stated_on.is_some() {
        return Err(Error::new(Code::Conflict).detail(
            "Keterangan sudah disampaikan.",
            "You have stated your side already.",
        ));
    }
    let key = services
        .open(
            stored.case,
            &store::wrapped_key(&mut work, stored.case).await?,
        )
        .await?;
    let (text, _) = stored.open(&key)?;
    store::state(
        &mut work,
        stored.id,
        &key,
        &form.0.text,
        today(desk.request_time().now),
    )
    .await?;
    super::audit_events::act(&mut work, &desk, &services, stored.case, "state_side").await?;
    let view = WarningView {
        id: stored.id,
        issued_on: stored.issued_on,
        text,
        statement: Some(form.0.text),
    };
    work.finish(Reply::ok(view)).await
}
