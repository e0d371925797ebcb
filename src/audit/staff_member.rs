//! The member of staff that an event names.

use crate::identity::SignedIn;
use crate::ids::UserId;

/// A member of staff as the trail names them.
#[derive(Debug, Clone)]
pub struct StaffMember<'a> {
    /// The account.
    pub user: UserId,
    /// The codes of the roles held at the time.
    pub roles: Vec<String>,
    /// `plh` or `plt` when they acted for the office holder.
    pub acting: Option<&'a str>,
}

impl StaffMember<'static> {
    /// The user of this request.
    pub fn of(user: &SignedIn) -> Self {
        Self {
            user: user.user,
            roles: user.roles.codes(),
            acting: user.acting.map(|acting| acting.kind.code()),
        }
    }
}
