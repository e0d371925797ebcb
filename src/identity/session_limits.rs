//! How long sessions last, by the roles that the user holds today.

use chrono::{DateTime, TimeDelta, Utc};

use crate::sop::role::{Role, Roles};

/// Maximum time without a request, also of a refresh token.
pub(super) const IDLE_TIMEOUT: TimeDelta = TimeDelta::days(14);
/// Maximum lifetime of a session.
pub(super) const MAX_LIFETIME: TimeDelta = TimeDelta::days(30);
/// Maximum time without a request for roles that read complaints, audit or assign roles.
const GUARDED_IDLE_TIMEOUT: TimeDelta = TimeDelta::minutes(30);
/// Maximum lifetime of their sessions.
const GUARDED_MAX_LIFETIME: TimeDelta = TimeDelta::hours(12);

/// How long a session lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Maximum time without a request.
    pub idle: TimeDelta,
    /// Maximum lifetime.
    pub lifetime: TimeDelta,
}

impl SessionLimits {
    /// The limits for a user with these roles.
    pub fn of(roles: Roles) -> Self {
        if roles.iter().any(Role::is_given_by_two) {
            Self {
                idle: GUARDED_IDLE_TIMEOUT,
                lifetime: GUARDED_MAX_LIFETIME,
            }
        } else {
            Self {
                idle: IDLE_TIMEOUT,
                lifetime: MAX_LIFETIME,
            }
        }
    }

    /// True if a session that began and was last seen at these times continues at `now`.
    pub fn admit(
        self,
        started_at: DateTime<Utc>,
        seen_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> bool {
        now - started_at < self.lifetime && now - seen_at < self.idle
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_of_a_guarded_role_lasts_half_an_hour_idle_and_half_a_day_at_most() {
        for role in Role::all() {
            let limits = SessionLimits::of(Roles::NONE.with(role));
            let (idle, lifetime) = if role.is_given_by_two() {
                (TimeDelta::minutes(30), TimeDelta::hours(12))
            } else {
                (TimeDelta::days(14), TimeDelta::days(30))
            };
            assert_eq!(limits, SessionLimits { idle, lifetime }, "{}", role.code());
        }
        let both = Roles::NONE.with(Role::PjiStaff).with(Role::Admin);
        assert_eq!(SessionLimits::of(both).idle, TimeDelta::minutes(30));
    }
}
