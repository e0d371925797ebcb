//! Requests to disclose part of an identity or an original attachment. Row-level security shows a
//! request to the handlers of the complaint and to the custodians that are not barred from the
//! complaint. The sealed content is opened with the key of the case and compared with the columns.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::viewer::Viewer;
use crate::complaint::identity::IdentityField;
use crate::complaint::papers::disclosure_file::{DisclosureDecisions, DisclosureRequest, State};
use crate::complaint::sealing::case_key::CaseKey;
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, DisclosureId, OfficeId, UserId};
use crate::sop::role::{Role, Roles};

const REQUEST_COLUMN: &str = "disclosure|sealed";
const DECISION_COLUMN: &str = "disclosure|decision";
const FIELDS_COLUMN: &str = "disclosure|sealed_fields";
/// Time to decide a request; an undecided request then expires.
pub const DECISION_PERIOD: TimeDelta = TimeDelta::days(30);
/// Time that a decided request stays in the custodians' list.
const RECENT_PERIOD: TimeDelta = TimeDelta::days(90);

/// The complaint columns that a disclosure needs.
pub struct DisclosableCase {
    /// Office of the complaint.
    pub office: OfficeId,
    /// Roles under which the viewer sees the complaint.
    pub roles: Roles,
    /// Wrapped key of the case.
    pub wrapped: Vec<u8>,
    /// Whether the identity was deleted.
    pub identity_gone: bool,
    /// Whether an open breach affects the complaint.
    pub frozen: bool,
}

/// Row of `wbs.disclosure` with the requester's name.
pub struct DisclosureRow {
    /// Id of the request.
    pub id: DisclosureId,
    /// The complaint.
    pub case: ComplaintId,
    /// Office of the complaint.
    pub office: OfficeId,
    /// The requester.
    pub requester: UserId,
    /// Name of the requester.
    pub requester_name: String,
    /// State of the request.
    pub state: State,
    /// The first custodian, when two must agree.
    pub first_by: Option<UserId>,
    /// When the request was made.
    pub requested_at: DateTime<Utc>,
    /// When the request was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Until when the grant can be opened.
    pub expires_at: Option<DateTime<Utc>>,
    /// When the grant was opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// Whether an open breach affects the complaint.
    pub frozen: bool,
    sealed: Vec<u8>,
    decision: Option<Vec<u8>>,
    sealed_fields: Option<Vec<u8>>,
}

impl DisclosureRow {
    /// Opens the request.
    ///
    /// # Errors
    /// Internal error when the content was moved or changed, or names another requester than the
    /// column.
    pub fn open_request(&self, key: &CaseKey) -> Result<DisclosureRequest> {
        let request: DisclosureRequest = key.open_json(REQUEST_COLUMN, self.id.0, &self.sealed)?;
        if request.requester == self.requester {
            Ok(request)
        } else {
            Err(Error::internal("the requester of a disclosure was changed"))
        }
    }

    /// Opens the decisions so far.
    ///
    /// # Errors
    /// Internal error when the content was moved or changed, or names another first custodian than
    /// the column.
    pub fn open_decisions(&self, key: &CaseKey) -> Result<DisclosureDecisions> {
        let decisions: Option<DisclosureDecisions> = self
            .decision
            .as_deref()
            .map(|sealed| key.open_json(DECISION_COLUMN, self.id.0, sealed))
            .transpose()?;
        let decisions = decisions.unwrap_or_default();
        let first = decisions.first.as_ref().map(|first| first.by);
        if first == self.first_by {
            Ok(decisions)
        } else {
            Err(Error::internal(
                "the first custodian of a disclosure was changed",
            ))
        }
    }

    /// The granted fields, still sealed to the requester's opening code; none when there are none
    /// or they were changed.
    pub fn granted_fields(&self, key: &CaseKey) -> Option<Zeroizing<Vec<u8>>> {
        key.open(FIELDS_COLUMN, self.id.0, self.sealed_fields.as_deref()?)
    }
}

/// Locks a complaint that row-level security shows to the caller, so that no one is barred from the
/// complaint during the transaction. Returns false when there is none.
pub async fn lock_case(connection: &mut PgConnection, case: ComplaintId) -> Result<bool> {
    let found = sqlx::query_scalar!(
        "select id from wbs.complaint where id = $1 for no key update",
        case.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}

/// Finds the complaint if `viewer` may see the complaint.
pub async fn find_case(
    connection: &mut PgConnection,
    case: ComplaintId,
    viewer: &Viewer,
) -> Result<Option<DisclosableCase>> {
    let row = sqlx::query!(
        r#"
        select c.office_id, c.visible_to, c.team_id, c.dek_wrapped, c.identity_gone, wbs.is_frozen(c.id) as "frozen!"
        from wbs.complaint c
        where c.id = $1
          and wbs.may_see(c, $2, $3, $4, $5, $6)
        "#,
        case.0,
        viewer.office.map(|office| office.0),
        viewer.person,
        &viewer.roles,
        &viewer.team_roles,
        &viewer.teams,
    );
    Ok(row
        .fetch_optional(connection)
        .await?
        .map(|row| DisclosableCase {
            office: OfficeId(row.office_id),
            roles: viewer.roles_at(&row.visible_to, row.team_id),
            wrapped: row.dek_wrapped,
            identity_gone: row.identity_gone,
            frozen: row.frozen,
        }))
}

/// Returns those `tags` that are not barred from a complaint.
pub async fn filter_not_barred(
    connection: &mut PgConnection,
    case: ComplaintId,
    tags: &[Vec<u8>],
) -> Result<Vec<Vec<u8>>> {
    let free = sqlx::query_scalar!(
        r#"select tag as "tag!" from unnest($2::bytea[]) as tag where not wbs.bars($1, tag)"#,
        case.0,
        tags
    );
    Ok(free.fetch_all(connection).await?)
}

/// A request to insert.
pub struct NewDisclosure<'a> {
    /// Id of the request.
    pub id: DisclosureId,
    /// The complaint.
    pub case: ComplaintId,
    /// Office of the complaint.
    pub office: OfficeId,
    /// Tag of the requester.
    pub tag: &'a [u8],
    /// Content of the request, to be sealed.
    pub request: &'a DisclosureRequest,
    /// Time of the request.
    pub at: DateTime<Utc>,
}

/// Inserts a request.
///
/// # Errors
/// `conflict` while the same requester has an undecided or unopened request for the complaint.
pub async fn add(
    connection: &mut PgConnection,
    key: &CaseKey,
    new: &NewDisclosure<'_>,
) -> Result<()> {
    let sealed = key.seal_json(REQUEST_COLUMN, new.id.0, new.request)?;
    let done = sqlx::query!(
        r#"
        insert into wbs.disclosure (id, case_id, office_id, requester_id, requester_tag, state, sealed, requested_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        new.id.0,
        new.case.0,
        new.office.0,
        new.request.requester.0,
        new.tag,
        State::Pending.code(),
        sealed,
        new.at,
    );
    let live = || {
        Error::new(Code::Conflict).detail(
            "Permintaan Anda atas pengaduan ini masih berjalan.",
            "Your earlier request for this complaint is not settled yet.",
        )
    };
    done.execute(connection)
        .await
        .on_constraint("disclosure_is_asked_once", live)?;
    Ok(())
}

/// Locks a request. Returns false when row-level security shows none to the caller.
pub async fn lock(
    connection: &mut PgConnection,
    case: ComplaintId,
    id: DisclosureId,
) -> Result<bool> {
    let found = sqlx::query_scalar!(
        "select id from wbs.disclosure where id = $1 and case_id = $2 for update",
        id.0,
        case.0
    );
    Ok(found.fetch_optional(connection).await?.is_some())
}

/// Finds a request if the person with this tag is not barred from its complaint.
pub async fn find(
    connection: &mut PgConnection,
    case: ComplaintId,
    id: DisclosureId,
    person: &[u8],
) -> Result<Option<DisclosureRow>> {
    let row = sqlx::query_as!(
        DisclosureRow,
        r#"
        select d.id as "id: DisclosureId", d.case_id as "case: ComplaintId", d.office_id as "office: OfficeId", d.requester_id as "requester: UserId",
               u.display_name as requester_name, d.state as "state: State", d.first_by as "first_by: UserId", d.requested_at, d.decided_at, d.expires_at,
               d.opened_at, wbs.is_frozen(d.case_id) as "frozen!", d.sealed, d.decision, d.sealed_fields
        from wbs.disclosure d
        join app_user u on u.id = d.requester_id
        where d.id = $1
          and d.case_id = $2
          and not wbs.bars(d.case_id, $3)
        "#,
        id.0,
        case.0,
        person,
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Lists the requests of one requester for a complaint, newest first.
pub async fn list_of_requester(
    connection: &mut PgConnection,
    case: ComplaintId,
    requester: UserId,
) -> Result<Vec<DisclosureRow>> {
    let rows = sqlx::query_as!(
        DisclosureRow,
        r#"
        select d.id as "id: DisclosureId", d.case_id as "case: ComplaintId", d.office_id as "office: OfficeId", d.requester_id as "requester: UserId",
               u.display_name as requester_name, d.state as "state: State", d.first_by as "first_by: UserId", d.requested_at, d.decided_at, d.expires_at,
               d.opened_at, wbs.is_frozen(d.case_id) as "frozen!", d.sealed, d.decision, d.sealed_fields
        from wbs.disclosure d
        join app_user u on u.id = d.requester_id
        where d.case_id = $1
          and d.requester_id = $2
        order by d.requested_at desc, d.id desc
        "#,
        case.0,
        requester.0,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Keyset cursor of the custodians' list.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct DisclosureCursor {
    at: DateTime<Utc>,
    id: Uuid,
}

impl DisclosureCursor {
    /// Cursor of this row.
    pub fn of(stored: &DisclosureRow) -> Self {
        Self {
            at: stored.requested_at,
            id: stored.id.0,
        }
    }
}

/// Lists the live and the recent requests of the office, newest first, without those of complaints
/// from which the viewer is barred.
pub async fn list_for_custodian(
    connection: &mut PgConnection,
    viewer: &Viewer,
    now: DateTime<Utc>,
    after: Option<DisclosureCursor>,
    limit: i64,
) -> Result<Vec<DisclosureRow>> {
    let rows = sqlx::query_as!(
        DisclosureRow,
        r#"
        select d.id as "id: DisclosureId", d.case_id as "case: ComplaintId", d.office_id as "office: OfficeId", d.requester_id as "requester: UserId",
               u.display_name as requester_name, d.state as "state: State", d.first_by as "first_by: UserId", d.requested_at, d.decided_at, d.expires_at,
               d.opened_at, wbs.is_frozen(d.case_id) as "frozen!", d.sealed, d.decision, d.sealed_fields
        from wbs.disclosure d
        join app_user u on u.id = d.requester_id
        where d.office_id = $1
          and not wbs.bars(d.case_id, $2)
          and (d.requested_at >= $3 or d.state in ('pending', 'seconded', 'granted'))
          and ($4::timestamptz is null or (d.requested_at, d.id) < ($4, $5))
        order by d.requested_at desc, d.id desc
        limit $6
        "#,
        viewer.office.map(|office| office.0),
        viewer.person,
        now - RECENT_PERIOD,
        after.map(|place| place.at),
        after.map(|place| place.id),
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Result of one decision.
pub struct DecisionOutcome<'a> {
    /// New state of the request.
    pub state: State,
    /// The custodian that decides.
    pub by: UserId,
    /// Time of the decision.
    pub at: DateTime<Utc>,
    /// All decisions so far, to be sealed.
    pub decisions: &'a DisclosureDecisions,
    /// Until when the grant can be opened.
    pub expires_at: Option<DateTime<Utc>>,
    /// The granted fields, sealed to the requester's opening code.
    pub fields: Option<&'a [u8]>,
}

/// Stores a decision.
pub async fn decide(
    connection: &mut PgConnection,
    key: &CaseKey,
    id: DisclosureId,
    outcome: &DecisionOutcome<'_>,
) -> Result<()> {
    let is_first = outcome.state == State::Seconded;
    sqlx::query!(
        r#"
        update wbs.disclosure
        set state = $2,
            decision = $3,
            first_by = case when $4 then $5 else first_by end,
            decided_by = case when $4 then null else $5 end,
            decided_at = case when $4 then null else $6::timestamptz end,
            expires_at = $7,
            sealed_fields = $8
        where id = $1
        "#,
        id.0,
        outcome.state.code(),
        key.seal_json(DECISION_COLUMN, id.0, outcome.decisions)?,
        is_first,
        outcome.by.0,
        outcome.at,
        outcome.expires_at,
        outcome
            .fields
            .map(|fields| key.seal(FIELDS_COLUMN, id.0, fields)),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks a request as opened and deletes the granted fields.
pub async fn mark_opened(
    connection: &mut PgConnection,
    id: DisclosureId,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("update wbs.disclosure set state = 'opened', opened_at = $2, sealed_fields = null where id = $1", id.0, at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Expires the requests that were not opened or not decided in time, of one complaint or of all,
/// and deletes the granted fields. Returns the complaint and office of each.
pub async fn expire(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    of: Option<ComplaintId>,
) -> Result<Vec<(ComplaintId, OfficeId)>> {
    let rows = sqlx::query!(
        r#"
        update wbs.disclosure
        set state = 'expired',
            sealed_fields = null
        where id in (
            select d.id
            from wbs.disclosure d
            where ((d.state = 'granted' and d.expires_at <= $1) or (d.state in ('pending', 'seconded') and d.requested_at <= $2))
              and ($3::uuid is null or d.case_id = $3)
            order by d.id
            for update skip locked
        )
        returning case_id, office_id
        "#,
        now,
        now - DECISION_PERIOD,
        of.map(|case| case.0),
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| (ComplaintId(row.case_id), OfficeId(row.office_id)))
        .collect())
}

/// An opened disclosure, as its reporter may read it.
pub struct OpenedDisclosureRow {
    /// Day of the opening.
    pub on: NaiveDate,
    /// Role of the requester.
    pub role: Role,
    /// The opened fields.
    pub fields: Vec<IdentityField>,
    /// Number of the attachment, when an original was opened.
    pub original: Option<i32>,
}

/// Lists the opened disclosures of a complaint, newest first, without those with a notice that is
/// withheld.
///
/// # Errors
/// Internal error when a row was moved or changed.
pub async fn list_opened(
    connection: &mut PgConnection,
    case: ComplaintId,
    key: &CaseKey,
) -> Result<Vec<OpenedDisclosureRow>> {
    let rows = sqlx::query!(
        r#"
        select id, sealed, decision as "decision!", opened_at as "opened_at!"
        from wbs.disclosure
        where case_id = $1
          and state = 'opened'
        order by opened_at desc, id
        "#,
        case.0,
    );
    let mut opened = Vec::new();
    for row in rows.fetch_all(connection).await? {
        let (request, decisions): (DisclosureRequest, DisclosureDecisions) = (
            key.open_json(REQUEST_COLUMN, row.id, &row.sealed)?,
            key.open_json(DECISION_COLUMN, row.id, &row.decision)?,
        );
        if let (None, Some(last)) = (decisions.withheld, decisions.last) {
            opened.push(OpenedDisclosureRow {
                on: today(row.opened_at),
                role: request.role,
                fields: last.fields,
                original: request.original.map(|original| original.seq),
            });
        }
    }
    Ok(opened)
}

/// Desk row of a disclosure request.
pub struct WaitingDisclosureRow {
    /// Id of the request.
    pub id: DisclosureId,
    /// The complaint.
    pub case: ComplaintId,
    /// State of the request.
    pub state: State,
    /// When the request was made.
    pub requested_at: DateTime<Utc>,
}

/// Lists at most `limit` requests that the custodian `viewer` may decide now, oldest first.
/// Excluded are the viewer's own requests, requests the viewer has seconded, complaints from which
/// the viewer is barred, and frozen requests.
pub async fn disclosures(
    connection: &mut PgConnection,
    viewer: &Viewer,
    limit: i64,
) -> Result<Vec<WaitingDisclosureRow>> {
    let rows = sqlx::query_as!(
        WaitingDisclosureRow,
        r#"
        select d.id as "id: DisclosureId", d.case_id as "case: ComplaintId", d.state as "state: State", d.requested_at
        from wbs.disclosure d
        where d.office_id = $1
          and d.state in ('pending', 'seconded')
          and d.requester_id <> $2
          and d.first_by is distinct from $2
          and not wbs.bars(d.case_id, $3)
          and not wbs.is_frozen(d.case_id)
        order by d.requested_at, d.id
        limit $4
        "#,
        viewer.office.map(|office| office.0),
        viewer.user.map(|user| user.0),
        viewer.person,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}
