//! Finds the recipients of notifications and sends them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::notice::Notice;
use super::store::{self, Addressed};
use crate::error::Result;
use crate::identity::roster;
use crate::identity::signed_in::today;
use crate::ids::{NotificationId, OfficeId, UserId};
use crate::mail::{self, MailKind, NewMail};
use crate::sop::role::{Role, Roles};
use crate::web::problem::Language;

/// Today's holders of `roles`, each with the role held.
pub async fn holders_of(
    connection: &mut PgConnection,
    office: OfficeId,
    roles: Roles,
    now: DateTime<Utc>,
) -> Result<Vec<(UserId, Role)>> {
    let holders = roster::holders_of(connection, office, roles, today(now)).await?;
    Ok(holders
        .into_iter()
        .map(|(holder, role)| (holder.user, role))
        .collect())
}

/// Notifies each of `users`, also by mail if the user wants mails.
pub async fn notify(
    connection: &mut PgConnection,
    notice: &Notice<'_>,
    users: &[UserId],
    now: DateTime<Utc>,
) -> Result<()> {
    notify_groups(connection, &[(*notice, users)], now).await
}

/// Notifies the users of each group of its own notice, also by mail if the user wants mails. The
/// statements are the same in number, however many users there are.
pub async fn notify_groups(
    connection: &mut PgConnection,
    groups: &[(Notice<'_>, &[UserId])],
    now: DateTime<Utc>,
) -> Result<()> {
    let told: Vec<_> = groups
        .iter()
        .flat_map(|(notice, users)| users.iter().map(move |user| (*notice, *user)))
        .map(|(notice, user)| Addressed {
            id: NotificationId::random(),
            notice,
            user: Some(user),
            tag: None,
        })
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    store::add(connection, &told, now).await?;
    queue_mails(connection, &told, now).await
}

/// Queues a mail to each recipient that wants mails. The mail says only that there is something to
/// read, so a user with an unsent mail gets no second one.
async fn queue_mails(
    connection: &mut PgConnection,
    told: &[Addressed<'_>],
    now: DateTime<Utc>,
) -> Result<()> {
    let users: Vec<_> = told.iter().filter_map(|one| one.user).collect();
    let wanting = store::mail_recipients(connection, &users).await?;
    let mails: Vec<_> = wanting
        .into_iter()
        .filter_map(|(user, language)| {
            let first = told.iter().find(|one| one.user == Some(user))?;
            Some(NewMail {
                id: first.id.0,
                office: first.notice.office,
                user,
                kind: MailKind::Notification,
                language: Language::from_tag(&language),
                data: serde_json::json!({}),
                useless_from: None,
            })
        })
        .collect();
    mail::queue_all(connection, &mails, now).await?;
    Ok(())
}

/// Notifies the users behind these tags: of a complaint, or of the audit trail. Never by mail.
pub async fn notify_by_tag(
    connection: &mut PgConnection,
    notice: &Notice<'_>,
    tags: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    if tags.is_empty() {
        return Ok(());
    }
    let told: Vec<_> = tags
        .iter()
        .map(|tag| Addressed {
            id: NotificationId::random(),
            notice: *notice,
            user: None,
            tag: Some(tag),
        })
        .collect();
    store::add(connection, &told, now).await
}
