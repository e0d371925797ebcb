//! Each rule gets a made-up tree that breaks it, and one that only looks like a violation.

use crate::imports::imports;
use crate::rules::{self, Exception, Order};
use crate::source::{File, files};
use crate::tokens;

const ORDER: Order = Order {
    levels: &[
        &["ids", "kernel"],
        &["settings"],
        &["left", "right"],
        &["top"],
    ],
    within_a_level: &[("kernel", "ids", "names")],
    reserved: &[(
        "settings",
        &["top::*", "left::wiring", "right::many::*"],
        "handed down",
    )],
};

/// Asserts that there is one fault, and that it contains this text.
fn one(faults: &[String], saying: &str) {
    assert!(
        faults.len() == 1 && faults[0].contains(saying),
        "not exactly {saying:?}: {faults:#?}"
    );
}

fn clean(faults: &[String]) {
    assert!(faults.is_empty(), "{faults:#?}");
}

fn directions(texts: &[(&str, &str)]) -> Vec<String> {
    rules::import_direction(&files(texts), &ORDER)
}

fn words(text: &str) -> Vec<String> {
    tokens::read(text)
        .into_iter()
        .map(|token| token.text)
        .collect()
}

#[test]
fn code_is_told_from_text() {
    assert_eq!(
        words("a /* b /* c */ d */ e // f\n/// g\nh"),
        ["a", "e", "h"]
    );
    assert_eq!(
        words(r##"x("crate::y \" z", r#"un"wrap"#, b"c", 'd', '\'', b'"', &'e f)"##).join(" "),
        "x ( crate::y \\\" z , un\"wrap , c , , , , & 'e f )"
    );
    let tokens = tokens::read("one\n\"two\nlines\"\nfour");
    assert_eq!(
        tokens
            .iter()
            .map(|token| (token.line, token.literal))
            .collect::<Vec<_>>(),
        [(1, false), (2, true), (4, false)]
    );
}

#[test]
fn code_for_tests_is_left_out() {
    let code = |text: &str| {
        files(&[("kernel.rs", text)])[0]
            .code
            .iter()
            .map(|token| token.text.clone())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        code("fn a() {} #[cfg(test)] mod tests { fn b() { { } } } fn c() {}"),
        "fn a ( ) { } fn c ( ) { }"
    );
    assert_eq!(
        code("#[cfg(test)] #[derive(Debug)] struct B { x: [u8; 2] } struct C;"),
        "struct C ;"
    );
    assert_eq!(
        code("#[cfg(test)] const B: [u8; 2] = [1, 2]; struct C;"),
        "struct C ;"
    );
    assert_eq!(code("#![cfg(test)] fn a() {}"), "");
    assert_eq!(code("#[cfg(all(test, unix))] fn a() {} b"), "b");
    assert_eq!(code("#[cfg(not(test))] a"), "# [ cfg ( not ( test ) ) ] a");
    assert_eq!(
        code("#[cfg(any(test, debug))] a"),
        "# [ cfg ( any ( test , debug ) ) ] a"
    );
    let tree = files(&[
        ("a/mod.rs", "#[cfg(test)] mod exhaustive; mod b;"),
        ("a/exhaustive.rs", "x"),
        ("a/b/tests.rs", "x"),
        ("a/b.rs", "x"),
    ]);
    let kept: Vec<_> = tree
        .iter()
        .filter(|file| !file.code.is_empty())
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(kept, ["a/mod.rs", "a/b.rs"]);
}

#[test]
fn an_import_to_the_right_is_found_however_it_is_written() {
    let ways = [
        "use crate::top::Thing;",
        "use crate::{ids::Id, top::{self, Thing}};",
        "pub use crate::top as other;",
        "fn a() { for x in crate::top::all() {} }",
        "fn a(x: crate::top::Thing<u8>) {}",
        "use super::top::Thing;",
        "mod inner { use super::super::top::Thing; }",
        "mod inner { } fn a() { super::top::all() }",
        "use service_desk::top;",
    ];
    for way in ways {
        let faults = directions(&[("left.rs", way), ("top.rs", ""), ("ids.rs", "")]);
        one(&faults, "src/left.rs:1: left must not use top");
    }
    clean(&directions(&[
        (
            "left.rs",
            "// crate::top::x\nconst A: &str = \"crate::top::x\"; pub(in crate::top) fn b() {}",
        ),
        ("top.rs", ""),
    ]));
    clean(&directions(&[
        ("left.rs", "#[cfg(test)] mod tests { use crate::top; }"),
        ("top.rs", "use crate::left::A;"),
    ]));
}

#[test]
fn neighbours_use_each_other_only_by_permission() {
    one(
        &directions(&[("left/mod.rs", "use crate::right;"), ("right.rs", "")]),
        "left must not use right",
    );
    one(
        &directions(&[("ids.rs", "use crate::kernel;"), ("kernel.rs", "")]),
        "ids must not use kernel",
    );
    clean(&directions(&[
        ("ids.rs", ""),
        ("kernel.rs", "use crate::ids;"),
    ]));
}

#[test]
fn what_is_reserved_is_for_its_users() {
    let settings = ("settings.rs", "");
    one(
        &directions(&[("left/mod.rs", "use crate::settings;"), settings]),
        "left must not use settings: handed down",
    );
    one(
        &directions(&[("left/wiring/deep.rs", "use crate::settings;"), settings]),
        "left::wiring::deep must not use settings",
    );
    one(
        &directions(&[("right/manyfold.rs", "use crate::settings;"), settings]),
        "right::manyfold must not use settings",
    );
    clean(&directions(&[
        ("right/many.rs", "use crate::settings;"),
        ("right/many/one.rs", "use crate::settings;"),
        settings,
    ]));
    one(
        &directions(&[("left/wirings.rs", "use crate::settings;"), settings]),
        "left::wirings must not use settings",
    );
    clean(&directions(&[
        ("settings/mod.rs", "mod file;"),
        ("settings/file.rs", "use crate::settings::Whole;"),
    ]));
    clean(&directions(&[
        ("left/wiring.rs", "use crate::settings;"),
        ("top/a.rs", "use crate::settings;"),
        settings,
    ]));
}

#[test]
fn a_module_without_a_place_in_the_table_is_found() {
    one(
        &directions(&[("helpers.rs", ""), ("lib.rs", "mod helpers;")]),
        "src/helpers: the table of levels does not place",
    );
}

#[test]
fn a_re_export_is_led_back_to_where_the_thing_is() {
    let tree = files(&[
        (
            "left/mod.rs",
            "mod desk; pub use desk::Desk as Table; pub use self::desk::{Lamp};",
        ),
        ("left/desk.rs", ""),
        ("lib.rs", "pub use left::Table;"),
        (
            "top.rs",
            "use crate::Table; use crate::left::Lamp; use crate::left::Other;",
        ),
    ]);
    let found: Vec<_> = imports(&tree)
        .into_iter()
        .filter(|import| import.from == ["top"])
        .map(|import| import.to.join("::"))
        .collect();
    assert_eq!(found, ["left::desk", "left::desk", "left"]);
    assert_eq!(
        imports(&files(&[(
            "left.rs",
            "fn a() { crate::left::b(); self::c() }"
        )])),
        []
    );
}

#[test]
fn circles_are_found_between_modules_and_inside_them() {
    let circles = |texts: &[(&str, &str)]| rules::violations(&rules::cycles(&files(texts)), &[]);
    let outer = [
        ("a.rs", "use crate::b;"),
        ("b/mod.rs", "mod x;"),
        ("b/x.rs", "use crate::c;"),
        ("c.rs", "use crate::a;"),
    ];
    one(
        &circles(&outer),
        "in src: a (src/a.rs:1) → b (src/b/x.rs:1) → c (src/c.rs:1) → a",
    );
    let inner = [
        ("a/mod.rs", ""),
        ("a/desk.rs", "use super::journal::add;"),
        ("a/journal/page.rs", "use crate::a::desk::Desk;"),
    ];
    one(
        &circles(&inner),
        "in a: desk (src/a/desk.rs:1) → journal (src/a/journal/page.rs:1) → desk",
    );
    let hidden = [
        ("a/mod.rs", "pub use journal::add;"),
        ("a/desk.rs", "use super::add;"),
        ("a/journal.rs", "use super::desk::Desk;"),
    ];
    one(&circles(&hidden), "in a: desk");
    clean(&rules::violations(
        &rules::cycles(&files(&hidden)),
        &[("a: desk, journal", "old friends")],
    ));
    let family = [
        ("a/mod.rs", "mod desk; use desk::Desk; pub struct Shared;"),
        ("a/desk.rs", "use super::Shared;"),
    ];
    clean(&circles(&family));
}

#[test]
fn asking_the_gate_elsewhere_is_found() {
    let found = |text: &str| -> Vec<String> {
        let tree = files(&[
            ("left/steps.rs", text),
            ("left/desk.rs", "fn a() { SOP.permit(task) }"),
        ]);
        rules::violations(&rules::permits(&tree), &[("left/desk.rs", "the desk")])
    };
    one(
        &found("fn a() { SOP\n.permit(task, stage) }"),
        "src/left/steps.rs:2 calls permit",
    );
    one(&found("fn a() { Sop::permit(&SOP) }"), "calls permit");
    clean(&found(
        "fn a(file: File) { file.permit.outcome(); permit(x); file.permitted() }",
    ));
}

#[test]
fn sql_outside_the_stores_is_found() {
    let found = |text: &str| -> Vec<String> {
        let statement = "const A: &str = \"select 1\";";
        let tree = files(&[
            ("left/reads.rs", text),
            ("left/store.rs", statement),
            ("base/pool.rs", statement),
            ("right/store/rows.rs", statement),
        ]);
        rules::violations(
            &rules::sql(&tree),
            &[
                ("**/store.rs", "stores"),
                ("**/store/", "large stores"),
                ("base/", "connections"),
            ],
        )
    };
    let statements = [
        "select 1",
        "select id, stage",
        "SELECT id FROM files",
        "with open as (select id from files) table open",
        "insert into files (id) values ($1)",
        "update files set stage = $1",
        "update only files as f set stage = $1",
        "delete from files",
        "begin;\\nselect id\\n  from files",
    ];
    for statement in statements {
        one(
            &found(&format!("const A: &str = \"{statement}\";")),
            "src/left/reads.rs:1 holds SQL",
        );
        one(
            &found(&format!("const A: &str = r#\"\n  {statement}\"#;")),
            "src/left/reads.rs:1 holds SQL",
        );
    }
    let makers = [
        "sqlx::query(A)",
        "use sqlx::{Row, query_as};",
        "use sqlx::QueryBuilder;",
        "query_scalar!(A)",
        "sqlx::query_file_as!(A)",
        "sqlx::raw_sql(A)",
    ];
    for maker in makers {
        let found = found(maker);
        assert!(
            !found.is_empty()
                && found
                    .iter()
                    .all(|fault| fault.contains("makes a query with sqlx")),
            "{maker}: {found:?}"
        );
    }
    for harmless in [
        "Select a scheme",
        "update the form and set it aside",
        "insert the paper",
        "selected",
        "please delete",
        "select",
    ] {
        clean(&found(&format!(
            "const A: &str = \"{harmless}\"; // select 1 from x"
        )));
    }
    clean(&found(
        "use sqlx::{PgConnection, postgres::PgRow}; fn query(query: Query) { request.query_string() }",
    ));
}

#[test]
fn replies_built_by_hand_are_found() {
    let found = |text: &str| -> Vec<String> {
        rules::violations(&rules::http_responses(&files(&[("left.rs", text)])), &[])
    };
    one(
        &found("fn a() { HttpResponse::Ok() }"),
        "src/left.rs:1 builds an HttpResponse",
    );
    one(
        &found("use actix_web::HttpResponseBuilder;"),
        "builds an HttpResponse",
    );
    clean(&found("// HttpResponse\nfn http_response() {}"));
}

#[test]
fn unwrapping_is_found_outside_tests() {
    let found = |path: &str, text: &str| -> Vec<String> {
        rules::violations(&rules::unwraps(&files(&[(path, text)])), &[])
    };
    one(
        &found("left.rs", "fn a() { b()\n  .unwrap() }"),
        "src/left.rs:2 unwraps",
    );
    one(&found("left.rs", "x.map(Option::unwrap)"), "unwraps");
    clean(&found(
        "left.rs",
        "x.unwrap_or_default().expect(\".unwrap()\") // .unwrap()",
    ));
    clean(&found(
        "left.rs",
        "#[cfg(test)] mod tests { fn a() { b().unwrap() } }",
    ));
    clean(&found("left/tests.rs", "fn a() { b().unwrap() }"));
}

#[test]
fn long_files_are_found() {
    let lines = |count: usize| "// line\n".repeat(count);
    let tree: Vec<File> = files(&[("a.rs", lines(3)), ("b.rs", lines(10)), ("c.rs", lines(11))]);
    one(
        &rules::too_long(&tree, 10),
        "src/c.rs has 11 lines; stop at 10",
    );
    clean(&rules::too_long(&tree, 11));
}

#[test]
fn an_exception_that_covers_nothing_is_found() {
    const LIST: &[Exception] = &[
        ("a.rs", "old"),
        ("b/", "a folder"),
        ("**/store.rs", "stores"),
    ];
    let tree = files(&[
        ("a.rs", ""),
        ("b/c.rs", "x.unwrap()"),
        ("d/store.rs", "x.unwrap()"),
    ]);
    let found = rules::unwraps(&tree);
    clean(&rules::violations(&found, LIST));
    one(
        &rules::unused_exceptions(&found, LIST),
        "a.rs needs no exception any more (old)",
    );
}
