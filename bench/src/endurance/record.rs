//! The acts that were acknowledged, and their comparison with the database.

use std::collections::BTreeSet;

use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::Outcome;
use crate::operations::id;

/// The acknowledged acts and how they were answered.
#[derive(Debug, Default)]
pub struct Record {
    /// Ids of the created applications, one for each act.
    pub created: Vec<Uuid>,
    /// Numbers of the filed applications.
    pub filed: Vec<u64>,
    /// Receipt codes of the submitted complaints.
    pub receipts: Vec<String>,
    /// Ids of the declared breaches.
    pub breaches: Vec<String>,
    /// Acts that were repeated because no answer came.
    pub repeated: usize,
    /// Answers 503 with `Retry-After`.
    pub refused: usize,
    /// Connections that broke, or could not be opened.
    pub broken: usize,
    /// Any other answer.
    pub wrong: Vec<String>,
}

/// Numbers of rows before the trial.
pub struct Counts {
    applications: i64,
    complaints: i64,
}

impl Counts {
    pub async fn of(owner: &mut PgConnection) -> Outcome<Self> {
        let (applications, complaints) = sqlx::query_as(
            "select (select count(*) from application), (select count(*) from wbs.complaint)",
        )
        .fetch_one(owner)
        .await?;
        Ok(Self {
            applications,
            complaints,
        })
    }
}

impl Record {
    /// The number of acknowledged acts.
    pub fn acknowledged(&self) -> usize {
        self.created.len() + self.filed.len() + self.receipts.len() + self.breaches.len()
    }

    /// Compares the database with the record: each act once, with its journal entry, clock, event
    /// and jobs.
    ///
    /// # Errors
    /// The losses and repetitions.
    pub async fn compare(
        &self,
        owner: &mut PgConnection,
        before: &Counts,
        batch: &str,
    ) -> Outcome<String> {
        let now = Counts::of(owner).await?;
        let filed: Vec<Uuid> = self
            .filed
            .iter()
            .map(|n| id(batch, *n).parse())
            .collect::<Result<_, _>>()?;
        let number = async |owner: &mut PgConnection, query: &'static str, ids: &[Uuid]| {
            sqlx::query_scalar::<_, i64>(query)
                .bind(ids)
                .fetch_one(owner)
                .await
        };
        let codes: BTreeSet<_> = self.receipts.iter().collect();
        let created = self.created.as_slice();
        let counts = [
            (
                "applications created",
                now.applications - before.applications,
                created.len(),
            ),
            (
                "of them there, each with one journal entry",
                number(owner, "select count(*) from application a where a.id = any($1) and (select count(*) from journal j where j.subject_id = a.id) = 1", created).await?,
                created.len(),
            ),
            (
                "of them with one clock",
                number(owner, "select count(*) from application a where a.id = any($1) and (select count(*) from clock_entry e where e.case_id = a.id) = 1", created).await?,
                created.len(),
            ),
            (
                "applications filed, with one journal entry, clock and event",
                number(
                    owner,
                    "select count(*) from application a
                     where a.id = any($1) and a.stage = 'filed' and a.version = 3
                       and (select count(*) from journal j where j.subject_id = a.id and j.task = 'file_application') = 1
                       and (select count(*) from clock_entry e where e.case_id = a.id) = 3
                       and (select count(*) from event e where e.application_id = a.id and e.kind = 'application.stage_changed') = 1",
                    &filed,
                )
                .await?,
                filed.len(),
            ),
            (
                "applications filed without an acknowledgement",
                sqlx::query_scalar("select count(*) from application where stage = 'filed' and id::text like $1 and id <> all ($2)")
                    .bind(format!("{batch}-%"))
                    .bind(&filed)
                    .fetch_one(&mut *owner)
                    .await?,
                0,
            ),
            (
                "complaints submitted",
                now.complaints - before.complaints,
                self.receipts.len(),
            ),
            (
                "receipt codes that differ",
                i64::try_from(codes.len())?,
                self.receipts.len(),
            ),
            (
                "breaches in the audit trail, each once",
                sqlx::query_scalar("select count(*) from audit.event where action = 'breach_declared'")
                    .fetch_one(&mut *owner)
                    .await?,
                self.breaches.len(),
            ),
        ];
        let mut faults: Vec<String> = counts
            .iter()
            .filter(|(_, found, expected)| usize::try_from(*found).ok() != Some(*expected))
            .map(|(what, found, expected)| format!("{what}: {found}, not {expected}"))
            .collect();
        faults.extend(self.wrong.iter().take(5).cloned());
        if !faults.is_empty() {
            return Err(faults.join("\n").into());
        }
        Ok(format!(
            "- {} acts acknowledged: {} created, {} filed, {} complaints, {} breaches declared; {} repeated under their key, {} answered 503 with Retry-After, {} connections broken\n- 0 lost, 0 done twice, 0 wrong answers; the audit trail is whole",
            self.acknowledged(),
            created.len(),
            filed.len(),
            self.receipts.len(),
            self.breaches.len(),
            self.repeated,
            self.refused,
            self.broken,
        ))
    }
}
