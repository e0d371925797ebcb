//! Refused settings, and empty settings that count as not given.

mod page;

use super::*;

/// The settings of a production service with the changes of `change`. The environment is ignored.
fn read(change: impl FnOnce(&mut Settings)) -> Result<Config, ConfigErrors> {
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
    (
        settings.database_owner_url,
        settings.database_vault_url,
        settings.metrics_token,
    ) = (None, None, None);
    (settings.document_store, settings.cors_origins, settings.log) =
        (StoreKind::Fs, Vec::new(), log::DEFAULT.to_owned());
    settings.database_url = Some("postgres://desk_app@database/desk".to_owned());
    settings.master_key =
        Some("3d9a1c4be07f2568b1d40c93ea57f86202ce7b9154a83fd06e1bb7f2954dc80a".to_owned());
    settings.custodian_key = Some("AAAA".to_owned());
    release::DEFAULT.clone_into(&mut settings.surfacing_times);
    (
        settings.identity_retention_days,
        settings.content_retention_days,
    ) = (180, 1095);
    settings.public_url = Some("https://desk.example/".to_owned());
    "false".clone_into(&mut settings.trust_proxy);
    change(&mut settings);
    Config::read(settings, &KEY_CHECKS)
}

/// Key checks that accept the keys of the tests.
const KEY_CHECKS: KeyChecks = KeyChecks {
    serving: false,
    custodian_key: taken,
    drive_key: taken,
};

fn taken(key: &str) -> Result<(), String> {
    if key == "nonsense" {
        Err("it is no key".to_owned())
    } else {
        Ok(())
    }
}

fn refusal(change: impl FnOnce(&mut Settings)) -> String {
    read(change).unwrap_err().to_string()
}

#[test]
fn what_production_lacks_is_named_in_one_line() {
    assert_eq!(read(|_| ()).unwrap().public_url, "https://desk.example");
    for (missing, name) in [
        (
            refusal(|settings| settings.master_key = None),
            "MASTER_KEY ",
        ),
        (
            refusal(|settings| settings.custodian_key = None),
            "CUSTODIAN_KEY ",
        ),
        (
            refusal(|settings| settings.public_url = None),
            "PUBLIC_URL ",
        ),
        (
            refusal(|settings| {
                (settings.database_url, settings.database_owner_url) =
                    (None, Some("postgres://x".to_owned()));
            }),
            "DATABASE_URL ",
        ),
        (
            refusal(|settings| settings.database_url = Some("localhost/desk".to_owned())),
            "DATABASE_URL ",
        ),
        (
            refusal(|settings| settings.database_vault_url = settings.database_url.clone()),
            "DATABASE_VAULT_URL ",
        ),
        (
            refusal(|settings| settings.cors_origins = vec!["https://*.example".to_owned()]),
            "CORS_ORIGINS: ",
        ),
        (
            refusal(|settings| settings.master_key_file = Some("/dev/null".into())),
            "MASTER_KEY ",
        ),
    ] {
        assert!(
            missing.starts_with(name) && !missing.contains('\n'),
            "{missing}"
        );
    }
}

#[test]
fn an_empty_setting_counts_as_not_given() {
    let config = read(|settings| {
        (settings.metrics_token, settings.cors_origins) =
            (Some(String::new()), vec![String::new()]);
    })
    .unwrap();
    assert!(config.metrics_token.is_none() && config.settings.cors_origins.is_empty());
    assert!(refusal(|settings| settings.master_key = Some(String::new())).contains("MASTER_KEY"));
}

#[test]
fn a_missing_custodian_key_is_told_how_to_be_made_and_is_not_missed_in_private_mode() {
    assert!(
        refusal(|settings| settings.custodian_key = Some(String::new()))
            .contains("`service-desk new-custodian-key`")
    );
    let private =
        read(|settings| (settings.database_url, settings.custodian_key) = (None, None)).unwrap();
    assert_eq!(private.custodian_key, None);
    assert_eq!(read(|_| ()).unwrap().custodian_key.as_deref(), Some("AAAA"));
}

#[test]
fn surfacing_times_come_in_order_and_each_once() {
    let times = |list: &str| {
        read(|settings| list.clone_into(&mut settings.surfacing_times))
            .map(|config| config.surfacing_times)
    };
    let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    assert_eq!(times("13:00, 07:30,13:00").unwrap(), [at(7, 30), at(13, 0)]);
    assert_eq!(
        times("").unwrap(),
        [at(7, 30), at(13, 0)],
        "left empty, the default holds"
    );
    assert_eq!(times("16:15").unwrap(), [at(16, 15)]);
    for wrong in [",", "07:30,", "7.30", "24:00", "07:30:15", "pagi"] {
        assert!(
            times(wrong)
                .unwrap_err()
                .to_string()
                .starts_with("SURFACING_TIMES: "),
            "{wrong}"
        );
    }
}

#[test]
fn an_identity_is_not_kept_longer_than_its_complaint() {
    assert!(
        refusal(|settings| settings.content_retention_days = 179)
            .starts_with("CONTENT_RETENTION_DAYS ")
    );
    assert!(read(|settings| settings.content_retention_days = 180).is_ok());
    for days in ["0", "-1", "36501", "x"] {
        assert!(
            Cli::try_parse_from(["service-desk", &format!("--identity-retention-days={days}")])
                .is_err(),
            "{days}"
        );
    }
}

#[test]
fn trusted_proxies_are_named() {
    let proxies = |value: &str| {
        read(|settings| value.clone_into(&mut settings.trust_proxy))
            .map(|config| config.proxies.len())
    };
    assert_eq!(
        (
            proxies(""),
            proxies("false"),
            proxies("127.0.0.1,10.0.0.0/8")
        ),
        (Ok(0), Ok(0), Ok(2))
    );
    assert!(proxies("true").unwrap_err().lines[0].starts_with("TRUST_PROXY: "));
}

#[test]
fn an_empty_database_url_starts_no_demo_office() {
    assert!(
        refusal(|settings| settings.database_url = Some(String::new()))
            .contains("DATABASE_URL is empty")
    );
}

#[test]
fn an_empty_file_holds_no_secret() {
    let empty = refusal(|settings| {
        (settings.master_key, settings.master_key_file) = (None, Some("/dev/null".into()));
    });
    assert_eq!(empty, "MASTER_KEY_FILE: /dev/null is empty");
}

/// The faults of the settings `flags` on top of a production service; those that clap finds come as
/// its own line.
fn faults_of(flags: &[&str]) -> Vec<String> {
    let usual = [
        "--database-url=postgres://desk_app@database/desk",
        "--database-vault-url=postgres://desk_vault@database/desk",
        "--master-key=3d9a1c4be07f2568b1d40c93ea57f86202ce7b9154a83fd06e1bb7f2954dc80a",
        "--custodian-key=AAAA",
        "--public-url=https://desk.example",
    ];
    let name = |flag: &str| {
        flag.split('=')
            .next()
            .unwrap_or_default()
            .trim_end_matches("-file")
            .to_owned()
    };
    let usual = usual
        .into_iter()
        .filter(|usual| !flags.iter().any(|flag| name(flag) == name(usual)));
    let silent = <Cli as clap::CommandFactory>::command()
        .mut_args(|argument| argument.env(clap::builder::Resettable::Reset));
    let matches = silent.try_get_matches_from(
        std::iter::once("service-desk")
            .chain(usual)
            .chain(flags.iter().copied()),
    );
    match matches.and_then(|matches| <Cli as clap::FromArgMatches>::from_arg_matches(&matches)) {
        Ok(cli) => Config::read(
            cli.settings,
            &KeyChecks {
                serving: true,
                ..KEY_CHECKS
            },
        )
        .map_or_else(|errors| errors.lines, |_| Vec::new()),
        Err(error) => vec![
            error
                .to_string()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
        ],
    }
}

/// For each setting, invalid values, alone or without the settings they depend on. `~` is a blank
/// within a value.
const NONSENSE: &[(&str, &[&str])] = &[
    (
        "LISTEN",
        &[
            "--listen=nowhere",
            "--listen=:8080",
            "--listen=127.0.0.1",
            "--listen=127.0.0.1:99999",
        ],
    ),
    (
        "PUBLIC_URL",
        &[
            "--public-url=foo",
            "--public-url=desk.example",
            "--public-url=ftp://desk.example",
            "--public-url=https://",
            "--public-url=https://u:p@desk.example",
            "--public-url=https://desk.example/?x=1",
            "--public-url=https://desk.example/#x",
            "--public-url=https://desk~example",
            "--public-url=https:///desk",
        ],
    ),
    (
        "DATABASE_URL",
        &[
            "--database-url=localhost/desk",
            "--database-url=mysql://x/desk",
            "--database-url=postgres://desk_app@database:port/desk",
        ],
    ),
    (
        "DATABASE_URL_FILE",
        &[
            "--database-url-file=/nowhere",
            "--database-url-file=/dev/null",
        ],
    ),
    (
        "DATABASE_OWNER_URL",
        &[
            "--database-owner-url=x",
            "--database-owner-url=postgres://desk_app@database/desk",
            "--database-owner-url=postgres://desk_vault@database/desk",
        ],
    ),
    (
        "DATABASE_OWNER_URL_FILE",
        &[
            "--database-owner-url-file=/nowhere",
            "--database-owner-url-file=/dev/null",
        ],
    ),
    (
        "DATABASE_VAULT_URL",
        &[
            "--database-vault-url=x",
            "--database-vault-url=postgres://desk_app@database/desk",
            "--database-vault-url=postgres://desk_vault@database/other",
            "--database-vault-url=",
        ],
    ),
    (
        "DATABASE_VAULT_URL_FILE",
        &[
            "--database-vault-url-file=/nowhere",
            "--database-vault-url-file=/dev/null",
        ],
    ),
    (
        "MASTER_KEY",
        &[
            "--master-key=x",
            "--master-key=3d9a",
            "--master-key=",
            "--master-key=zz",
        ],
    ),
    (
        "MASTER_KEY_FILE",
        &[
            "--master-key-file=/nowhere",
            "--master-key-file=/dev/null",
            "--master-key-file=/tmp",
        ],
    ),
    (
        "CUSTODIAN_KEY",
        &["--custodian-key=nonsense", "--custodian-key="],
    ),
    (
        "CUSTODIAN_KEY_FILE",
        &[
            "--custodian-key-file=/nowhere",
            "--custodian-key-file=/dev/null",
        ],
    ),
    (
        "SURFACING_TIMES",
        &[
            "--surfacing-times=pagi",
            "--surfacing-times=24:00",
            "--surfacing-times=,",
        ],
    ),
    (
        "SURFACE_AT_ONCE",
        &["--surface-at-once=true", "--surface-at-once=maybe"],
    ),
    ("DEMO", &["--demo=full", "--demo=some"]),
    (
        "IDENTITY_RETENTION_DAYS",
        &[
            "--identity-retention-days=0",
            "--identity-retention-days=x",
            "--identity-retention-days=99999",
        ],
    ),
    (
        "CONTENT_RETENTION_DAYS",
        &["--content-retention-days=0", "--content-retention-days=1"],
    ),
    ("DATA_DIR", &["--data-dir=/dev/null"]),
    (
        "PG_BIN_DIR",
        &["--pg-bin-dir=/nowhere", "--pg-bin-dir=/tmp"],
    ),
    (
        "WORKERS",
        &["--workers=-1", "--workers=x", "--workers=100000"],
    ),
    (
        "DATABASE_CONNECTIONS",
        &["--database-connections=0", "--database-connections=65"],
    ),
    (
        "CORS_ORIGINS",
        &[
            "--cors-origins=*",
            "--cors-origins=https://desk.example/app",
            "--cors-origins=desk.example",
            "--cors-origins=https://a.example,b",
        ],
    ),
    ("DOCUMENT_STORE", &["--document-store=tape"]),
    (
        "S3_BUCKET",
        &[
            "--document-store=s3",
            "--s3-bucket=desk",
            "--document-store=s3 --s3-bucket=a/b",
        ],
    ),
    (
        "S3_ENDPOINT",
        &[
            "--s3-endpoint=https://s3.example",
            "--document-store=s3 --s3-endpoint=s3.example",
        ],
    ),
    ("S3_REGION", &["--document-store=s3 --s3-region=a/b"]),
    (
        "S3_ACCESS_KEY",
        &["--s3-access-key=x", "--document-store=s3 --s3-bucket=desk"],
    ),
    (
        "S3_ACCESS_KEY_FILE",
        &[
            "--document-store=s3 --s3-access-key-file=/nowhere",
            "--document-store=s3 --s3-access-key-file=/dev/null",
        ],
    ),
    (
        "S3_SECRET_KEY",
        &["--s3-secret-key=x", "--document-store=s3 --s3-bucket=desk"],
    ),
    (
        "S3_SECRET_KEY_FILE",
        &[
            "--document-store=s3 --s3-secret-key-file=/nowhere",
            "--document-store=s3 --s3-secret-key-file=/dev/null",
        ],
    ),
    ("SIGNING", &["--signing=pen"]),
    (
        "BSRE_URL",
        &[
            "--signing=bsre",
            "--bsre-url=https://esign.example",
            "--signing=bsre --bsre-url=esign",
            "--bsre-url=esign",
        ],
    ),
    ("BSRE_USER", &["--signing=bsre", "--bsre-user=desk"]),
    ("BSRE_PASSWORD", &["--signing=bsre", "--bsre-password=x"]),
    (
        "BSRE_PASSWORD_FILE",
        &[
            "--signing=bsre --bsre-password-file=/nowhere",
            "--signing=bsre --bsre-password-file=/dev/null",
        ],
    ),
    (
        "MAX_UPLOAD_MIB",
        &[
            "--max-upload-mib=0",
            "--max-upload-mib=5000",
            "--max-upload-mib=x",
            "--max-upload-mib=17592186044416",
        ],
    ),
    (
        "METRICS_TOKEN",
        &["--metrics-token=a~b", "--metrics-token=a\nb"],
    ),
    (
        "METRICS_TOKEN_FILE",
        &[
            "--metrics-token-file=/nowhere",
            "--metrics-token-file=/dev/null",
        ],
    ),
    (
        "REQUESTS_PER_MINUTE",
        &["--requests-per-minute=0", "--requests-per-minute=many"],
    ),
    (
        "INTEGRATION_REQUESTS_PER_MINUTE",
        &["--integration-requests-per-minute=0"],
    ),
    (
        "SMTP_HOST",
        &[
            "--smtp-port=25",
            "--smtp-user=desk",
            "--smtp-host=mail.example:25 --mail-from=a@b.example",
            "--smtp-host=smtp://mail.example --mail-from=a@b.example",
            "--smtp-host=mail~example --mail-from=a@b.example",
        ],
    ),
    (
        "SMTP_PORT",
        &[
            "--smtp-host=mail.example --mail-from=a@b.example --smtp-port=0",
            "--smtp-port=70000",
        ],
    ),
    (
        "SMTP_TLS",
        &[
            "--smtp-tls=maybe",
            "--smtp-host=mail.example --mail-from=a@b.example --smtp-tls=off",
        ],
    ),
    (
        "SMTP_CA_FILE",
        &[
            "--smtp-ca-file=/nowhere",
            "--smtp-host=mail.example --mail-from=a@b.example --smtp-ca-file=/dev/null",
        ],
    ),
    (
        "SMTP_USER",
        &["--smtp-host=mail.example --mail-from=a@b.example --smtp-password=x"],
    ),
    (
        "SMTP_PASSWORD",
        &["--smtp-host=mail.example --mail-from=a@b.example --smtp-user=x"],
    ),
    (
        "SMTP_PASSWORD_FILE",
        &[
            "--smtp-password-file=/nowhere",
            "--smtp-password-file=/dev/null",
        ],
    ),
    (
        "MAIL_FROM",
        &[
            "--smtp-host=mail.example",
            "--mail-from=nobody",
            "--mail-from=a@b.example@c",
        ],
    ),
    (
        "PORTAL_URL",
        &[
            "--portal-url=portal",
            "--portal-url=https://portal.example/#a",
            "--portal-url=ftp://portal.example",
        ],
    ),
    (
        "DRIVE_FOLDER",
        &["--drive-key={}", "--drive-folder=a/b --drive-key={}"],
    ),
    (
        "DRIVE_KEY",
        &[
            "--drive-folder=abc",
            "--drive-folder=abc --drive-key=nonsense",
        ],
    ),
    (
        "DRIVE_KEY_FILE",
        &[
            "--drive-folder=abc --drive-key-file=/nowhere",
            "--drive-folder=abc --drive-key-file=/dev/null",
        ],
    ),
    (
        "DRIVE_API_URL",
        &[
            "--drive-api-url=http://drive.example",
            "--drive-folder=abc --drive-key={} --drive-api-url=x",
        ],
    ),
    (
        "E_BILLING_URL",
        &[
            "--e-billing-url=http://simponi.example --e-billing-user=x --e-billing-password=x --e-billing-codes=ministry=019,unit=07,work_unit=123456,account=425261,tariff=1,regulation=54,kind=F",
            "--e-billing-user=x",
        ],
    ),
    (
        "E_BILLING_USER",
        &[
            "--e-billing-url=https://simponi.example --e-billing-password=x --e-billing-codes=ministry=019,unit=07,work_unit=123456,account=425261,tariff=1,regulation=54,kind=F",
        ],
    ),
    (
        "E_BILLING_PASSWORD",
        &[
            "--e-billing-url=https://simponi.example --e-billing-user=x --e-billing-codes=ministry=019,unit=07,work_unit=123456,account=425261,tariff=1,regulation=54,kind=F",
        ],
    ),
    (
        "E_BILLING_PASSWORD_FILE",
        &[
            "--e-billing-url=https://simponi.example --e-billing-user=x --e-billing-password-file=/nowhere --e-billing-codes=ministry=019,unit=07,work_unit=123456,account=425261,tariff=1,regulation=54,kind=F",
        ],
    ),
    (
        "E_BILLING_CODES",
        &[
            "--e-billing-url=https://simponi.example --e-billing-user=x --e-billing-password=x",
            "--e-billing-url=https://simponi.example --e-billing-user=x --e-billing-password=x --e-billing-codes=ministry=019",
            "--e-billing-url=https://simponi.example --e-billing-user=x --e-billing-password=x --e-billing-codes=ministry=019,unit=07,work_unit=123456,account=4252,tariff=1,regulation=54,kind=F",
        ],
    ),
    (
        "E_BILLING_SECRET",
        &[
            "--e-billing-secret=secret",
            "--e-billing-secret=whsec_c2hvcnQ=",
        ],
    ),
    (
        "E_BILLING_SECRET_FILE",
        &["--e-billing-secret-file=/nowhere"],
    ),
    (
        "E_BILLING_DAYS",
        &[
            "--e-billing-days=0",
            "--e-billing-days=61",
            "--e-billing-days=x",
        ],
    ),
    (
        "DRAIN_SECONDS",
        &["--drain-seconds=-1", "--drain-seconds=86400"],
    ),
    ("LOG_FORMAT", &["--log-format=xml"]),
    ("NEW_MASTER_KEY", &["--new-master-key=abc"]),
    ("NEW_MASTER_KEY_FILE", &["--new-master-key-file=/nowhere"]),
    ("SECOND_FACTOR", &["--second-factor=optional"]),
    (
        "LOG",
        &["--log=a=b=c", "--log=inof", "--log=info,sqlx=loud"],
    ),
];

/// Settings of another file's tests.
const ELSEWHERE: &[&str] = &["TRUST_PROXY"];

/// Each setting with invalid values.
#[test]
fn nonsense_is_refused_by_the_name_of_its_setting() {
    assert_eq!(faults_of(&[]), Vec::<String>::new());
    for (name, values) in NONSENSE {
        let flag = format!("--{}", name.to_lowercase().replace('_', "-"));
        for value in *values {
            let flags: Vec<String> = value
                .split(' ')
                .map(|flag| flag.replace('~', " "))
                .collect();
            let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
            let errors = faults_of(&flags);
            let named = errors
                .iter()
                .any(|fault| fault.contains(name) || fault.contains(&format!("'{flag} ")));
            assert!(
                named && errors.iter().all(|fault| !fault.contains('\n')),
                "{value}: {errors:?}"
            );
        }
    }
}

/// Every setting has invalid values in the table above.
#[test]
fn every_setting_is_tried_with_nonsense() {
    for setting in <Cli as clap::CommandFactory>::command().get_arguments() {
        let Some(name) = setting.get_env().and_then(|name| name.to_str()) else {
            continue;
        };
        assert!(
            ELSEWHERE.contains(&name) || NONSENSE.iter().any(|(known, _)| *known == name),
            "{name} has no row"
        );
    }
}
