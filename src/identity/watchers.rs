//! Telling what happens to accounts whose roles two administrators give: to the other administrators, to custodians and internal auditors, and to the owner.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::signed_in::SignedIn;
use super::store::watchers as store;
use crate::error::Result;
use crate::ids::UserId;
use crate::mail::{self, MailKind, NewMail};
use crate::web::problem::Language;

/// Tells all but `who` that `task` was done about `user`: in the inbox, and by a mail that names neither.
///
/// # Errors
/// When the server refuses.
pub async fn tell(
    connection: &mut PgConnection,
    who: &SignedIn,
    user: UserId,
    task: &'static str,
    now: DateTime<Utc>,
) -> Result<()> {
    let told: Vec<_> = store::watchers(connection, who.office, user)
        .await?
        .into_iter()
        .filter(|watcher| watcher.id != who.user.0)
        .collect();
    let ids: Vec<_> = told.iter().map(|_| Uuid::new_v4()).collect();
    store::notify(connection, who.office, &ids, &told, (user, task), now).await?;
    for (id, watcher) in ids.into_iter().zip(&told) {
        let (language, kind, data) = (
            Language::of_tag(&watcher.language),
            MailKind::AccountChanged,
            serde_json::json!({}),
        );
        mail::queue(
            connection,
            &NewMail {
                id,
                office: who.office,
                user: UserId(watcher.id),
                kind,
                language,
                data,
                useless_from: None,
            },
            now,
        )
        .await?;
    }
    Ok(())
}
