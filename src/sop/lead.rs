//! The reporting line of the roles: a late step is escalated to the lead before the head (design:
//! certification 3.8).

use super::role::Role;

impl Role {
    /// The role that leads this one in the office. None for the head, for roles that watch the
    /// office, and for roles outside it.
    pub fn lead(self) -> Option<Self> {
        match self {
            Self::PjiStaff | Self::IntakeClerk | Self::Treasurer => Some(Self::PjiLead),
            Self::OperationsStaff => Some(Self::SsLead),
            Self::TeamStaff => Some(Self::TeamLead),
            Self::PjiLead | Self::SsLead | Self::TeamLead => Some(Self::Head),
            Self::Customer
            | Self::Head
            | Self::ConflictOfficer
            | Self::ExternalHandler
            | Self::IdentityCustodian
            | Self::InternalAuditor
            | Self::Admin => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_led_is_led_to_the_head_in_the_end() {
        for role in Role::all().filter(|role| role.lead().is_some()) {
            let mut at = role;
            for _ in 0..3 {
                at = at.lead().unwrap_or(at);
            }
            assert_eq!(at, Role::Head, "{role:?}");
        }
    }
}
