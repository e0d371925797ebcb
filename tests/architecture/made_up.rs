//! Each rule gets made-up trees that break it, and some that only look like a violation: the lines
//! of `made_up.txt`.

use crate::imports::{circles, imports};
use crate::rules::{self, Exception};
use crate::source::files;

const LEVELS: &[&[&str]] = &[&["ids", "kernel"], &["left", "right"], &["top"]];

#[test]
fn each_rule_finds_what_breaks_it_and_nothing_else() {
    let lines = include_str!("made_up.txt").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let columns: Vec<_> = line.split('|').map(str::trim).collect();
        let [rule, wanted, texts @ ..] = columns.as_slice() else {
            panic!("{line}: too few columns");
        };
        let texts = texts.iter().filter_map(|text| text.split_once(':'));
        let (may, texts): (Vec<_>, Vec<_>) = texts.partition(|(name, _)| *name == "may");
        let may: Vec<Exception> = may
            .iter()
            .map(|(_, place)| (place.trim(), "made up"))
            .collect();
        let text =
            |(path, text): &(&str, &str)| ((*path).to_owned(), text.trim().replace('⏎', "\n"));
        let tree = files(&texts.iter().map(text).collect::<Vec<_>>());
        let findings = match *rule {
            "code" => {
                let code = tree.iter().flat_map(|file| file.code.clone());
                assert_eq!(code.collect::<Vec<_>>().join(" "), *wanted, "{line}");
                continue;
            }
            "imports" => {
                let imports = imports(&tree).into_iter();
                let of_first = imports.filter(|import| import.from == tree[0].module);
                let found: Vec<_> = of_first.map(|import| import.to.join("::")).collect();
                assert_eq!(found.join(" "), *wanted, "{line}");
                continue;
            }
            "order" => rules::import_direction(&tree, LEVELS),
            "settings" => rules::settings_users(&tree),
            "circles" => circles(&tree),
            "permits" => rules::permits(&tree),
            "sql" => rules::sql(&tree),
            "replies" => rules::http_responses(&tree),
            "unwraps" => rules::unwraps(&tree),
            "length" => rules::too_long(&tree, 2),
            unknown => panic!("{line}: no rule {unknown}"),
        };
        let faults = rules::faults(&findings, &may);
        let is_as_wanted = match faults.as_slice() {
            [] => *wanted == "-",
            [fault] => fault.contains(wanted),
            _ => false,
        };
        assert!(is_as_wanted, "{line}\nfound: {faults:#?}");
    }
}
