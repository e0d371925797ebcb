//! The journal: what was done, by whom, in which capacity, when. Append only, written in the transaction of the deed.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::workflow::{Cover, Workflow};
use crate::error::Result;
use crate::identity::SignedIn;
use crate::ids::OfficeId;
use crate::sop::table::{Row, Stage as _};

/// One entry.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The office whose journal it is.
    pub office: OfficeId,
    /// What `subject_id` names.
    pub subject: &'static str,
    /// What it is about.
    pub subject_id: Uuid,
    /// Who did it; none for the service.
    pub who: Option<&'a SignedIn>,
    /// Code of what was done.
    pub task: &'static str,
    /// The numbered step, if it is one.
    pub step: Option<i16>,
    /// From which stage to which.
    pub moved: Option<(&'static str, &'static str)>,
    /// The customer's round and the letter's draft.
    pub counted: (i16, i16),
    /// A reason.
    pub note: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// The entry of a step of an SOP.
    #[must_use]
    pub fn of_step<W: Workflow>(row: &Row<W>, cover: &Cover<W>, from: W::Stage, who: Option<&'a SignedIn>, note: Option<&'a str>) -> Self {
        Self {
            office: cover.office,
            subject: W::SUBJECT,
            subject_id: cover.id,
            who,
            task: row.task.code(),
            step: row.no.or(row.part_of).map(i16::from),
            moved: Some((from.code(), cover.stage.code())),
            counted: (cover.round, cover.draft),
            note,
        }
    }

    /// The entry of an administrative act.
    #[must_use]
    pub fn of_act(who: &'a SignedIn, subject: &'static str, subject_id: Uuid, task: &'static str, note: Option<&'a str>) -> Self {
        Self { office: who.office, subject, subject_id, who: Some(who), task, step: None, moved: None, counted: (0, 0), note }
    }
}

/// Writes `entry`.
///
/// # Errors
/// When the server refuses.
pub async fn add(connection: &mut PgConnection, entry: &Entry<'_>, now: DateTime<Utc>) -> Result<()> {
    let (from, to) = entry.moved.unzip();
    let roles = entry.who.map(|who| who.roles.codes()).unwrap_or_default();
    sqlx::query!(
        r#"
        insert into journal (office_id, subject, subject_id, at, actor_id, actor_roles, acting, task, step, from_stage, to_stage, round, draft, note)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        "#,
        entry.office.0,
        entry.subject,
        entry.subject_id,
        now,
        entry.who.map(|who| who.user.0),
        &roles,
        entry.who.and_then(|who| who.acting.as_ref()).map(|acting| acting.kind.code()),
        entry.task,
        entry.step,
        from,
        to,
        entry.counted.0,
        entry.counted.1,
        entry.note,
    )
    .execute(connection)
    .await?;
    Ok(())
}
