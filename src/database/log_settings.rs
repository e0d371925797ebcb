//! Whether the database server keeps quiet about what reporters do. Asked at every start, as the role that will serve: a server that writes the values or
//! the times of our statements into its log would tell what this program hides.

use std::collections::HashMap;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

/// From here on a logged duration is a fault of the server and no record of who came when, in milliseconds.
const SLOW: i64 = 100;

/// The settings as the role has them; one the server does not know is missing.
type Settings = HashMap<String, String>;

/// A setting, what it must be, and whether it is.
struct Demand {
    setting: &'static str,
    wanted: &'static str,
    met: fn(&Settings) -> bool,
}

/// Why a default server is not refused for its statements: it logs the text of those that fail, and in ours every value is a parameter (`$1`).
const DEMANDS: &[Demand] = &[
    Demand {
        setting: "log_statement",
        wanted: "none or ddl",
        met: |of| is(of, "log_statement", &["none", "ddl"]),
    },
    Demand {
        setting: "log_min_duration_statement",
        wanted: "-1, or 100ms and more",
        met: |of| only_slow(of, "log_min_duration_statement"),
    },
    Demand {
        setting: "log_min_duration_sample",
        wanted: "-1, or 100ms and more",
        met: |of| only_slow(of, "log_min_duration_sample"),
    },
    Demand {
        setting: "log_transaction_sample_rate",
        wanted: "0",
        met: |of| is(of, "log_transaction_sample_rate", &["0"]),
    },
    Demand {
        setting: "log_parameter_max_length",
        wanted: "0 where statements are logged",
        met: |of| is_silent(of) || hides_parameters(of),
    },
    Demand {
        setting: "log_parameter_max_length_on_error",
        wanted: "0",
        met: |of| is(of, "log_parameter_max_length_on_error", &["0"]),
    },
    Demand {
        setting: "log_error_verbosity",
        wanted: "terse (or log_min_messages = fatal)",
        met: |of| !logs_errors(of) || is_terse(of),
    },
    Demand {
        setting: "log_destination",
        wanted: "without csvlog and jsonlog, which are never terse (or log_min_messages = fatal)",
        met: |of| {
            !logs_errors(of)
                || !["csvlog", "jsonlog"]
                    .iter()
                    .any(|kind| value(of, "log_destination").contains(kind))
        },
    },
    Demand {
        setting: "debug_print_parse",
        wanted: "off",
        met: |of| is(of, "debug_print_parse", &["off"]),
    },
    Demand {
        setting: "debug_print_rewritten",
        wanted: "off",
        met: |of| is(of, "debug_print_rewritten", &["off"]),
    },
    Demand {
        setting: "debug_print_plan",
        wanted: "off",
        met: |of| is(of, "debug_print_plan", &["off"]),
    },
    Demand {
        setting: "track_commit_timestamp",
        wanted: "off",
        met: |of| is(of, "track_commit_timestamp", &["off"]),
    },
    // Which libraries are preloaded is not for our role to see; their settings are there when they are.
    Demand {
        setting: "auto_explain.log_min_duration",
        wanted: "-1",
        met: |of| is(of, "auto_explain.log_min_duration", &["", "-1"]),
    },
    Demand {
        setting: "pgaudit.log",
        wanted: "none",
        met: |of| is(of, "pgaudit.log", &["", "none"]),
    },
];

/// Read beside the demanded ones.
const ALSO: &str = "log_min_messages";

/// Makes sure that the server behind `role` logs neither values nor times of what reporters do.
///
/// # Errors
/// In words for whoever starts the program: that it cannot be reached, or each setting with the value it has and the one it must have.
pub async fn assert_server_logs_no_values(
    role: &PgConnectOptions,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut connection = role
        .connect()
        .await
        .map_err(|error| format!("the database cannot be reached: {error}"))?;
    let names: Vec<&str> = DEMANDS
        .iter()
        .map(|demand| demand.setting)
        .chain([ALSO])
        .collect();
    // Not a checked query: it is about the server and no table of ours.
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
    let faults = faults(&settings);
    if faults.is_empty() {
        return Ok(());
    }
    let role = role.get_username();
    let how = format!(
        "as the superuser, `alter role {role} set …` (see deploy/create-roles.sh), or in the server's configuration"
    );
    Err(format!(
        "the database server would log what reporters do; for {role} set {}; {how}",
        faults.join(", ")
    )
    .into())
}

fn faults(settings: &Settings) -> Vec<String> {
    let unmet = DEMANDS.iter().filter(|demand| !(demand.met)(settings));
    unmet
        .map(|demand| {
            format!(
                "{} = {} (it is {})",
                demand.setting,
                demand.wanted,
                value(settings, demand.setting)
            )
        })
        .collect()
}

fn value<'s>(settings: &'s Settings, name: &str) -> &'s str {
    settings.get(name).map(String::as_str).unwrap_or_default()
}

fn is(settings: &Settings, name: &str, wanted: &[&str]) -> bool {
    wanted.contains(&value(settings, name))
}

/// Whether no statement that succeeds is logged.
fn is_silent(settings: &Settings) -> bool {
    is(settings, "log_statement", &["none"])
        && ["log_min_duration_statement", "log_min_duration_sample"]
            .iter()
            .all(|name| is(settings, name, &["-1"]))
}

fn hides_parameters(settings: &Settings) -> bool {
    is(settings, "log_parameter_max_length", &["0"])
}

/// Whether an error is logged, with its detail if that is not left out: `Key (…)=(…)`, `Failing row contains (…)`.
fn logs_errors(settings: &Settings) -> bool {
    !is(settings, "log_min_messages", &["fatal", "panic"])
}

fn is_terse(settings: &Settings) -> bool {
    is(settings, "log_error_verbosity", &["terse"])
}

/// Whether a threshold of `log_min_duration_…` lets only slow statements through.
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
        .is_ok_and(|number| number == -1 || number.saturating_mul(milliseconds) >= SLOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As PostgreSQL 15 to 18 come.
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

    fn faults_with(changes: &[(&str, &str)]) -> Vec<String> {
        let mut settings = as_delivered();
        settings.insert("log_error_verbosity".to_owned(), "terse".to_owned());
        settings.extend(
            changes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        faults(&settings)
    }

    #[test]
    fn a_server_as_delivered_needs_one_setting() {
        assert_eq!(
            faults(&as_delivered()),
            ["log_error_verbosity = terse (or log_min_messages = fatal) (it is default)"]
        );
        assert_eq!(faults_with(&[]), Vec::<String>::new());
        assert_eq!(
            faults_with(&[
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
            let faults = faults_with(&[(name, value)]);
            assert!(
                faults
                    .iter()
                    .any(|fault| fault.starts_with(name) && fault.contains(value)),
                "{name} = {value}: {faults:?}"
            );
        }
    }

    #[test]
    fn slow_statements_may_be_logged_without_their_values() {
        for slow in ["250ms", "1s", "5min"] {
            let faults = faults_with(&[("log_min_duration_statement", slow)]);
            assert!(
                faults.len() == 1 && faults[0].starts_with("log_parameter_max_length = 0"),
                "{faults:?}"
            );
            assert_eq!(
                faults_with(&[
                    ("log_min_duration_statement", slow),
                    ("log_parameter_max_length", "0")
                ]),
                Vec::<String>::new()
            );
        }
    }

    #[test]
    fn a_server_that_does_not_say_is_refused() {
        assert!(faults(&Settings::new()).len() > 8);
    }
}
