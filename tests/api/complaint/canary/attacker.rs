//! An attacker with a dump of the database, the document store and the master key: the tool that
//! the attacker would write, made of the service's own parts.

use std::collections::BTreeSet;

use service_desk::complaint::custody::custodian::CustodianPrivateKey;
use service_desk::complaint::custody::key_file::{new_custodian_key, unwrap};
use service_desk::complaint::identity::{Identity, custodian_fingerprint, open_identity};
use service_desk::complaint::sealing::keys::Keys;
use service_desk::complaint::sealing::keys::ShredSalt;
use service_desk::complaint::sealing::salts::{SaltKind, Salts};
use service_desk::ids::ComplaintId;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::support::{TestApp, custodian};

/// Sealed columns: table, id column, case column, column, and the column's name in the seal's
/// context.
const SEALED: &[(&str, &str, &str, &str, &str)] = &[
    (
        "wbs.content",
        "case_id",
        "case_id",
        "sealed",
        "content|sealed",
    ),
    (
        "wbs.letter_file",
        "id",
        "case_id",
        "sealed",
        "letter_file|sealed",
    ),
    ("wbs.paper", "id", "case_id", "sealed", "paper|sealed"),
    ("wbs.message", "id", "case_id", "sealed", "message|sealed"),
    ("wbs.attachment", "id", "case_id", "meta", "attachment|meta"),
    ("wbs.attachment", "id", "case_id", "copy", "attachment|copy"),
    (
        "wbs.attachment",
        "id",
        "case_id",
        "visible_text",
        "attachment|visible_text",
    ),
    ("wbs.warning", "id", "case_id", "sealed", "warning|sealed"),
    (
        "wbs.warning",
        "id",
        "case_id",
        "statement",
        "warning|statement",
    ),
    (
        "wbs.conflict",
        "encode(substr(person_tag, 1, 16), 'hex')::uuid",
        "case_id",
        "sealed",
        "conflict|sealed",
    ),
    (
        "wbs.disclosure",
        "id",
        "case_id",
        "sealed",
        "disclosure|sealed",
    ),
    (
        "wbs.disclosure",
        "id",
        "case_id",
        "decision",
        "disclosure|decision",
    ),
    (
        "wbs.disclosure",
        "id",
        "case_id",
        "sealed_fields",
        "disclosure|sealed_fields",
    ),
    // A breach has a key of its own, like a case.
    ("wbs.breach", "id", "id", "happened", "breach|happened"),
    ("wbs.breach", "id", "id", "done", "breach|done"),
    (
        "wbs.retaliation",
        "id",
        "case_id",
        "sealed",
        "retaliation|sealed",
    ),
    (
        "wbs.retaliation",
        "id",
        "case_id",
        "assessments",
        "retaliation|assessments",
    ),
];
/// The other columns of bytes: attachment chunks, which open as `meta` does, piece by piece; tags
/// and digests; wrapped keys; and contents sealed under a key derived from a token that is not
/// stored.
const NOT_OPENED: &[&str] = &[
    "attachment_chunk.sealed",
    "breach.dek_wrapped",
    "complaint.activation_tag",
    "complaint.dek_wrapped",
    "complaint.receipt_tag",
    "complaint.screened_with",
    "conflict.person_tag",
    "disclosure.requester_tag",
    "opening.person_tag",
    "session.digest",
    "session.sealed",
    "session.slot_tag",
    "tombstone.number_tag",
    "warning.person_tag",
];

pub struct Attacker<'a> {
    app: &'a TestApp,
    keys: Keys,
    salts: Salts,
    cases: Vec<(ComplaintId, Vec<u8>)>,
    breaches: Vec<(ComplaintId, Vec<u8>)>,
}

impl<'a> Attacker<'a> {
    pub async fn with_everything_of(app: &'a TestApp) -> Self {
        let keys = Keys::new(&app.master_key);
        let salts = Salts::new(app.service.documents.clone(), keys.clone());
        let keyed = async |table: &str| {
            let select = AssertSqlSafe(format!("select id, dek_wrapped from wbs.{table}"));
            let rows: Vec<(Uuid, Vec<u8>)> = sqlx::query_as(select)
                .fetch_all(&mut app.sql().await)
                .await
                .unwrap();
            rows.into_iter()
                .map(|(id, wrapped)| (ComplaintId(id), wrapped))
                .collect()
        };
        let (cases, breaches) = (keyed("complaint").await, keyed("breach").await);
        Self {
            app,
            keys,
            salts,
            cases,
            breaches,
        }
    }

    /// Every plaintext that the keys of cases open. A new column of bytes must be added to one of
    /// the lists above.
    pub async fn open_every_case(&self) -> Vec<u8> {
        let mut c = self.app.sql().await;
        let columns = "select table_name || '.' || column_name from information_schema.columns where table_schema = 'wbs' and data_type = 'bytea'";
        let columns: Vec<String> = sqlx::query_scalar(columns).fetch_all(&mut c).await.unwrap();
        let known = SEALED.iter().map(|(table, _, _, column, _)| {
            format!("{}.{column}", table.trim_start_matches("wbs."))
        });
        let known: BTreeSet<_> = known
            .chain(NOT_OPENED.iter().map(|column| (*column).to_owned()))
            .collect();
        assert_eq!(columns.into_iter().collect::<BTreeSet<_>>(), known);
        let mut opened = Vec::new();
        for (table, row, case, column, place) in SEALED {
            let select =
                format!("select {row}, {case}, {column} from {table} where {column} is not null");
            let rows: Vec<(Uuid, Uuid, Vec<u8>)> = sqlx::query_as(AssertSqlSafe(select))
                .fetch_all(&mut c)
                .await
                .unwrap();
            for (row, case, sealed) in rows {
                let (case, wrapped) = self
                    .cases
                    .iter()
                    .chain(&self.breaches)
                    .find(|(id, _)| id.0 == case)
                    .unwrap();
                let salt = self.salts.read(*case, SaltKind::Content).await.unwrap();
                let key = self.keys.open_case(*case, &salt, wrapped).unwrap();
                opened.extend(
                    key.open(place, row, &sealed)
                        .unwrap_or_else(|| panic!("{place} was not opened"))
                        .as_slice(),
                );
                opened.push(b'\n');
            }
        }
        opened
    }

    /// The number of rows of the vault, and the inner ciphertexts after removing the layer that the
    /// server's keys open.
    pub async fn peel_every_identity(&self) -> (usize, Vec<u8>) {
        let (mut rows, mut peeled) = (0, Vec::new());
        for (case_ref, salt, sealed) in self.vault().await {
            assert_eq!(
                custodian_fingerprint(&self.keys, &case_ref, &salt, &sealed),
                Some(custodian().0.fingerprint()),
                "the outer layer was opened"
            );
            let place = format!("wbs1|identity|sealed|{}", hex::encode(case_ref));
            peeled.extend(
                self.keys
                    .vault_layer(&case_ref, &salt)
                    .open(&place, &sealed[1..])
                    .unwrap()
                    .as_slice(),
            );
            rows += 1;
        }
        (rows, peeled)
    }

    /// The identities that this key opens.
    pub async fn identities_under(&self, private: &CustodianPrivateKey) -> Vec<Identity> {
        let rows = self.vault().await;
        rows.iter()
            .filter_map(|(case_ref, salt, sealed)| {
                open_identity(private, &self.keys, case_ref, salt, sealed)
            })
            .collect()
    }

    async fn vault(&self) -> Vec<([u8; 32], ShredSalt, Vec<u8>)> {
        let mut rows = Vec::new();
        for (case, _) in &self.cases {
            let case_ref = self.keys.case_ref(*case);
            let found = sqlx::query_scalar("select sealed from vault.identity where case_ref = $1")
                .bind(case_ref.as_slice());
            rows.push((
                case_ref,
                self.salts.read(*case, SaltKind::Identity).await.unwrap(),
                found.fetch_one(&mut self.app.sql().await).await.unwrap(),
            ));
        }
        rows
    }
}

/// A key that is not the custodian's.
pub fn another_key() -> CustodianPrivateKey {
    let passphrase = "penjaga yang lain sama sekali".to_owned().into();
    unwrap(&new_custodian_key(&passphrase).unwrap().1, &passphrase).unwrap()
}
