//! Rules for the structure of the source: allowed imports, callers of the gate, places of SQL and
//! of hand-built replies, file length. The tables below may be edited with the reason beside the
//! entry; `architecture/` contains the rules that read them.

#[path = "architecture/imports.rs"]
mod imports;
#[cfg(test)]
#[path = "architecture/made_up.rs"]
mod made_up;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;
#[path = "architecture/tokens.rs"]
mod tokens;

use std::path::Path;

use rules::{Exception, Order};
use source::File;

/// Each module uses only modules on the lines above its own.
const ORDER: Order = Order {
    levels: &[
        &["sop", "ids", "clock", "secrecy", "text"],
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
            "office",
            "demo",
            "samples",
        ],
        &["openapi"],
        &["app"],
        &["start"],
        &["main"],
    ],
    // Allowed imports between modules on one line, with the reason.
    within_a_level: &[
        ("sop", "ids", "a permit names the user it was given to"),
        (
            "casework",
            "gateways",
            "documents are kept in a store of the outer world",
        ),
        (
            "audit",
            "gateways",
            "the trail's anchors are kept outside the database",
        ),
        ("samples", "reporting", "the gallery shows the report too"),
        (
            "casework",
            "audit",
            "what is taken and handed over goes into the trail, where a workflow has one",
        ),
    ],
    reserved: &[(
        "config",
        &[
            "app::*",
            "start::*",
            "main",
            "health",
            "database",
            "identity",
            "gateways",
            "casework",
            "certification",
            "complaint",
            "reporting",
        ],
        "only the top of a slice unpacks its settings; below it they are arguments",
    )],
};

/// Modules of one parent that may import each other in a cycle, as in `casework: desk, journal`.
const MAY_CYCLE: &[Exception] = &[
    (
        "database::embedded: account, cluster_folder, error",
        "an error shows the logs of the cluster folder, and the folder belongs to an account",
    ),
    (
        "database::embedded: binaries, sources",
        "a source says where binaries are; binaries say which source they came from",
    ),
    (
        "database::embedded: cluster_folder, error",
        "an error shows the logs of the cluster folder",
    ),
];

/// The callers of the gate, in addition to the kernel, which contains it.
const MAY_PERMIT: &[Exception] = &[
    ("casework/desk.rs", "the one place where a file is taken"),
    (
        "sop/rights.rs",
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
        "casework/idempotency.rs",
        "a small shared module holds its own statements",
    ),
    ("office.rs", "the one row that everything belongs to"),
    ("jobs.rs", "a job is put into the queue with its effect"),
];

/// The files that may build a reply by hand; all others return a typed reply.
const MAY_HTTP_RESPONSE: &[Exception] = &[
    ("app.rs", "the contract is sent as it is, one text for all"),
    ("web/problem.rs", "refusals become problems here"),
    ("web/reply.rs", "views become replies here"),
    ("web/html.rs", "what people read becomes a reply here"),
    (
        "web/known_paths.rs",
        "OPTIONS is answered for every path at once",
    ),
    ("web/pdf.rs", "papers become replies here"),
    (
        "web/negotiated_format.rs",
        "says that the reply depends on what was accepted",
    ),
    (
        "certification/queries.rs",
        "hands a streamed document through",
    ),
    ("health.rs", "speaks to monitors, in their formats"),
    ("identity/http/jwks.rs", "RFC 7517 wants its own caching"),
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
const LONGEST: usize = 750;

fn tree() -> Vec<File> {
    let files = source::tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(
        !files.is_empty(),
        "no source was found, so no rule could fail"
    );
    files
}

fn assert_none(faults: &[String]) {
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn imports_go_one_way() {
    assert_none(&rules::import_direction(&tree(), &ORDER));
}

#[test]
fn imports_make_no_circle() {
    assert_none(&rules::violations(&rules::cycles(&tree()), MAY_CYCLE));
}

#[test]
fn only_the_desk_and_the_work_lists_ask_the_gate() {
    assert_none(&rules::violations(&rules::permits(&tree()), MAY_PERMIT));
}

#[test]
fn sql_stands_in_stores() {
    assert_none(&rules::violations(&rules::sql(&tree()), MAY_SQL));
}

#[test]
fn handlers_return_typed_replies() {
    assert_none(&rules::violations(
        &rules::http_responses(&tree()),
        MAY_HTTP_RESPONSE,
    ));
}

#[test]
fn nothing_unwraps_outside_tests() {
    assert_none(&rules::violations(&rules::unwraps(&tree()), &[]));
}

#[test]
fn files_are_short() {
    assert_none(&rules::too_long(&tree(), LONGEST));
}

#[test]
fn every_exception_is_still_needed() {
    let files = tree();
    let mut faults = rules::unused_exceptions(&rules::cycles(&files), MAY_CYCLE);
    faults.extend(rules::unused_exceptions(
        &rules::permits(&files),
        MAY_PERMIT,
    ));
    faults.extend(rules::unused_exceptions(&rules::sql(&files), MAY_SQL));
    faults.extend(rules::unused_exceptions(
        &rules::http_responses(&files),
        MAY_HTTP_RESPONSE,
    ));
    assert_none(&faults);
}
