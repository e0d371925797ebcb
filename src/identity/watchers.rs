//! Notifications about accounts with roles that two administrators give: to the other
//! administrators, the custodians, the internal auditors and the owner.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::signed_in::SignedIn;
use super::store::watchers as store;
use crate::error::Result;
use crate::ids::UserId;
use crate::mail::{self, MailKind, NewMail};
use crate::web::problem::Language;

/// Notifies the recipients, except `caller`, that `task` was done to `user`: in the inbox, and by a
/// mail without names.
pub async fn notify(
    connection: &mut PgConnection,
    caller: &SignedIn,
    user: UserId,
    task: &'static str,
    now: DateTime<Utc>,
) -> Result<()> {
    let told: Vec<_> = store::watchers(connection, caller.office, user)
        .await?
        .into_iter()
        .filter(|watcher| watcher.id != caller.user.0)
        .collect();
    let ids: Vec<_> = told.iter().map(|_| Uuid::new_v4()).collect();
    store::insert_notifications(connection, caller.office, &ids, &told, (user, task), now).await?;
    for (id, watcher) in ids.into_iter().zip(&told) {
        let (language, kind, data) = (
            Language::from_tag(&watcher.language),
            MailKind::AccountChanged,
            serde_json::json!({}),
        );
        mail::queue(
            connection,
            &NewMail {
                id,
                office: caller.office,
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
