//! Staff queries of complaints: list, view, messages, timeline, conflicts, statistics. Every query
//! applies the same visibility rule, in a transaction.

pub(crate) mod printing;
pub(crate) mod retaliation_reports;

use actix_web::get;
use chrono::NaiveDate;
use serde::Serialize;

use crate::casework::desk::Desk;
use crate::complaint::audit_events;
use crate::complaint::conflict::ConflictKind;
use crate::complaint::file::ComplaintListRow;
use crate::complaint::papers::form::{Category, Content};
use crate::complaint::papers::history::TimelineStep;
use crate::complaint::papers::message::MessageView;
use crate::complaint::read_transaction;
use crate::complaint::sop::{SOP, Stage, Task};
use crate::complaint::steps::AtComplaint;
use crate::complaint::store::lists::{self, ComplaintCursor, ComplaintFilter, MAX_NUMBER_CHARS};
use crate::complaint::store::{self, conflicts, messages, timeline};
use crate::complaint::views::{ComplaintSummary, ComplaintView};
use crate::error::{Code, Error, OrNotFound as _, Result};
use crate::identity::roster;
use crate::ids::UserId;
use crate::sop::gate::Principal;
use crate::sop::table::Row;
use crate::web::page::{PageQuery, page_size};
use crate::web::params::invalid_parameter;
use crate::web::{Cursor, Page, PathParam, Provided, Query, Reply};

/// Smallest count that is shown: a smaller one could identify a person.
const SMALLEST_COUNT: i64 = 5;

/// List the complaints (daftar pengaduan).
///
/// The complaints you may see, newest first. A list holds no text of any complaint.
#[utoipa::path(tag = "complaints", params(ComplaintFilter), responses((status = 200, body = Page<ComplaintSummary>)))]
#[get("/complaints")]
pub async fn list_complaints(
    desk: Desk,
    query: Query<ComplaintFilter>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<ComplaintSummary>>> {
    let filter = query.0;
    let limit = page_size(filter.limit)?;
    if filter
        .public_number
        .as_ref()
        .is_some_and(|number| number.chars().count() > MAX_NUMBER_CHARS)
    {
        return Err(invalid_parameter(
            "public_number",
            "Paling banyak 30 karakter.",
            "At most 30 characters.",
        ));
    }
    let bound = filter.without_paging();
    let after = cursor
        .0
        .read(filter.cursor.as_deref(), "complaints", &bound)?;
    let (rows, calendars, count) = read_transaction::read_list(&desk, async |c, viewer, _| {
        let rows = lists::list(c, viewer, &filter, after, limit + 1).await?;
        let mut calendars = std::collections::HashMap::new();
        for row in &rows {
            let key = (row.office, row.calendar_version);
            calendars.insert(
                key,
                desk.request_time()
                    .calendars
                    .version(c, row.office, row.calendar_version)
                    .await?,
            );
        }
        let count = if filter.count == Some(true) {
            Some(lists::count(c, viewer, &filter).await?)
        } else {
            None
        };
        Ok((rows, calendars, count))
    })
    .await?;
    let page = cursor
        .0
        .page(rows, limit, "complaints", &bound, ComplaintCursor::of)?;
    let shown = |line: ComplaintListRow| {
        let calendar = calendars[&(line.office, line.calendar_version)].clone();
        ComplaintSummary::of(line, &calendar, desk.request_time().now)
    };
    Ok(Reply::page(Page {
        items: page.items.into_iter().map(shown).collect(),
        next_cursor: page.next_cursor,
        count,
    }))
}

/// Read a complaint (pengaduan).
///
/// With the parts that you may read. The reporter's access log records, by day, that your role
/// opened the complaint.
#[utoipa::path(tag = "complaints", params(AtComplaint), responses((status = 200, body = ComplaintView)))]
#[get("/complaints/{id}")]
pub async fn read_complaint(
    desk: Desk,
    at: PathParam<AtComplaint>,
) -> Result<Reply<ComplaintView>> {
    let (view, version) = read_transaction::show(&desk, at.0.id).await?;
    Ok(Reply::ok(view).version(version))
}

/// List the messages (percakapan dengan pelapor).
///
/// Oldest first. Messages of the reporter appear after their release and screening.
#[utoipa::path(tag = "complaints", params(AtComplaint, PageQuery), responses((status = 200, body = Page<MessageView>)))]
#[get("/complaints/{id}/messages")]
pub async fn list_messages(
    desk: Desk,
    at: PathParam<AtComplaint>,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<MessageView>>> {
    let limit = page_size(query.0.limit)?;
    let after = cursor
        .0
        .read(query.0.cursor.as_deref(), "messages", &at.0.id)?;
    let rows = read_transaction::read_content(&desk, at.0.id, async |c, viewer, services| {
        let (key, role) =
            read_transaction::open_key_for_reader(c, &desk, viewer, services, at.0.id).await?;
        let items = messages::list(
            c,
            &key,
            at.0.id,
            Some(desk.request_time().now),
            after,
            limit + 1,
        )
        .await?;
        let reading = audit_events::record_reading(
            c,
            (desk.signed_in(), role),
            desk.request_time(),
            services,
            at.0.id,
        )
        .await?;
        Ok((items, reading))
    });
    Ok(Reply::page(cursor.0.page(
        rows.await?,
        limit,
        "messages",
        &at.0.id,
        |message| message.seq,
    )?))
}

/// Timeline of a complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ComplaintTimeline {
    /// Events, oldest first.
    pub items: Vec<TimelineStep>,
}

/// Read the timeline (riwayat).
///
/// The acts on the complaint with their roles, without names.
#[utoipa::path(tag = "complaints", params(AtComplaint), responses((status = 200, body = ComplaintTimeline)))]
#[get("/complaints/{id}/timeline")]
pub async fn read_complaint_timeline(
    desk: Desk,
    at: PathParam<AtComplaint>,
) -> Result<Reply<ComplaintTimeline>> {
    let items = read_transaction::read(&desk, async |c, viewer, services| {
        store::find(
            c,
            at.0.id,
            viewer,
            Principal::User(desk.signed_in()),
            services,
        )
        .await?
        .or_not_found()?;
        timeline::list_for_staff(c, &services.keys.case_ref(at.0.id)).await
    });
    Ok(Reply::ok(ComplaintTimeline {
        items: items.await?,
    }))
}

/// A staff member with a conflict of interest.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ConflictView {
    /// Id of the staff member.
    pub user: UserId,
    /// Name of the staff member.
    #[schema(example = "Budi Darmawan")]
    pub name: String,
    /// Kind of conflict.
    pub kind: ConflictKind,
    /// Reason, as text.
    #[schema(example = "screening")]
    pub reason: String,
    /// Whether the conflict was lifted.
    #[schema(example = false)]
    pub lifted: bool,
    /// Day of the conflict.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub on: NaiveDate,
}

/// Conflicts of interest of a complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ConflictsView {
    /// Names of the accused, as the reporter wrote them.
    #[schema(example = json!(["Darmawan"]))]
    pub named: Vec<String>,
    /// Whether the reporter says that the complaint concerns the leadership.
    pub concerns_leadership: bool,
    /// Staff members that are or were barred.
    pub items: Vec<ConflictView>,
}

/// List the conflicts of interest (benturan kepentingan).
///
/// For the conflict officer: names, and nothing else of the complaint. The reporter's access log
/// records, by day, that this role opened the complaint.
#[utoipa::path(tag = "complaints", params(AtComplaint), responses((status = 200, body = ConflictsView)))]
#[get("/complaints/{id}/conflicts")]
pub async fn list_conflicts(
    desk: Desk,
    at: PathParam<AtComplaint>,
) -> Result<Reply<ConflictsView>> {
    let view = read_transaction::read(&desk, async |c, viewer, services| {
        let found = store::find(
            c,
            at.0.id,
            viewer,
            Principal::User(desk.signed_in()),
            services,
        )
        .await?
        .or_not_found()?;
        let row: &Row<Task> = SOP.row(Task::DeclareConflict);
        if !found.roles.iter().any(|role| row.actor.admits(role)) {
            return Err(Error::new(Code::Forbidden));
        }
        let key = services.case_key(found.id, &found.wrapped).await?;
        let content = Content::open(&key, found.id, &found.content)?;
        let roster = roster::roster(c, desk.signed_in().office).await?;
        let name_of = |user: UserId| {
            roster
                .iter()
                .find(|entry| entry.user == user)
                .map_or_else(String::new, |entry| entry.display_name.clone())
        };
        let items = conflicts::list(c, at.0.id, &key).await?.into_iter();
        let items = items.map(|one| ConflictView {
            user: one.user,
            name: name_of(one.user),
            kind: one.kind,
            reason: one.reason,
            lifted: one.lifted,
            on: one.on,
        });
        let view = ConflictsView {
            concerns_leadership: content.concerns_leadership,
            named: content
                .accused
                .into_iter()
                .map(|accused| accused.name)
                .collect(),
            items: items.collect(),
        };
        audit_events::record_officer_reading(c, &desk, services, at.0.id, "read_conflicts").await?;
        Ok(view)
    });
    view.await.map(Reply::ok)
}

/// Number of complaints of one category and stage.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Tally {
    /// Category.
    pub category: Category,
    /// Stage.
    pub stage: Stage,
    /// Number of complaints; null below five.
    #[schema(example = 12)]
    pub number: Option<i64>,
}

/// Statistics of complaints.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ComplaintStatistics {
    /// Counts by category and stage.
    pub items: Vec<Tally>,
}

/// Count the complaints (statistik pengaduan).
///
/// Counts the complaints you may see. Numbers below five are withheld, because they could identify
/// a person.
#[utoipa::path(tag = "complaints", responses((status = 200, body = ComplaintStatistics)))]
#[get("/complaints/statistics")]
pub async fn count_complaints(desk: Desk) -> Result<Reply<ComplaintStatistics>> {
    let tallies =
        read_transaction::read(&desk, async |c, viewer, _| lists::tally(c, viewer).await).await?;
    let items = tallies.into_iter().map(|(category, stage, number)| Tally {
        category,
        stage,
        number: (number >= SMALLEST_COUNT).then_some(number),
    });
    Ok(Reply::ok(ComplaintStatistics {
        items: items.collect(),
    }))
}

/// Lists the complaints that wait for the caller, for the desk.
pub async fn waiting(desk: &Desk, limit: i64) -> Result<Vec<ComplaintSummary>> {
    read_transaction::read_list(desk, async |c, viewer, _| {
        let mut waiting = Vec::new();
        for line in lists::waiting(c, viewer, limit).await? {
            let calendar = desk
                .request_time()
                .calendars
                .version(c, line.office, line.calendar_version)
                .await?;
            waiting.push(ComplaintSummary::of(
                line,
                &calendar,
                desk.request_time().now,
            ));
        }
        Ok(waiting)
    })
    .await
}
