//! A backup while the office works, and its restoration onto a bare machine; both are killed once
//! and continued.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};
use uuid::Uuid;

use super::record::Record;
use super::{Service, World, pause, writers};
use crate::Outcome;
use crate::client::{Connection, request};
use crate::office::Office;
use crate::operations::id;
use crate::process::Server;

/// The goal for the restoration.
const GOAL: Duration = Duration::from_mins(5);

/// The applications of the trial, each with a paper.
pub const fn applications(long: bool) -> u64 {
    if long { 1_000_000 } else { 1_000 }
}

pub async fn measure(
    world: &Rc<World>,
    service: &Service<'_>,
    office: &mut Office,
    server: Server,
    long: bool,
) -> Outcome<(Server, String)> {
    let papers = applications(long);
    let script = include_str!("../../papers.sql").replace("$count$", &papers.to_string());
    office.run(&script).await?;
    let documents = service.folder.join("documents");
    for n in 1..=papers {
        write_paper(&documents, n)?;
    }
    let writing = writers::start(world, 4);
    pause(1_000).await;
    let before = Acknowledged::of(&world.record.borrow(), &world.batch)?;
    let folder = service.folder.join("backup");
    let to = format!("--to={}", folder.display());
    let backup = Run {
        service,
        office,
        folder: service.folder,
        arguments: &["backup", &to],
    };
    let copies = folder.join("documents/customers");
    backup.killed_when(async || Ok(copies.exists())).await?;
    // An anchor of a day after the dump does not belong to the backup, which would not verify with it.
    let later_anchor = documents.join("audit/anchor-2999-01-01");
    std::fs::create_dir_all(documents.join("audit"))?;
    std::fs::write(&later_anchor, "of another day")?;
    let begun = Instant::now();
    let said_of_backup = backup.finish().await?;
    let backed_up = begun.elapsed();
    std::fs::remove_file(later_anchor)?;
    world.over.set(true);
    for writer in writing {
        writer.await?;
    }

    let from = format!("--from={}", folder.display());
    let bare_machine = service.folder.join("bare-machine");
    std::fs::create_dir(&bare_machine)?;
    let new = Office::bare(&bare_machine).await?;
    let restore = Run {
        service,
        office: &new,
        folder: &bare_machine,
        arguments: &["restore", &from],
    };
    let begun = Instant::now();
    let said_of_restoration = restore.finish().await?;
    let restored = begun.elapsed();
    restore.fails_with("not empty").await?;
    before.compare(&new).await?;
    let other = Service {
        folder: &bare_machine,
        ..*service
    };
    read_one(world, other.start(&new).await?, before.created.first()).await?;
    let check = Run {
        arguments: &["restore", &from, "--check-only"],
        ..restore
    };
    refuse_a_changed_paper(&check).await?;
    new.close().await?;

    let bare_machine = service.folder.join("bare-machine-killed");
    std::fs::create_dir(&bare_machine)?;
    let new = Office::bare(&bare_machine).await?;
    let restore = Run {
        service,
        office: &new,
        folder: &bare_machine,
        arguments: &["restore", &from],
    };
    let copies = bare_machine.join("documents/customers");
    restore.killed_when(async || Ok(copies.exists())).await?;
    restore
        .killed_when(async || new.has_table("journal").await)
        .await?;
    let verify = Run {
        service,
        office: &new,
        folder: &bare_machine,
        arguments: &["verify-audit-trail"],
    };
    verify.fails_with("only in part").await?;
    restore.finish().await?;
    before.compare(&new).await?;
    new.close().await?;
    Ok((
        server,
        format!(
            "- {} applications with a paper each; backup, after one kill, {:.1} s beside writers: {}\n- restored onto a bare machine in {:.1} s (goal {} s for a million: {}): {}\n- a changed paper is refused; killed twice and continued, the same office",
            papers,
            backed_up.as_secs_f64(),
            said_of_backup.trim(),
            restored.as_secs_f64(),
            GOAL.as_secs(),
            if restored < GOAL {
                "reached"
            } else {
                "**missed**"
            },
            said_of_restoration.trim().replace('\n', "; "),
        ),
    ))
}

/// Writes the object of a paper as `papers.sql` describes it.
fn write_paper(documents: &Path, n: u64) -> Outcome<()> {
    let file = paper(documents, n);
    std::fs::create_dir_all(file.parent().ok_or("no folder")?)?;
    Ok(std::fs::write(file, format!("paper {n}\n").repeat(200))?)
}

fn paper(documents: &Path, n: u64) -> PathBuf {
    documents.join(format!("customers/{}/{n}.pdf", n % 200))
}

/// A command of the program.
#[derive(Clone, Copy)]
struct Run<'a> {
    service: &'a Service<'a>,
    office: &'a Office,
    folder: &'a Path,
    arguments: &'a [&'a str],
}

impl Run<'_> {
    async fn begin(&self) -> Outcome<Child> {
        let (programs, _) = self.office.programs().await?;
        Ok(Command::new(self.service.program)
            .args(self.arguments)
            .env_clear()
            .envs(crate::variables(
                self.folder,
                self.office,
                self.service.custodian,
            ))
            .env("DATABASE_OWNER_URL", self.office.owner_url())
            .env("PG_BIN_DIR", programs)
            .env("LOG", "off")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?)
    }

    /// Kills the command as soon as `it_has_begun` holds.
    async fn killed_when(&self, it_has_begun: impl AsyncFn() -> Outcome<bool>) -> Outcome<()> {
        let mut child = self.begin().await?;
        loop {
            let has_begun = it_has_begun().await?;
            if child.try_wait()?.is_some() {
                return Err(format!("{} was over before it was killed", self.arguments[0]).into());
            }
            if has_begun {
                return Ok(child.kill().await?);
            }
            pause(2).await;
        }
    }

    async fn fails_with(&self, words: &str) -> Outcome<()> {
        match self.finish().await {
            Err(fault) if fault.to_string().contains(words) => Ok(()),
            other => Err(format!(
                "{} does not fail with {words:?}: {other:?}",
                self.arguments.join(" ")
            )
            .into()),
        }
    }

    /// Runs the command to its end and returns what it printed.
    async fn finish(&self) -> Outcome<String> {
        let ended = self.begin().await?.wait_with_output().await?;
        if ended.status.success() {
            return Ok(String::from_utf8(ended.stdout)?);
        }
        let said = String::from_utf8_lossy(&ended.stderr);
        Err(format!("{}: {said}", self.arguments.join(" ")).into())
    }
}

/// The restored office answers under the tokens of the old one.
async fn read_one(world: &World, server: Server, created: Option<&Uuid>) -> Outcome<()> {
    let path = format!(
        "/api/v1/applications/{}",
        created.ok_or("nothing was created")?
    );
    // Drafts are their customer's own.
    for token in &world.tokens.customers {
        let headers = format!("authorization: Bearer {token}\r\n");
        let mut connection = Connection::open(server.address).await?;
        let asked = request("GET", &path, &headers, None);
        if connection.exchange(&asked).await?.status == 200 {
            return server.stop().await;
        }
    }
    Err("no customer can read an application in the restored office".into())
}

/// What was acknowledged before the backup began.
struct Acknowledged {
    created: Vec<Uuid>,
    filed: Vec<Uuid>,
    complaints: usize,
    breaches: Vec<Uuid>,
}

impl Acknowledged {
    fn of(record: &Record, batch: &str) -> Outcome<Self> {
        let filed = record.filed.iter().map(|n| id(batch, *n).parse());
        let breaches = record.breaches.iter().map(|id| id.parse());
        Ok(Self {
            created: record.created.clone(),
            filed: filed.collect::<Result<_, _>>()?,
            complaints: record.receipts.len(),
            breaches: breaches.collect::<Result<_, _>>()?,
        })
    }

    /// All of it is in the restored office.
    async fn compare(&self, office: &Office) -> Outcome<()> {
        let found: (i64, i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from application where id = any ($1)),
                    (select count(*) from application where id = any ($2) and stage = 'filed'),
                    (select least(count(*), $3) from wbs.complaint),
                    (select count(*) from wbs.breach where id = any ($4))",
        )
        .bind(&self.created)
        .bind(&self.filed)
        .bind(i64::try_from(self.complaints)?)
        .bind(&self.breaches)
        .fetch_one(&mut office.as_owner().await?)
        .await?;
        let expected = (
            i64::try_from(self.created.len())?,
            i64::try_from(self.filed.len())?,
            i64::try_from(self.complaints)?,
            i64::try_from(self.breaches.len())?,
        );
        if found == expected {
            Ok(())
        } else {
            Err(format!("of {expected:?} creations, filings, complaints and breaches before the backup {found:?} were restored").into())
        }
    }
}

/// The check of the restored office finds a changed byte.
async fn refuse_a_changed_paper(check: &Run<'_>) -> Outcome<()> {
    check.finish().await?;
    std::fs::write(paper(&check.folder.join("documents"), 7), "another paper")?;
    check.fails_with("customers/7/7.pdf").await
}
