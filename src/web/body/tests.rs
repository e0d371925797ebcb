use super::*;

#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Form {
    items: Vec<Item>,
}

#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Item {
    n: u8,
}

impl Validate for Form {
    fn errors(&self) -> Vec<FieldError> {
        let wrong = self
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| item.n == 0);
        wrong
            .map(|(i, _)| fault(format!("/items/{i}/n"), "zero", "nol", "zero"))
            .collect()
    }
}

fn refusal(text: &str) -> (Code, Vec<(String, &'static str)>) {
    match parse::<Form>(text.as_bytes()) {
        Err(Error::Refused(refused)) => (
            refused.code,
            refused
                .faults
                .into_iter()
                .map(|fault| (fault.pointer, fault.code))
                .collect(),
        ),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_fault_is_named_by_its_place() {
    assert_eq!(
        refusal(r#"{"items":[{"n":1},{"n":"x"}]}"#),
        (
            Code::InvalidContent,
            vec![("/items/1/n".into(), "wrong_type")]
        )
    );
    assert_eq!(
        refusal(r#"{"items":[{"n":1,"m":2}]}"#).1[0].1,
        "unknown_field"
    );
    assert_eq!(refusal("{}").1, vec![("/items".into(), "missing_field")]);
    let all = vec![
        ("/items/0/n".into(), "wrong_type"),
        ("/items/1/m".into(), "unknown_field"),
        ("/items/1/n".into(), "missing_field"),
    ];
    assert_eq!(refusal(r#"{"items":[{"n":"x"},{"m":2}]}"#).1, all);
    assert_eq!(refusal(r#"{"items":[{"n":0},{"n":0}]}"#).1.len(), 2);
    assert_eq!(
        refusal(r#"{"items":[{"n":1},[1]]}"#).1,
        [("/items/1".into(), "wrong_type")]
    );
}

#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Note {
    text: String,
    day: Option<chrono::NaiveDate>,
}

impl Validate for Note {}

proptest::proptest! {
    #[test]
    fn any_text_is_taken_where_the_schema_asks_for_no_more(text in "[+-]?[0-9]{0,6}-?[0-9]{0,2}-?\\PC{0,20}", day in 1_u16..10_000) {
        let day = format!("{day:04}-02-03");
        let note: Note = parse(serde_json::json!({"text": text, "day": day}).to_string().as_bytes()).unwrap();
        proptest::prop_assert_eq!(note.text, crate::text::tidied(&text));
        proptest::prop_assert!(note.day.is_some());
    }

    #[test]
    fn a_year_without_four_digits_is_refused_where_the_schema_asks_for_a_date(sign in "[+-]", year in 1_000_u32..262_000, text in "\\PC{0,20}") {
        let body = serde_json::json!({"text": text, "day": format!("{sign}{year}-02-03")}).to_string();
        let Err(Error::Refused(refused)) = parse::<Note>(body.as_bytes()) else { panic!("taken: {body}") };
        proptest::prop_assert_eq!(refused.faults.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(), ["/day"]);
    }
}

#[test]
fn one_byte_order_mark_is_ignored() {
    assert!(
        parse::<Note>("\u{feff}{\"text\": \"\u{feff}x\"}".as_bytes())
            .is_ok_and(|note| note.text == "x")
    );
    assert_eq!(refusal("\u{feff}\u{feff}{}").0, Code::MalformedBody);
}

#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Person {
    name: String,
    age: u8,
    kind: Kind,
    first: chrono::NaiveDate,
    last: chrono::NaiveDate,
    shoes: Option<u8>,
    item: Item,
}

#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Staff,
    Guest,
}

impl Validate for Person {
    fn errors(&self) -> Vec<FieldError> {
        let name = self
            .name
            .is_empty()
            .then(|| fault("/name", "empty", "", ""));
        let last = (self.last < self.first).then(|| fault("/last", "before_first_day", "", ""));
        let age = (self.age < 17).then(|| fault("/age", "too_young", "", ""));
        let shoes = self
            .shoes
            .filter(|shoes| *shoes > 50)
            .map(|_| fault("/shoes", "too_large", "", ""));
        let item = (self.item.n == 0).then(|| fault("/item/n", "zero", "", ""));
        let _ = &self.kind;
        [name, last, age, shoes, item]
            .into_iter()
            .flatten()
            .collect()
    }
}

fn told(text: &str) -> Vec<String> {
    match parse::<Person>(text.as_bytes()) {
        Err(Error::Refused(refused)) => refused
            .faults
            .into_iter()
            .map(|fault| format!("{} {}", fault.pointer, fault.code))
            .collect(),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn faults_of_shape_and_broken_rules_are_told_at_once() {
    let all = told(
        r#"{"name": " ", "age": 3, "kind": "boss", "first": "2026-01-02", "last": "2026-01-01", "shoes": 60, "item": {"n": 0}}"#,
    );
    assert_eq!(
        all,
        [
            "/kind unknown_value",
            "/name empty",
            "/last before_first_day",
            "/age too_young",
            "/shoes too_large",
            "/item/n zero"
        ]
    );
    let all = told(
        r#"{"name": 7, "age": 3, "kind": "staff", "last": "2026-01-01", "shoes": "x", "item": {"n": 0, "m": 1}, "more": 1}"#,
    );
    let expected = [
        "/name wrong_type",
        "/item/m unknown_field",
        "/more unknown_field",
        "/shoes wrong_type",
        "/first missing_field",
        "/age too_young",
        "/item/n zero",
    ];
    assert_eq!(
        all.iter()
            .map(String::as_str)
            .collect::<std::collections::BTreeSet<_>>(),
        expected.into_iter().collect()
    );
    let all = told(
        r#"{"name": "", "age": 300, "kind": "staff", "first": "2026-01-02", "last": "2026-01-03", "shoes": 900, "item": {"n": 1}}"#,
    );
    assert_eq!(
        all,
        ["/age wrong_type", "/shoes wrong_type", "/name empty"],
        "what only the parser knows"
    );
    assert_eq!(
        told(r#"{"made up": 1}"#).len(),
        7,
        "nothing of the form is given"
    );
    assert_eq!(told("{}").len(), 6, "what is not there breaks no rule");
    assert_eq!(told(r#"{"name": "", "item": 5}"#).len(), 6);
}

#[test]
fn what_is_no_json_is_malformed() {
    assert_eq!(refusal("{").0, Code::MalformedBody);
    assert_eq!(refusal(&"[".repeat(3000)).0, Code::MalformedBody);
}
