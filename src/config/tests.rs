//! What the settings refuse, and that an empty one counts as not given.

use super::*;

/// The settings of a service in production, but for what `change` does to them. Whatever the environment says is overruled.
fn read(change: impl FnOnce(&mut Settings)) -> Result<Config, String> {
    let mut settings = Cli::parse_from(["service-desk", "--listen=127.0.0.1:1"]).settings;
    let no_file = [
        &mut settings.database_url_file,
        &mut settings.database_owner_url_file,
        &mut settings.database_vault_url_file,
        &mut settings.master_key_file,
        &mut settings.custodian_key_file,
        &mut settings.metrics_token_file,
    ];
    for file in no_file {
        *file = None;
    }
    (settings.database_owner_url, settings.database_vault_url, settings.metrics_token) = (None, None, None);
    (settings.document_store, settings.cors_origins) = (StoreKind::Fs, Vec::new());
    settings.database_url = Some("postgres://desk_app@database/desk".to_owned());
    settings.master_key = Some("3d9a1c4be07f2568b1d40c93ea57f86202ce7b9154a83fd06e1bb7f2954dc80a".to_owned());
    settings.custodian_key = Some("AAAA".to_owned());
    surfacing::USUAL.clone_into(&mut settings.surfacing_times);
    (settings.identity_retention_days, settings.content_retention_days) = (180, 1095);
    settings.public_url = Some("https://desk.example/".to_owned());
    change(&mut settings);
    Config::read(settings)
}

fn refusal(change: impl FnOnce(&mut Settings)) -> String {
    read(change).unwrap_err()
}

#[test]
fn what_production_lacks_is_named_in_one_line() {
    assert_eq!(read(|_| ()).unwrap().public_url, "https://desk.example");
    for (missing, name) in [
        (refusal(|settings| settings.master_key = None), "MASTER_KEY "),
        (refusal(|settings| settings.custodian_key = None), "CUSTODIAN_KEY "),
        (refusal(|settings| settings.public_url = None), "PUBLIC_URL "),
        (refusal(|settings| settings.document_store = StoreKind::S3), "S3_BUCKET "),
        (refusal(|settings| (settings.database_url, settings.database_owner_url) = (None, Some("postgres://x".to_owned()))), "DATABASE_URL "),
        (refusal(|settings| settings.database_url = Some("localhost/desk".to_owned())), "DATABASE_URL "),
        (refusal(|settings| settings.cors_origins = vec!["https://*.example".to_owned()]), "CORS_ORIGINS "),
        (refusal(|settings| settings.master_key_file = Some("/dev/null".into())), "MASTER_KEY "),
    ] {
        assert!(missing.starts_with(name) && !missing.contains('\n'), "{missing}");
    }
}

#[test]
fn an_empty_setting_counts_as_not_given() {
    let config = read(|settings| (settings.metrics_token, settings.cors_origins) = (Some(String::new()), vec![String::new()])).unwrap();
    assert!(config.metrics_token.is_none() && config.settings.cors_origins.is_empty());
    assert!(refusal(|settings| settings.master_key = Some(String::new())).contains("MASTER_KEY"));
}

#[test]
fn a_missing_custodian_key_is_told_how_to_be_made_and_is_not_missed_in_private_mode() {
    assert!(refusal(|settings| settings.custodian_key = Some(String::new())).contains("`service-desk new-custodian-key`"));
    let private = read(|settings| (settings.database_url, settings.custodian_key) = (None, None)).unwrap();
    assert_eq!(private.custodian_key, None);
    assert_eq!(read(|_| ()).unwrap().custodian_key.as_deref(), Some("AAAA"));
}

#[test]
fn surfacing_times_come_in_order_and_each_once() {
    let times = |list: &str| read(|settings| list.clone_into(&mut settings.surfacing_times)).map(|config| config.surfacing_times);
    let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    assert_eq!(times("13:00, 07:30,13:00"), Ok(vec![at(7, 30), at(13, 0)]));
    assert_eq!(times(""), Ok(vec![at(7, 30), at(13, 0)]), "left empty, the default holds");
    assert_eq!(times("16:15"), Ok(vec![at(16, 15)]));
    for wrong in [",", "07:30,", "7.30", "24:00", "07:30:15", "pagi"] {
        assert!(times(wrong).unwrap_err().starts_with("SURFACING_TIMES: "), "{wrong}");
    }
}

#[test]
fn an_identity_is_not_kept_longer_than_its_complaint() {
    assert!(refusal(|settings| settings.content_retention_days = 179).starts_with("CONTENT_RETENTION_DAYS "));
    assert!(read(|settings| settings.content_retention_days = 180).is_ok());
    for days in ["0", "-1", "36501", "x"] {
        assert!(Cli::try_parse_from(["service-desk", &format!("--identity-retention-days={days}")]).is_err(), "{days}");
    }
}

#[test]
fn an_empty_database_url_starts_no_demo_office() {
    assert!(refusal(|settings| settings.database_url = Some(String::new())).contains("DATABASE_URL is empty"));
}

#[test]
fn an_empty_file_holds_no_secret() {
    let empty = refusal(|settings| (settings.master_key, settings.master_key_file) = (None, Some("/dev/null".into())));
    assert_eq!(empty, "MASTER_KEY_FILE: /dev/null is empty");
}

#[test]
fn the_readme_tells_every_setting_and_its_default() {
    let readme = include_str!("../../README.md");
    for setting in <Cli as clap::CommandFactory>::command().get_arguments() {
        let Some(name) = setting.get_env().map(|name| name.to_string_lossy().into_owned()) else { continue };
        let row = readme.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{name}`")));
        let default = setting.get_default_values().first().map(|default| format!("`{}`", default.to_string_lossy()));
        assert!(row.is_some_and(|row| default.is_none_or(|default| row.contains(&default))), "README.md lacks {name} or its default");
    }
}
