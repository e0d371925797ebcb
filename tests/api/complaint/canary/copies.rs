//! Every place that could hold a copy: the tables, the database's files, its write-ahead log, its
//! server log, the document store, the service's log, the metrics.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgConnection, PgPoolCopyExt as _};

use super::sieve::Sieve;
use crate::manners::logs::log;
use crate::support::TestApp;

/// The start of the search: every write from here on is searched.
pub struct CopySearch {
    /// Its replication slot keeps the write-ahead log until the search ends.
    superuser: PgConnection,
    wal: String,
    our_log: usize,
    server_log: usize,
}

/// The found canaries and spellings, by place.
pub type FoundCanaries = BTreeMap<&'static str, BTreeSet<(&'static str, &'static str)>>;

impl CopySearch {
    /// Creates the replication slot and notes the time.
    pub async fn begin(app: &TestApp) -> Self {
        let mut superuser = app.sql().await;
        let slot = format!("canary_{}", uuid::Uuid::new_v4().simple());
        // A temporary slot ends with its connection; until then the server recycles no file of the
        // write-ahead log.
        sqlx::query("select pg_create_physical_replication_slot($1, true, true)")
            .bind(slot)
            .execute(&mut superuser)
            .await
            .unwrap();
        let wal = sqlx::query_scalar("select pg_walfile_name(pg_current_wal_insert_lsn())")
            .fetch_one(&mut superuser)
            .await
            .unwrap();
        let server_log = std::fs::read(TestApp::server_folder().join("server.log"))
            .unwrap()
            .len();
        Self {
            superuser,
            wal,
            our_log: log().text().len(),
            server_log,
        }
    }

    /// Searches every place.
    pub async fn search(mut self, app: &TestApp, sieve: &Sieve) -> FoundCanaries {
        // Statistics contain samples of columns, and a checkpoint writes the buffers to the files.
        for order in ["analyze", "checkpoint"] {
            sqlx::query(order)
                .execute(&mut self.superuser)
                .await
                .unwrap();
        }
        let mut found = FoundCanaries::new();
        for (table, text) in tables(app).await {
            let hits = found.entry("tables").or_default();
            hits.extend(sieve.spelled(&text));
            hits.extend(sieve.spelled(&unescaped(&text)));
            assert!(
                !text.is_empty() || table != "wbs.complaint",
                "the tables were read"
            );
        }
        let running: Vec<String> =
            sqlx::query_scalar("select query from pg_stat_activity where query is not null")
                .fetch_all(&mut self.superuser)
                .await
                .unwrap();
        found.insert("statements", sieve.spelled(running.join("\n").as_bytes()));
        let data = TestApp::server_folder().join("pg");
        let oid: String = sqlx::query_scalar(
            "select oid::text from pg_database where datname = current_database()",
        )
        .fetch_one(&mut self.superuser)
        .await
        .unwrap();
        found.insert(
            "files of the database",
            in_files(sieve, &files(&data.join("base").join(oid), &|_| true)),
        );
        found.insert(
            "shared files",
            in_files(
                sieve,
                &[
                    files(&data.join("global"), &|_| true),
                    files(&data.join("pg_stat_tmp"), &|_| true),
                ]
                .concat(),
            ),
        );
        let written = files(&data.join("pg_wal"), &|name| {
            name.len() == 24 && name >= self.wal.as_str()
        });
        found.insert("write-ahead log", in_files(sieve, &written));
        let began = app
            .folder()
            .metadata()
            .unwrap()
            .created()
            .or_else(|_| app.folder().metadata().unwrap().modified())
            .unwrap();
        let temporary = [
            files(&data.join("base").join("pgsql_tmp"), &|_| true),
            written_since(&std::env::temp_dir(), began),
        ]
        .concat();
        found.insert("temporary files", in_files(sieve, &temporary));
        let server_log = std::fs::read(TestApp::server_folder().join("server.log")).unwrap();
        found.insert(
            "log of the server",
            sieve.spelled(&server_log[self.server_log..]),
        );
        found.insert(
            "document store",
            in_files(sieve, &files(app.folder(), &|_| true)),
        );
        found.insert(
            "our log",
            sieve.spelled(&log().text().as_bytes()[self.our_log..]),
        );
        found
    }
}

/// Every table of every schema as text, including the catalogues.
pub async fn tables(app: &TestApp) -> Vec<(String, Vec<u8>)> {
    let pool = sqlx::PgPool::connect_with(app.superuser()).await.unwrap();
    let listing = "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace \
                 where c.relkind in ('r', 'm') and n.nspname <> 'pg_toast'";
    let names: Vec<String> = sqlx::query_scalar(listing).fetch_all(&pool).await.unwrap();
    assert!(
        [
            "vault.identity",
            "audit.event",
            "wbs.content",
            "pg_catalog.pg_statistic"
        ]
        .iter()
        .all(|table| names.iter().any(|name| name == table))
    );
    let mut all = Vec::new();
    for name in names {
        let pieces = pool
            .copy_out_raw(&format!("copy (select * from {name}) to stdout"))
            .await
            .unwrap();
        let text: Vec<_> = pieces
            .map_ok(|piece| piece.to_vec())
            .try_concat()
            .await
            .unwrap();
        all.push((name, text));
    }
    pool.close().await;
    all
}

/// Decodes the `\\x…` values of a COPY text, one after the other.
pub fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for cell in text.split(|byte| *byte == b'\t' || *byte == b'\n') {
        if let Some(digits) = cell.strip_prefix(br"\\x") {
            bytes.extend(hex::decode(digits).unwrap_or_default());
            bytes.push(b'\n');
        }
    }
    bytes
}

/// The files below a folder whose names are `wanted`. Files that are deleted during the search are
/// skipped.
fn files(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(files(&path, wanted));
        } else if path.is_file() && wanted(&entry.file_name().to_string_lossy()) {
            all.push(path);
        }
    }
    all
}

/// Files directly in the temporary folder, written since `began`. Its subfolders belong to other
/// programs; the service's own folder is searched separately.
fn written_since(folder: &Path, began: SystemTime) -> Vec<PathBuf> {
    let since = |path: &PathBuf| {
        path.is_file()
            && path
                .metadata()
                .and_then(|about| about.modified())
                .is_ok_and(|written| written >= began)
    };
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(since)
        .collect()
}

fn in_files(sieve: &Sieve, files: &[PathBuf]) -> BTreeSet<(&'static str, &'static str)> {
    let mut found = BTreeSet::new();
    for path in files {
        match std::fs::read(path) {
            Ok(bytes) => {
                found.extend(sieve.spelled(&bytes));
                found.extend(sieve.spelled(path.to_string_lossy().as_bytes()));
            }
            Err(error) => assert_eq!(
                error.kind(),
                std::io::ErrorKind::NotFound,
                "{} cannot be searched: {error}",
                path.display()
            ),
        }
    }
    found
}
