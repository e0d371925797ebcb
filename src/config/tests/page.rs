//! All faults at once, the origins of browsers, and the page of settings.

use super::*;

/// The first fault does not hide the others.
#[test]
fn all_faults_are_told_at_once_with_the_mode() {
    let errors = read(|settings| {
        (settings.public_url, settings.log) = (Some("foo".to_owned()), "a=b=c".to_owned());
        (settings.master_key, settings.mail.smtp_host) = (None, Some("mail.example".to_owned()));
        settings.cors_origins = vec![
            "*".to_owned(),
            "x".to_owned(),
            "https://fine.example/".to_owned(),
        ];
    })
    .unwrap_err();
    let names: Vec<_> = errors
        .lines
        .iter()
        .map(|line| line.split([':', ' ']).next().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "MASTER_KEY",
            "CORS_ORIGINS",
            "CORS_ORIGINS",
            "PUBLIC_URL",
            "LOG",
            "MAIL_FROM"
        ],
        "{errors}"
    );
    assert_eq!(
        errors.mode,
        "given database (DATABASE_URL is set): desk as desk_app at database"
    );
    assert!(
        read(|settings| settings.database_url = None)
            .unwrap()
            .mode
            .starts_with("private (DATABASE_URL is not set): ")
    );
    let secret = refusal(|settings| {
        settings.database_url = Some("postgres://desk_app:geheim@database:x/desk".to_owned());
    });
    assert!(!secret.contains("geheim"), "{secret}");
}

#[test]
fn origins_are_kept_as_browsers_write_them() {
    let config = read(|settings| {
        settings.cors_origins = vec![
            "http://localhost:5173/".to_owned(),
            " HTTPS://Desk.Example:443 ".to_owned(),
        ];
    });
    assert_eq!(
        config.unwrap().settings.cors_origins,
        ["http://localhost:5173", "https://desk.example"]
    );
}

#[test]
fn the_operations_page_lists_every_setting_and_its_default() {
    let page = include_str!("../../../docs/operations.md");
    for setting in <Cli as clap::CommandFactory>::command().get_arguments() {
        let Some(name) = setting
            .get_env()
            .map(|name| name.to_string_lossy().into_owned())
        else {
            continue;
        };
        let row = page
            .lines()
            .find(|line| line.starts_with('|') && line.contains(&format!("`{name}`")));
        let default = setting
            .get_default_values()
            .first()
            .map(|default| format!("`{}`", default.to_string_lossy()));
        assert!(
            row.is_some_and(|row| default.is_none_or(|default| row.contains(&default))),
            "docs/operations.md lacks {name} or its default"
        );
    }
}
