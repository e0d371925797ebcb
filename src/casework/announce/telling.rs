//! A notification on its way to people.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::notice::Notice;
use super::store;
use crate::error::Result;
use crate::ids::{NotificationId, UserId};

/// Tells each of `users`.
///
/// # Errors
/// When the server refuses.
pub async fn tell(connection: &mut PgConnection, notice: &Notice<'_>, users: &[UserId], now: DateTime<Utc>) -> Result<()> {
    if users.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = users.iter().map(|_| NotificationId::random().0).collect();
    let users: Vec<_> = users.iter().map(|user| Some(user.0)).collect();
    store::add(connection, notice, &ids, &users, &vec![None; ids.len()], now).await
}

/// Tells each of the people with these tags, in whose order nobody reads anything: of a complaint.
///
/// # Errors
/// When the server refuses.
pub async fn tell_by_tag(connection: &mut PgConnection, notice: &Notice<'_>, tags: &[Vec<u8>], now: DateTime<Utc>) -> Result<()> {
    if tags.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = tags.iter().map(|_| NotificationId::random().0).collect();
    let tags: Vec<_> = tags.iter().cloned().map(Some).collect();
    store::add(connection, notice, &ids, &vec![None; ids.len()], &tags, now).await
}
