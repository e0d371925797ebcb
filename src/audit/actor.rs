//! Who can be the cause of an event.

use crate::identity::SignedIn;
use crate::ids::UserId;

/// Who did it.
#[derive(Debug, Clone)]
pub enum Actor<'a> {
    /// A member of staff.
    Staff {
        /// The person.
        user: UserId,
        /// Codes of the roles they held.
        roles: Vec<String>,
        /// `plh` or `plt` when they acted for the office holder.
        acting: Option<&'a str>,
    },
    /// The reporter, who has no name here and no time.
    Reporter,
    /// The service itself.
    Service,
}

impl Actor<'static> {
    /// A signed-in member of staff.
    #[must_use]
    pub fn of(who: &SignedIn) -> Self {
        Self::Staff {
            user: who.user,
            roles: who.roles.codes(),
            acting: who.acting.map(|acting| acting.kind.code()),
        }
    }
}
