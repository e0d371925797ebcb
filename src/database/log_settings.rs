//! Check that the database server does not log the activity of reporters. It runs at every start as
//! the role that serves: a server that logs the values or the times of statements would reveal the
//! data that this service protects.

use std::collections::HashMap;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

/// Statements slower than this many milliseconds may be logged: they indicate a fault of the server
/// and are too rare to record visits.
const SLOW_MS: i64 = 100;

/// The settings that apply to the role; settings unknown to the server are absent.
type Settings = HashMap<String, String>;

/// A requirement for a setting of the server.
struct Requirement {
    setting: &'static str,
    wanted: &'static str,
    met: fn(&Settings) -> bool,
}

/// The requirements. Logging the text of failed statements, as servers do by default, is allowed:
/// in this service every value is a parameter (`$1`).
const REQUIREMENTS: &[Requirement] = &[
    Requirement {
        setting: "log_statement",
        wanted: "none or ddl",
        met: |of| has_value(of, "log_statement", &["none", "ddl"]),
    },
    Requirement {
        setting: "log_min_duration_statement",
        wanted: "-1, or 100ms and more",
        met: |of| only_slow(of, "log_min_duration_statement"),
    },
    Requirement {
        setting: "log_min_duration_sample",
        wanted: "-1, or 100ms and more",
        met: |of| only_slow(of, "log_min_duration_sample"),
    },
    Requirement {
        setting: "log_transaction_sample_rate",
        wanted: "0",
        met: |of| has_value(of, "log_transaction_sample_rate", &["0"]),
    },
    Requirement {
        setting: "log_parameter_max_length",
        wanted: "0 where statements are logged",
        met: |of| logs_no_statements(of) || hides_parameters(of),
    },
    Requirement {
        setting: "log_parameter_max_length_on_error",
        wanted: "0",
        met: |of| has_value(of, "log_parameter_max_length_on_error", &["0"]),
    },
    Requirement {
        setting: "log_error_verbosity",
        wanted: "terse (or log_min_messages = fatal)",
        met: |of| !logs_errors(of) || is_terse(of),
    },
    Requirement {
        setting: "log_destination",
        wanted: "without csvlog and jsonlog, which are never terse (or log_min_messages = fatal)",
        met: |of| {
            !logs_errors(of)
                || !["csvlog", "jsonlog"]
                    .iter()
                    .any(|kind| value(of, "log_destination").contains(kind))
        },
    },
    Requirement {
        setting: "debug_print_parse",
        wanted: "off",
        met: |of| has_value(of, "debug_print_parse", &["off"]),
    },
    Requirement {
        setting: "debug_print_rewritten",
        wanted: "off",
        met: |of| has_value(of, "debug_print_rewritten", &["off"]),
    },
    Requirement {
        setting: "debug_print_plan",
        wanted: "off",
        met: |of| has_value(of, "debug_print_plan", &["off"]),
    },
    Requirement {
        setting: "track_commit_timestamp",
        wanted: "off",
        met: |of| has_value(of, "track_commit_timestamp", &["off"]),
    },
    // The role may not see which libraries are preloaded; the settings of a library exist only if
    // it is loaded.
    Requirement {
        setting: "auto_explain.log_min_duration",
        wanted: "-1",
        met: |of| has_value(of, "auto_explain.log_min_duration", &["", "-1"]),
    },
    Requirement {
        setting: "pgaudit.log",
        wanted: "none",
        met: |of| has_value(of, "pgaudit.log", &["", "none"]),
    },
];

/// Read in addition to the settings of the requirements.
const ALSO_READ: &str = "log_min_messages";

/// Checks that the server of `role` logs neither values nor times of reporters' statements.
///
/// # Errors
/// A message for the operator: the server cannot be reached, or each wrong setting with its present
/// and its required value.
pub async fn assert_server_logs_no_values(
    role: &PgConnectOptions,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut connection = role
        .connect()
        .await
        .map_err(|error| format!("the database cannot be reached: {error}"))?;
    let names: Vec<&str> = REQUIREMENTS
        .iter()
        .map(|requirement| requirement.setting)
        .chain([ALSO_READ])
        .collect();
    // An unchecked query, because it reads the server's catalogue and no table of the schema.
    let rows: Vec<(String, Option<String>)> = sqlx::query_as(
        "select name, current_setting(name, true) from unnest($1::text[]) as wanted (name)",
    )
    .bind(names)
    .fetch_all(&mut connection)
    .await?;
    connection.close().await?;
    let settings = rows
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    let violations = violations(&settings);
    if violations.is_empty() {
        return Ok(());
    }
    let role = role.get_username();
    let how = format!(
        "as the superuser, `alter role {role} set …` (see deploy/create-roles.sh), or in the server's configuration"
    );
    Err(format!(
        "the database server would log what reporters do; for {role} set {}; {how}",
        violations.join(", ")
    )
    .into())
}

fn violations(settings: &Settings) -> Vec<String> {
    let unmet = REQUIREMENTS
        .iter()
        .filter(|requirement| !(requirement.met)(settings));
    unmet
        .map(|requirement| {
            format!(
                "{} = {} (it is {})",
                requirement.setting,
                requirement.wanted,
                value(settings, requirement.setting)
            )
        })
        .collect()
}

fn value<'s>(settings: &'s Settings, name: &str) -> &'s str {
    settings.get(name).map(String::as_str).unwrap_or_default()
}

fn has_value(settings: &Settings, name: &str, wanted: &[&str]) -> bool {
    wanted.contains(&value(settings, name))
}

/// True if successful statements are not logged.
fn logs_no_statements(settings: &Settings) -> bool {
    has_value(settings, "log_statement", &["none"])
        && ["log_min_duration_statement", "log_min_duration_sample"]
            .iter()
            .all(|name| has_value(settings, name, &["-1"]))
}

fn hides_parameters(settings: &Settings) -> bool {
    has_value(settings, "log_parameter_max_length", &["0"])
}

/// True if errors are logged, with their details unless verbosity is terse: `Key (…)=(…)`, `Failing
/// row contains (…)`.
fn logs_errors(settings: &Settings) -> bool {
    !has_value(settings, "log_min_messages", &["fatal", "panic"])
}

fn is_terse(settings: &Settings) -> bool {
    has_value(settings, "log_error_verbosity", &["terse"])
}

/// True if a `log_min_duration_…` threshold lets only slow statements through.
fn only_slow(settings: &Settings, name: &str) -> bool {
    let text = value(settings, name);
    let number = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let milliseconds = match &text[number.len()..] {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => 0,
    };
    number
        .parse::<i64>()
        .is_ok_and(|number| number == -1 || number.saturating_mul(milliseconds) >= SLOW_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The defaults of PostgreSQL 15 to 18.
    fn as_delivered() -> Settings {
        let settings = [
            ("log_statement", "none"),
            ("log_min_duration_statement", "-1"),
            ("log_min_duration_sample", "-1"),
            ("log_transaction_sample_rate", "0"),
            ("log_parameter_max_length", "-1"),
            ("log_parameter_max_length_on_error", "0"),
            ("log_error_verbosity", "default"),
            ("log_min_messages", "warning"),
            ("log_destination", "stderr"),
            ("debug_print_parse", "off"),
            ("debug_print_rewritten", "off"),
            ("debug_print_plan", "off"),
            ("track_commit_timestamp", "off"),
        ];
        settings
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn violations_with(changes: &[(&str, &str)]) -> Vec<String> {
        let mut settings = as_delivered();
        settings.insert("log_error_verbosity".to_owned(), "terse".to_owned());
        settings.extend(
            changes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        violations(&settings)
    }

    #[test]
    fn a_server_as_delivered_needs_one_setting() {
        assert_eq!(
            violations(&as_delivered()),
            ["log_error_verbosity = terse (or log_min_messages = fatal) (it is default)"]
        );
        assert_eq!(violations_with(&[]), Vec::<String>::new());
        assert_eq!(
            violations_with(&[
                ("log_error_verbosity", "default"),
                ("log_min_messages", "fatal")
            ]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn what_leaks_is_refused_by_name() {
        let leaks = [
            ("log_statement", "mod"),
            ("log_statement", "all"),
            ("log_min_duration_statement", "0"),
            ("log_min_duration_sample", "50ms"),
            ("log_transaction_sample_rate", "0.01"),
            ("log_parameter_max_length_on_error", "-1"),
            ("log_error_verbosity", "verbose"),
            ("log_destination", "stderr,csvlog"),
            ("debug_print_plan", "on"),
            ("track_commit_timestamp", "on"),
            ("auto_explain.log_min_duration", "0"),
            ("pgaudit.log", "write"),
        ];
        for (name, value) in leaks {
            let violations = violations_with(&[(name, value)]);
            assert!(
                violations
                    .iter()
                    .any(|fault| fault.starts_with(name) && fault.contains(value)),
                "{name} = {value}: {violations:?}"
            );
        }
    }

    #[test]
    fn slow_statements_may_be_logged_without_their_values() {
        for slow in ["250ms", "1s", "5min"] {
            let violations = violations_with(&[("log_min_duration_statement", slow)]);
            assert!(
                violations.len() == 1 && violations[0].starts_with("log_parameter_max_length = 0"),
                "{violations:?}"
            );
            assert_eq!(
                violations_with(&[
                    ("log_min_duration_statement", slow),
                    ("log_parameter_max_length", "0")
                ]),
                Vec::<String>::new()
            );
        }
    }

    #[test]
    fn a_server_that_does_not_say_is_refused() {
        assert!(violations(&Settings::new()).len() > 8);
    }
}
