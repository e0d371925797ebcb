//! Whether a page of the list uses an index or scans the table, under row-level security and with
//! the service's own statements: the plan of each request's statement with its values and as a
//! generic plan, and the number of rows that the plan read.

use std::fmt::Write as _;

use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use crate::client::{Connection, request};
use crate::office::Office;
use crate::process::Server;
use crate::statements::{Log, LoggedStatement};
use crate::{Outcome, READY_PATH};

/// The most rows that a page may read for each row it returns: one in twenty is hidden from the
/// caller.
const MAX_ROWS_PER_RESULT: f64 = 2.0;
/// A plan that reads this many rows scans the table.
const TABLE_SCAN_ROWS: f64 = 9_000.0;

/// The plans of the list requests. The server logs every statement during this measurement.
pub async fn check(
    office: &mut Office,
    server: &Server,
    head: &str,
    lead: &str,
) -> Outcome<String> {
    office.set_statement_logging(true).await?;
    server.recover(READY_PATH).await?;
    let mut connection = Connection::open(server.address).await?;
    let mut ask = async |path: &str, token: &str| -> Outcome<(Log, Value)> {
        let asked = request(
            "GET",
            path,
            &format!("authorization: Bearer {token}\r\n"),
            None,
        );
        connection.exchange(&asked).await?;
        let log = Log::from_now(&office.log())?;
        let reply = connection.exchange(&asked).await?;
        let said: Value = serde_json::from_slice(connection.body(&reply))?;
        if reply.status >= 300 {
            return Err(format!("{path}: {said}").into());
        }
        Ok((log, said))
    };
    let (_, first) = ask(LIST, head).await?;
    let cursor = first["next_cursor"]
        .as_str()
        .ok_or("there is one page only")?;
    let number = first["items"][0]["public_number"]
        .as_str()
        .ok_or("no number")?;
    let asked = [
        ("first page", LIST.to_owned(), head),
        ("second page", format!("{LIST}&cursor={cursor}"), head),
        ("at one stage", format!("{LIST}&stage=screened"), head),
        (
            "of one category",
            format!("{LIST}&category=procurement"),
            head,
        ),
        ("one number", format!("{LIST}&public_number={number}"), head),
        (
            "as a team lead with one in a hundred",
            LIST.to_owned(),
            lead,
        ),
        ("the desk", "/api/v1/desk".to_owned(), head),
        ("the desk of the team lead", "/api/v1/desk".to_owned(), lead),
    ];
    let mut page =
        "| request | plan | scans of `wbs.complaint` | rows looked at | rows given | buffers | ms | estimated cost |  |\n|---|---|---|--:|--:|--:|--:|--:|---|\n"
            .to_owned();
    for (name, path, token) in asked {
        let (log, _) = ask(&path, token).await?;
        let logged = log.logged_statements()?;
        for plan in ["custom", "generic"] {
            let found = explain(&mut office.as_application().await?, &logged, plan).await?;
            let verdict = match found.looked_at {
                few if few <= MAX_ROWS_PER_RESULT * found.given.max(50.0) => "bounded",
                many if many < TABLE_SCAN_ROWS => "filters",
                _ => "**scans**",
            };
            let QueryPlan {
                scans,
                looked_at,
                given,
                buffers,
                milliseconds,
                cost,
            } = found;
            let _ = writeln!(
                page,
                "| {name} | {plan} | {scans} | {looked_at:.0} | {given:.0} | {buffers} | {milliseconds:.2} | {cost:.0} | {verdict} |"
            );
        }
    }
    office.set_statement_logging(false).await?;
    server.recover(READY_PATH).await?;
    Ok(page)
}

const LIST: &str = "/api/v1/complaints?limit=50";

struct QueryPlan {
    scans: String,
    looked_at: f64,
    given: f64,
    buffers: u64,
    milliseconds: f64,
    /// The server chooses between the custom and the generic plan by this cost.
    cost: f64,
}

/// Sets the session's caller as the service did, and explains the statement that reads complaints.
async fn explain(
    connection: &mut PgConnection,
    logged: &[LoggedStatement],
    plan: &str,
) -> Outcome<QueryPlan> {
    let of = |part: &str| {
        logged
            .iter()
            .find(|logged| logged.statement.contains(part))
            .ok_or_else(|| format!("no statement with {part}"))
    };
    let (entering, list) = (of("'desk.standing'")?, of("from wbs.complaint c")?);
    let script = [
        "begin".to_owned(),
        format!("set local plan_cache_mode = force_{plan}_plan"),
        format!("prepare entering as {}", entering.statement),
        format!("execute entering ({})", entering.values.join(", ")),
        format!("prepare list as {}", list.statement),
    ];
    for statement in script {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *connection)
            .await?;
    }
    let values = if list.values.is_empty() {
        String::new()
    } else {
        format!("({})", list.values.join(", "))
    };
    // The first run reads the catalogue, which distorts its counts.
    let mut said = Value::Null;
    for _ in 0..2 {
        let statement = format!("explain (analyze, buffers, format json) execute list {values}");
        let row = sqlx::raw_sql(AssertSqlSafe(statement))
            .fetch_one(&mut *connection)
            .await?;
        let text: String = sqlx::Row::try_get_unchecked(&row, 0)?;
        said = serde_json::from_str(&text)?;
    }
    let top = &said[0]["Plan"];
    let (mut scans, mut looked_at) = (Vec::new(), 0.0);
    walk(top, &mut |node| {
        let number = |name: &str| node[name].as_f64().unwrap_or_default();
        if node["Relation Name"] == "complaint" {
            let by = node["Index Name"]
                .as_str()
                .map(|index| format!(" by {index}"))
                .unwrap_or_default();
            scans.push(format!(
                "{}{by}",
                node["Node Type"].as_str().unwrap_or_default()
            ));
            looked_at += (number("Actual Rows")
                + number("Rows Removed by Filter")
                + number("Rows Removed by Index Recheck"))
                * number("Actual Loops");
        } else if node["Node Type"] == "Bitmap Index Scan"
            && node["Index Name"]
                .as_str()
                .is_some_and(|index| index.starts_with("complaint"))
        {
            scans.push(format!(
                "{} {}",
                node["Node Type"].as_str().unwrap_or_default(),
                node["Index Name"].as_str().unwrap_or_default()
            ));
        }
    });
    let buffers = ["Shared Hit Blocks", "Shared Read Blocks"]
        .iter()
        .filter_map(|name| top[name].as_u64())
        .sum();
    let (given, cost) = (
        top["Actual Rows"].as_f64().unwrap_or_default(),
        top["Total Cost"].as_f64().unwrap_or_default(),
    );
    Ok(QueryPlan {
        scans: scans.join(", "),
        looked_at,
        given,
        buffers,
        milliseconds: said[0]["Execution Time"].as_f64().unwrap_or_default(),
        cost,
    })
}

pub fn walk(node: &Value, with: &mut impl FnMut(&Value)) {
    with(node);
    for below in node["Plans"].as_array().into_iter().flatten() {
        walk(below, with);
    }
}
