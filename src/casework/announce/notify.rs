//! Finds the recipients of notifications and sends them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::notice::Notice;
use super::store;
use crate::error::Result;
use crate::identity::roster;
use crate::identity::signed_in::today;
use crate::ids::{OfficeId, UserId};
use crate::sop::role::{Role, Roles};

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
    if users.is_empty() {
        return Ok(());
    }
    store::tell(connection, notice, users, &[], now).await
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
    store::tell(connection, notice, &[], tags, now).await
}
