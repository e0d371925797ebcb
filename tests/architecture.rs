//! Rules for the structure of the source: allowed imports, callers of the gate, places of SQL and
//! of hand-built replies, file length. The tables below may be edited with the reason beside the
//! entry; `architecture/` contains the rules that read them.

#[path = "architecture/imports.rs"]
mod imports;
#[path = "architecture/made_up.rs"]
mod made_up;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use std::path::Path;
use std::sync::LazyLock;

use rules::{Exception, Finding};
use source::File;

/// Each module uses only modules on the lines above its own.
const LEVELS: &[&[&str]] = &[
    // The members of the workspace: the compiler keeps the service out of them.
    &["crates"],
    &["ids", "clock", "secrecy", "text"],
    &["error"],
    &["config", "database", "journal", "jobs", "supervisor"],
    &["web"],
    &["mail", "typesetting"],
    &["identity"],
    &["gateways", "audit", "casework"],
    &["letters"],
    &["certification", "complaint"],
    &[
        "notifications",
        "events",
        "webhooks",
        "escalation",
        "failures",
        "reporting",
        "desk",
        "problems",
        "guide",
        "health",
        "security_txt",
        "office",
        "demo",
        "samples",
        "backup",
    ],
    &["openapi"],
    &["app"],
    &["start"],
    &["main"],
];

/// Imports between modules on one line.
const MAY_USE: &[Exception] = &[
    (
        "casework → gateways",
        "documents are kept in a store of the outer world",
    ),
    (
        "audit → gateways",
        "the trail's anchors are kept outside the database",
    ),
    ("samples → reporting", "the gallery shows the report too"),
];

/// The files that may use the settings; below the top of a slice they are arguments.
const MAY_SETTINGS: &[Exception] = &[
    ("main.rs", "reads them"),
    ("app.rs", "hands them to the routes"),
    ("start.rs", "hands them to the parts"),
    ("start/", "hands them to the parts"),
    ("health.rs", "the top of a slice unpacks its own"),
    ("identity/mod.rs", "the top of a slice unpacks its own"),
    ("security_txt.rs", "the top of a slice unpacks its own"),
];

/// The callers of the gate, in addition to the kernel, which contains it.
const MAY_PERMIT: &[Exception] = &[
    ("casework/desk.rs", "the one place where a file is taken"),
    (
        "crates/sop/src/rights.rs",
        "the rights matrix asks the gate itself instead of reading the rows",
    ),
    (
        "casework/next.rs",
        "`next` and the desk's list ask the same gate which steps are open to the reader; they change nothing",
    ),
];

/// The files that may contain SQL.
const MAY_SQL: &[Exception] = &[
    ("**/store.rs", "the store of a feature"),
    ("**/store/", "the store of a feature, in several files"),
    ("database/", "connections, roles and migrations"),
    (
        "web/idempotent_write.rs",
        "the record of a reply is written with its effect",
    ),
    (
        "journal.rs",
        "a small shared module holds its own statements",
    ),
    (
        "casework/ledger.rs",
        "a small shared module holds its own statements",
    ),
    (
        "casework/register.rs",
        "a small shared module holds its own statements",
    ),
    (
        "casework/calendars.rs",
        "a small shared module holds its own statements",
    ),
    (
        "casework/worker.rs",
        "a small shared module holds its own statements",
    ),
    ("office.rs", "the one row that everything belongs to"),
    (
        "failures.rs",
        "a small shared module holds its own statements",
    ),
    ("jobs.rs", "a job is put into the queue with its effect"),
];

/// The files that may build a reply by hand; all others return a typed reply.
const MAY_HTTP_RESPONSE: &[Exception] = &[
    ("app.rs", "the contract is sent as it is, one text for all"),
    ("web/problem.rs", "refusals become problems here"),
    ("web/reply.rs", "views become replies here"),
    ("web/html.rs", "what people read becomes a reply here"),
    (
        "web/method_guard.rs",
        "OPTIONS is answered for every path at once",
    ),
    ("web/pdf.rs", "papers become replies here"),
    ("web/calendar_file.rs", "calendars become replies here"),
    (
        "web/requested_format.rs",
        "says that the reply depends on what was accepted",
    ),
    (
        "certification/queries.rs",
        "hands a streamed document through",
    ),
    ("health.rs", "speaks to monitors, in their formats"),
    ("identity/http/jwks.rs", "RFC 7517 wants its own caching"),
    ("security_txt.rs", "RFC 9116 wants plain text"),
    (
        "letters/public.rs",
        "what a QR code opens is also a page for people",
    ),
    (
        "reporting/sops.rs",
        "an SOP is also a page of Markdown and a diagram",
    ),
    (
        "reporting/reports/realization.rs",
        "the record is also a stream of CSV, a workbook and a chart",
    ),
    (
        "reporting/reports/deposits.rs",
        "the deposit sheet is also a workbook",
    ),
    (
        "casework/documents/download.rs",
        "a document is streamed, not shown as a view",
    ),
    ("events/http.rs", "a stream of events is not one view"),
    (
        "complaint/attachment/download.rs",
        "an attachment is sent as it is, not shown as a view",
    ),
];

/// The most lines of one file.
const LONGEST: usize = 710;

static TREE: LazyLock<Vec<File>> =
    LazyLock::new(|| source::tree(Path::new(env!("CARGO_MANIFEST_DIR"))));

/// Asserts that the exceptions cover all findings, and that each is still needed.
fn assert_covered(findings: &[Finding], exceptions: &[Exception]) {
    assert!(
        !TREE.is_empty(),
        "no source was found, so no rule could fail"
    );
    let faults = rules::faults(findings, exceptions);
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn imports_go_one_way() {
    assert_covered(&rules::import_direction(&TREE, LEVELS), MAY_USE);
}

#[test]
fn imports_make_no_circle() {
    assert_covered(&imports::circles(&TREE), &[]);
}

#[test]
fn settings_are_arguments_below_the_top_of_a_slice() {
    assert_covered(&rules::settings_users(&TREE), MAY_SETTINGS);
}

#[test]
fn only_the_desk_and_the_work_lists_ask_the_gate() {
    assert_covered(&rules::permits(&TREE), MAY_PERMIT);
}

#[test]
fn sql_stands_in_stores() {
    assert_covered(&rules::sql(&TREE), MAY_SQL);
}

#[test]
fn handlers_return_typed_replies() {
    assert_covered(&rules::http_responses(&TREE), MAY_HTTP_RESPONSE);
}

#[test]
fn nothing_unwraps_outside_tests() {
    assert_covered(&rules::unwraps(&TREE), &[]);
}

#[test]
fn files_are_short() {
    assert_covered(&rules::too_long(&TREE, LONGEST), &[]);
}
