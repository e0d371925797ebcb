//! Warnings (teguran): the team lead issues a warning; the warned person reads the warning, and
//! nothing else of the case, and can state their side.

use std::collections::HashSet;

use actix_web::{get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::act::{Lock, StaffAct, StaffEvent};
use super::conflict::ConflictKind;
use super::papers::form::{duplicate_error, prose_error};
use super::quotation::ReporterTexts;
use super::read_transaction;
use super::screening;
use super::sealing::case_key::CaseKey;
use super::services::ComplaintServices;
use super::sop::Task;
use super::store::warnings::{self as store, WarningCursor, WarningRow};
use crate::casework::desk::{Desk, OpenFile};
use crate::error::{Code, Error, FieldError, OrNotFound as _, Result, fault};
use crate::identity::roster::roster;
use crate::identity::signed_in::today;
use crate::ids::{UserId, WarningId};
use crate::web::body::Validate;
use crate::web::page::{PageQuery, page_size};
use crate::web::{Body, Cursor, Page, PathParam, Provided, Query, Reply};

/// Maximum length of a warning or statement, in characters.
const MAX_TEXT_CHARS: usize = 5_000;
/// Maximum number of warnings in one request.
const MAX_WARNINGS: usize = 20;

/// A warning to issue.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWarning)]
pub struct Warning {
    /// The staff member to warn.
    pub user: UserId,
    /// Text of the warning. Must not quote the complaint.
    #[schema(
        example = "Pungutan di luar tarif tidak dibenarkan.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
    /// Accepts a text that repeats eight or more consecutive words of the reporter; such a text is
    /// refused otherwise.
    #[serde(default)]
    #[schema(example = false)]
    pub quotes_accepted: bool,
}

/// Validates a list of warnings that must have at least `least` entries.
pub fn errors(warnings: &[Warning], least: usize) -> Vec<FieldError> {
    if !(least..=MAX_WARNINGS).contains(&warnings.len()) {
        return vec![fault(
            "/warnings",
            "wrong_number",
            format!("Antara {least} dan {MAX_WARNINGS}."),
            format!("Between {least} and {MAX_WARNINGS}."),
        )];
    }
    let users: Vec<_> = warnings.iter().map(|warning| warning.user).collect();
    let faults = warnings.iter().enumerate().flat_map(|(i, warning)| {
        let (pointer, en) = (
            format!("/warnings/{i}/user"),
            "This person is named already.",
        );
        let twice = duplicate_error(&users, i, pointer, en);
        [
            twice,
            prose_error(&warning.text, format!("/warnings/{i}/text"), MAX_TEXT_CHARS),
        ]
    });
    faults.flatten().collect()
}

/// Issues warnings and bars each warned person from the case.
///
/// # Errors
/// `invalid_content` for a recipient that is not staff of the office or is the caller, and for a
/// text that quotes the complaint. `conflict` when the warnings leave the team without a member
/// that could continue the complaint: no step from this stage leads outside the office.
pub async fn issue(file: &mut OpenFile<Task>, warnings: Vec<Warning>) -> Result<()> {
    if warnings.is_empty() {
        return Ok(());
    }
    let (day, faults) = (today(file.now()), content_errors(file, &warnings).await?);
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let carried = screening::team_can_handle(file).await?;
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
    if carried && !screening::team_can_handle(file).await? {
        return Err(Error::new(Code::Conflict).detail(
            "Tidak ada lagi yang dapat melanjutkan pengaduan ini bila pegawai itu ditegur: tambahkan anggota tim, atau alihkan pengaduan ke luar kantor.",
            "After this warning no member could continue the complaint: have a member added to the team, or the complaint referred outside the office.",
        ));
    }
    Ok(())
}

/// Validates the warnings against the roster and the reporter's texts, each read once.
async fn content_errors(
    file: &mut OpenFile<Task>,
    warnings: &[Warning],
) -> Result<Vec<FieldError>> {
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
        Some(ReporterTexts::read(file).await?)
    };
    let faults = warnings.iter().enumerate().flat_map(|(i, warning)| {
        let whom = recipient_error(warning.user, me, &staff)
            .map(|(code, id, en)| fault(format!("/warnings/{i}/user"), code, id, en));
        let compared = reported.as_ref().filter(|_| !warning.quotes_accepted);
        [
            whom,
            compared.and_then(|reported| {
                reported.quotation_error(&warning.text, format!("/warnings/{i}/text"))
            }),
        ]
    });
    Ok(faults.flatten().collect())
}

/// The reason why `me` cannot warn `user`, if there is one.
fn recipient_error(
    user: UserId,
    me: UserId,
    staff: &HashSet<UserId>,
) -> Option<(&'static str, &'static str, &'static str)> {
    if user == me {
        Some((
            "oneself",
            "Tidak dapat menegur diri sendiri; mundurlah dari penanganan.",
            "You cannot warn yourself; recuse yourself from the complaint.",
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

/// A warning, as the warned person sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WarningView {
    /// Id of the warning.
    pub id: WarningId,
    /// Day of issue.
    #[schema(value_type = String, format = Date, example = "2026-07-08")]
    pub issued_on: NaiveDate,
    /// Text of the warning.
    #[schema(example = "Pungutan di luar tarif tidak dibenarkan.")]
    pub text: String,
    /// Your statement; null until given.
    #[schema(example = "Saya telah mengembalikan uang tersebut.")]
    pub statement: Option<String>,
}

impl WarningView {
    /// Opens the row.
    fn of(stored: &WarningRow, key: &CaseKey) -> Result<Self> {
        let (text, statement) = stored.open(key)?;
        Ok(Self {
            id: stored.id,
            issued_on: stored.issued_on,
            text,
            statement,
        })
    }
}

/// Path parameter of a warning.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtWarning {
    /// Id of the warning.
    pub id: WarningId,
}

/// Statement of the warned person.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Text of your statement (keterangan).
    #[schema(
        example = "Saya telah mengembalikan uang tersebut.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
}

impl Validate for Statement {
    fn errors(&self) -> Vec<FieldError> {
        prose_error(&self.text, "/text".to_owned(), MAX_TEXT_CHARS)
            .into_iter()
            .collect()
    }
}

/// List my warnings (teguran untuk saya).
///
/// The warnings issued to you, newest day first and in random order within a day. Nothing else of
/// their cases is shown.
#[utoipa::path(tag = "warnings", params(PageQuery), responses((status = 200, body = Page<WarningView>)))]
#[get("/warnings")]
pub async fn list_warnings(
    desk: Desk,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<WarningView>>> {
    let limit = page_size(query.0.limit)?;
    let after = cursor.0.read(query.0.cursor.as_deref(), "warnings", &())?;
    let (page, wrapped) = read_transaction::read(&desk, async |c, viewer, _| {
        let rows = store::list_of_person(c, &viewer.person, after, limit + 1).await?;
        let page = cursor
            .0
            .page(rows, limit, "warnings", &(), WarningCursor::of)?;
        let wrapped = store::wrapped_keys(c, page.items.iter().map(|stored| stored.case)).await?;
        Ok((page, wrapped))
    })
    .await?;
    let keys = ComplaintServices::of(desk.request())?
        .case_keys(wrapped)
        .await?;
    Ok(Reply::page(page.try_filter_map(|stored| {
        keys.get(&stored.case)
            .map(|key| WarningView::of(&stored, key))
    })?))
}

/// State my side (menyampaikan keterangan).
///
/// Once for each warning. The handlers of the case read the statement.
#[utoipa::path(tag = "warnings", params(AtWarning), request_body = Statement, responses((status = 200, body = WarningView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/warnings/{id}/statement")]
pub async fn state_side(
    desk: Desk,
    at: PathParam<AtWarning>,
    form: Body<Statement>,
) -> Result<Reply<WarningView>> {
    let mut act = StaffAct::begin(&desk, Lock::Rows).await?;
    let day = today(act.now());
    let (viewer, services, connection) = act.parts();
    let stored = store::lock(connection, at.0.id, &viewer.person)
        .await?
        .or_not_found()?;
    if stored.stated_on.is_some() {
        return Err(Error::new(Code::Conflict).detail(
            "Keterangan sudah disampaikan.",
            "Your statement is recorded already.",
        ));
    }
    let key = services
        .case_key(
            stored.case,
            &store::wrapped_key(connection, stored.case).await?,
        )
        .await?;
    let (text, _) = stored.open(&key)?;
    store::add_statement(connection, stored.id, &key, &form.0.text, day).await?;
    let view = WarningView {
        id: stored.id,
        issued_on: stored.issued_on,
        text,
        statement: Some(form.0.text),
    };
    let event = StaffEvent::on_case(stored.case, "state_side");
    act.commit(event, Reply::ok(view)).await
}
