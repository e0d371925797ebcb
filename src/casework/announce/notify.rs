//! Finds the recipients of notifications and sends them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::notice::Notice;
use super::store;
use crate::error::Result;
use crate::identity::roster::holders;
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
    let mut people = Vec::new();
    for role in roles.iter() {
        let holders = holders(connection, office, role, today(now)).await?;
        people.extend(holders.into_iter().map(|holder| (holder.user, role)));
    }
    Ok(people)
}

/// Notifies each of `users`, also by mail if the user wants mails.
pub async fn notify(
    connection: &mut PgConnection,
    notice: &Notice<'_>,
    users: &[UserId],
    now: DateTime<Utc>,
) -> Result<()> {
    if users.is_empty() {
        return Ok(());
    }
    let told: Vec<_> = users
        .iter()
        .map(|user| (NotificationId::random(), *user))
        .collect();
    let (ids, people): (Vec<_>, Vec<_>) =
        told.iter().map(|(id, user)| (id.0, Some(user.0))).unzip();
    store::add(
        connection,
        notice,
        &ids,
        &people,
        &vec![None; ids.len()],
        now,
    )
    .await?;
    queue_mails(connection, notice.office, &told, now).await
}

/// Queues a mail to each recipient that wants mails. The mail says only that there is something to
/// read, so a user with an unsent mail gets no second one.
async fn queue_mails(
    connection: &mut PgConnection,
    office: OfficeId,
    told: &[(NotificationId, UserId)],
    now: DateTime<Utc>,
) -> Result<()> {
    let users: Vec<_> = told.iter().map(|(_, user)| user.0).collect();
    let wanting = store::mail_recipients(connection, &users).await?;
    for (id, user) in told {
        let Some((_, language)) = wanting.iter().find(|(wanting, _)| wanting == user) else {
            continue;
        };
        let (language, kind, data) = (
            Language::from_tag(language),
            MailKind::Notification,
            serde_json::json!({}),
        );
        mail::queue(
            connection,
            &NewMail {
                id: id.0,
                office,
                user: *user,
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
    let ids: Vec<_> = tags.iter().map(|_| NotificationId::random().0).collect();
    let tags: Vec<_> = tags.iter().cloned().map(Some).collect();
    store::add(connection, notice, &ids, &vec![None; ids.len()], &tags, now).await
}
