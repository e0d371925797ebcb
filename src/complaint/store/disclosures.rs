//! Requests to open part of an identity or an original. Row-level security shows them to the handlers of the case and to the custodians who are not barred
//! from it; what is in them is opened with the key of the case, and held against the columns.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::viewer::Viewer;
use crate::complaint::identity::IdentityField;
use crate::complaint::papers::disclosure_file::{Asked, Decided, State};
use crate::complaint::sealing::case_key::CaseKey;
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, DisclosureId, OfficeId, UserId};
use crate::sop::role::{Role, Roles};

const ASKED: &str = "disclosure|sealed";
const DECIDED: &str = "disclosure|decision";
const FIELDS: &str = "disclosure|sealed_fields";
/// How long a custodian has to decide.
pub const UNDECIDED: TimeDelta = TimeDelta::days(30);
/// How long a settled request stays in the custodians' list.
const RECENT: TimeDelta = TimeDelta::days(90);

/// A complaint of which part of the identity is asked for.
pub struct OfCase {
    /// Its office.
    pub office: OfficeId,
    /// The roles under which the one who asks sees it.
    pub roles: Roles,
    /// Its key, wrapped.
    pub wrapped: Vec<u8>,
    /// Whether its identity was shredded.
    pub identity_gone: bool,
    /// Whether a breach that affects it is open.
    pub frozen: bool,
}

/// A request as stored.
pub struct Stored {
    /// Its id.
    pub id: DisclosureId,
    /// Its complaint.
    pub case: ComplaintId,
    /// Its office.
    pub office: OfficeId,
    /// Who asks.
    pub requester: UserId,
    /// Their name.
    pub requester_name: String,
    /// How far it is.
    pub state: State,
    /// The first of two custodians.
    pub first_by: Option<UserId>,
    /// When it was made.
    pub requested_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Until when it can be opened.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// Whether a breach that affects its complaint is open.
    pub frozen: bool,
    sealed: Vec<u8>,
    decision: Option<Vec<u8>>,
    sealed_fields: Option<Vec<u8>>,
}

impl Stored {
    /// What was asked for.
    ///
    /// # Errors
    /// Our own fault when it was moved or changed, or its requester was.
    pub fn asked(&self, key: &CaseKey) -> Result<Asked> {
        let asked: Asked = key.open_json(ASKED, self.id.0, &self.sealed)?;
        if asked.requester == self.requester {
            Ok(asked)
        } else {
            Err(Error::internal("the requester of a disclosure was changed"))
        }
    }

    /// What was decided so far.
    ///
    /// # Errors
    /// Our own fault when it was moved or changed, or the custodian who was first was.
    pub fn decided(&self, key: &CaseKey) -> Result<Decided> {
        let decided: Option<Decided> = self
            .decision
            .as_deref()
            .map(|sealed| key.open_json(DECIDED, self.id.0, sealed))
            .transpose()?;
        let decided = decided.unwrap_or_default();
        let first = decided.first.as_ref().map(|first| first.by);
        if first == self.first_by {
            Ok(decided)
        } else {
            Err(Error::internal(
                "the first custodian of a disclosure was changed",
            ))
        }
    }

    /// The granted fields, still sealed for the requester.
    #[must_use]
    pub fn fields(&self, key: &CaseKey) -> Option<Zeroizing<Vec<u8>>> {
        key.open(FIELDS, self.id.0, self.sealed_fields.as_deref()?)
    }
}

/// Locks a complaint that the caller may know of, so that nobody is barred from it meanwhile; false when there is none.
///
/// # Errors
/// When the server refuses.
pub async fn lock_case(connection: &mut PgConnection, case: ComplaintId) -> Result<bool> {
    let found = sqlx::query_scalar!(
        "select id from wbs.complaint where id = $1 for no key update",
        case.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}

/// The complaint, if `viewer` may see it.
///
/// # Errors
/// When the server refuses.
pub async fn case(
    connection: &mut PgConnection,
    case: ComplaintId,
    viewer: &Viewer,
) -> Result<Option<OfCase>> {
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
    Ok(row.fetch_optional(connection).await?.map(|row| OfCase {
        office: OfficeId(row.office_id),
        roles: viewer.roles_at(&row.visible_to, row.team_id),
        wrapped: row.dek_wrapped,
        identity_gone: row.identity_gone,
        frozen: row.frozen,
    }))
}

/// Those of these people, by tag, who are not barred from a complaint.
///
/// # Errors
/// When the server refuses.
pub async fn free(
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

/// A request to be written down.
pub struct NewDisclosure<'a> {
    /// Its id.
    pub id: DisclosureId,
    /// Of which complaint.
    pub case: ComplaintId,
    /// Of which office.
    pub office: OfficeId,
    /// The requester's tag.
    pub tag: &'a [u8],
    /// What is asked for.
    pub asked: &'a Asked,
    /// When.
    pub at: DateTime<Utc>,
}

/// Adds a request.
///
/// # Errors
/// `conflict` while another of the same person for the same complaint is live.
pub async fn add(
    connection: &mut PgConnection,
    key: &CaseKey,
    new: &NewDisclosure<'_>,
) -> Result<()> {
    let sealed = key.seal_json(ASKED, new.id.0, new.asked)?;
    let done = sqlx::query!(
        r#"
        insert into wbs.disclosure (id, case_id, office_id, requester_id, requester_tag, state, sealed, requested_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        new.id.0,
        new.case.0,
        new.office.0,
        new.asked.requester.0,
        new.tag,
        State::Pending.code(),
        sealed,
        new.at,
    );
    let live = || {
        Error::new(Code::Conflict).detail(
            "Permintaan Anda atas pengaduan ini masih berjalan.",
            "A request of yours for this complaint is not settled yet.",
        )
    };
    done.execute(connection)
        .await
        .on_constraint("disclosure_is_asked_once", live)?;
    Ok(())
}

/// Locks a request; false when there is none the caller may know of.
///
/// # Errors
/// When the server refuses.
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

/// A request, if the person with this tag is not barred from its complaint.
///
/// # Errors
/// When the server refuses.
pub async fn find(
    connection: &mut PgConnection,
    case: ComplaintId,
    id: DisclosureId,
    person: &[u8],
) -> Result<Option<Stored>> {
    let row = sqlx::query_as!(
        Stored,
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

/// What somebody asked for of a complaint, newest first.
///
/// # Errors
/// When the server refuses.
pub async fn of_requester(
    connection: &mut PgConnection,
    case: ComplaintId,
    requester: UserId,
) -> Result<Vec<Stored>> {
    let rows = sqlx::query_as!(
        Stored,
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

/// Where a request stands in the custodians' list.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Place {
    at: DateTime<Utc>,
    id: Uuid,
}

impl Place {
    /// That of `stored`.
    #[must_use]
    pub fn of(stored: &Stored) -> Self {
        Self {
            at: stored.requested_at,
            id: stored.id.0,
        }
    }
}

/// What custodians have to decide and what was lately settled, newest first, but for complaints this one is barred from.
///
/// # Errors
/// When the server refuses.
pub async fn for_custodian(
    connection: &mut PgConnection,
    viewer: &Viewer,
    now: DateTime<Utc>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Stored>> {
    let rows = sqlx::query_as!(
        Stored,
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
        now - RECENT,
        after.map(|place| place.at),
        after.map(|place| place.id),
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What becomes of a request by one decision.
pub struct Outcome<'a> {
    /// Where it comes to.
    pub state: State,
    /// The custodian.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// Everything that was said so far.
    pub decided: &'a Decided,
    /// Until when it can be opened.
    pub expires_at: Option<DateTime<Utc>>,
    /// The granted fields, sealed for the requester.
    pub fields: Option<&'a [u8]>,
}

/// Writes down a decision.
///
/// # Errors
/// When the server refuses.
pub async fn decide(
    connection: &mut PgConnection,
    key: &CaseKey,
    id: DisclosureId,
    outcome: &Outcome<'_>,
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
        key.seal_json(DECIDED, id.0, outcome.decided)?,
        is_first,
        outcome.by.0,
        outcome.at,
        outcome.expires_at,
        outcome.fields.map(|fields| key.seal(FIELDS, id.0, fields)),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes down that it was opened; the fields are gone.
///
/// # Errors
/// When the server refuses.
pub async fn open(
    connection: &mut PgConnection,
    id: DisclosureId,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("update wbs.disclosure set state = 'opened', opened_at = $2, sealed_fields = null where id = $1", id.0, at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets expire what was not opened or not decided in time, of one complaint or of all; the fields are gone.
///
/// # Errors
/// When the server refuses.
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
        now - UNDECIDED,
        of.map(|case| case.0),
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| (ComplaintId(row.case_id), OfficeId(row.office_id)))
        .collect())
}

/// That part of an identity or an original was opened, as its reporter is told.
pub struct Told {
    /// On which day.
    pub on: NaiveDate,
    /// To which role.
    pub role: Role,
    /// Which part.
    pub fields: Vec<IdentityField>,
    /// The number of the attachment, when it was an original.
    pub original: Option<i32>,
}

/// What was opened of a complaint, newest first, but for what its reporter is not told.
///
/// # Errors
/// When the server refuses, or a row was moved or changed.
pub async fn told(
    connection: &mut PgConnection,
    case: ComplaintId,
    key: &CaseKey,
) -> Result<Vec<Told>> {
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
    let mut told = Vec::new();
    for row in rows.fetch_all(connection).await? {
        let (asked, decided): (Asked, Decided) = (
            key.open_json(ASKED, row.id, &row.sealed)?,
            key.open_json(DECIDED, row.id, &row.decision)?,
        );
        if let (None, Some(last)) = (decided.withheld, decided.last) {
            told.push(Told {
                on: today(row.opened_at),
                role: asked.role,
                fields: last.fields,
                original: asked.original.map(|original| original.seq),
            });
        }
    }
    Ok(told)
}
