//! Hits and false alarms on the texts of `tests/samples`, as a table: `cargo xtask screening`.

#![expect(
    clippy::disallowed_macros,
    reason = "it prints the table and the time for the developer"
)]
#![expect(clippy::unwrap_used, reason = "the helpers of a test fail with it")]

use std::collections::BTreeMap;
use std::time::Instant;

use names::{Directory, Mentions};
use sop::role::{Role, Roles};

struct Person {
    name: String,
    role: Role,
}

fn lines(file: &str) -> Vec<String> {
    let path = format!("{}/tests/samples/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// A text as the file writes it: `\n` is a line break, `\u{…}` a character that shows little.
fn shown(written: &str) -> String {
    let mut text = written.replace("\\n", "\n");
    while let Some(start) = text.find("\\u{") {
        let end = start + text[start..].find('}').unwrap();
        let code = u32::from_str_radix(&text[start + 3..end], 16).unwrap();
        text.replace_range(start..=end, &char::from_u32(code).unwrap().to_string());
    }
    text
}

fn people() -> Vec<Person> {
    lines("people.tsv")
        .iter()
        .map(|line| {
            let (name, role) = line.split_once('\t').unwrap();
            Person {
                name: name.to_owned(),
                role: Role::from_code(role).unwrap(),
            }
        })
        .collect()
}

fn directory(people: &[Person]) -> Directory {
    let mut directory = Directory::default();
    for (n, person) in people.iter().enumerate() {
        directory.add(
            [person.name.as_str()],
            [format!("p{n}@bspji.example").as_str()],
        );
    }
    directory
}

/// The names of the people from whom a complaint with this text is hidden.
fn hidden_from<'a>(found: &Mentions, people: &'a [Person]) -> Vec<&'a str> {
    let has = |roles: Roles, person: &Person| roles.has(person.role);
    people
        .iter()
        .enumerate()
        .filter(|(n, person)| {
            found.suspected.contains(n)
                || has(found.named_posts, person)
                || has(found.suspected_posts, person)
        })
        .map(|(_, person)| person.name.as_str())
        .collect()
}

#[test]
fn of_the_telling_texts_97_in_100_are_found_and_of_the_innocent_fewer_than_3() {
    let people = people();
    let directory = directory(&people);
    let mut table: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut hits, mut missed) = (0, Vec::new());
    let telling = lines("telling.tsv");
    for line in &telling {
        let [who, way, text] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let found = directory.in_text(&shown(text));
        let concerned = hidden_from(&found, &people);
        let hit = people
            .iter()
            .filter(|person| person.role.code() == who || person.name.contains(who))
            .any(|person| concerned.contains(&person.name.as_str()));
        let row = table.entry(way.to_owned()).or_default();
        row.1 += 1;
        if hit {
            row.0 += 1;
            hits += 1;
        } else {
            missed.push(line.as_str());
        }
    }
    let innocent = lines("innocent.txt");
    let mut alarms = Vec::new();
    for line in &innocent {
        let concerned = hidden_from(&directory.in_text(&shown(line)), &people);
        if !concerned.is_empty() {
            alarms.push(format!("{concerned:?} {line}"));
        }
    }
    println!("{:24} {:>5} {:>5}", "telling texts", "found", "of");
    for (way, (found, of)) in &table {
        println!("{way:24} {found:5} {of:5}");
    }
    println!("{:24} {hits:5} {:5}\n", "all", telling.len());
    println!("{:24} {:>5} {:>5}", "innocent texts", "alarm", "of");
    println!("{:24} {:5} {:5}\n", "all", alarms.len(), innocent.len());
    println!(
        "missed:\n{}\n\nfalse alarms:\n{}\n",
        missed.join("\n"),
        alarms.join("\n")
    );
    assert!(telling.len() >= 300 && innocent.len() >= 1000);
    assert!(hits * 100 >= telling.len() * 97, "{} missed", missed.len());
    assert!(
        alarms.len() * 100 < innocent.len() * 3,
        "{} false alarms",
        alarms.len()
    );
}

/// No time is asserted: a test on a busy machine would give a wrong verdict.
#[test]
fn a_long_text_is_compared_with_many_names_in_one_pass() {
    let sample = people();
    let mut directory = Directory::default();
    for n in 0..300 {
        let (first, last) = (
            &sample[n % sample.len()].name,
            &sample[n * 7 % sample.len()].name,
        );
        let word = |name: &str, at: usize| name.split([' ', ',']).nth(at).unwrap_or("x").to_owned();
        let name = format!(
            "{} {}{}",
            word(first, 0),
            word(last, 1),
            ["", "wan", "ti", "di"][n % 4]
        );
        directory.add(
            [name.as_str()],
            [format!("pegawai{n}@bspji.example").as_str()],
        );
    }
    let text: String = lines("innocent.txt")
        .iter()
        .map(|line| shown(line))
        .collect::<Vec<_>>()
        .join("\n");
    let text: String = text.chars().take(20_000).collect();
    directory.in_text(&text);
    let began = Instant::now();
    directory.in_text(&text);
    println!("20,000 characters, 300 people: {:?}", began.elapsed());
}
