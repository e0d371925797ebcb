//! The three escalation levels and their recipients.

use crate::casework::ledger::ClockView;
use crate::sop::role::{Role, Roles};
use crate::sop::table::Party;

/// A level of lateness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EscalationLevel {
    /// 75 % of the standard time: notify the staff that the step waits for.
    Warning,
    /// 100 % of the standard time: notify their lead.
    Due,
    /// 150 % of the standard time: notify the head.
    Overdue,
}

impl EscalationLevel {
    /// Every level, in ascending order.
    pub const ALL: [Self; 3] = [Self::Warning, Self::Due, Self::Overdue];

    /// The share of the standard time, in percent.
    pub(crate) const fn percent(self) -> u8 {
        match self {
            Self::Warning => 75,
            Self::Due => 100,
            Self::Overdue => 150,
        }
    }

    /// The levels that `clock` has reached; none while the customer's time runs or the step has no
    /// standard time.
    pub(crate) fn reached(clock: &ClockView) -> impl Iterator<Item = Self> + use<> {
        let (used, standard) = (clock.used_minutes, i64::from(clock.standard_minutes));
        let measured = clock.party == Party::Office && standard > 0;
        Self::ALL
            .into_iter()
            .filter(move |level| measured && used * 100 >= standard * i64::from(level.percent()))
    }

    /// The roles to notify when a step waits for holders of `waited`. A role without a lead is
    /// notified itself.
    pub fn roles(self, waited: Roles) -> Roles {
        match self {
            Self::Warning => waited,
            Self::Due => waited
                .iter()
                .map(|role| role.lead().unwrap_or(role))
                .collect(),
            Self::Overdue => Roles::NONE.with(Role::Head),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(used_minutes: i64, standard_minutes: u32, party: Party) -> Vec<u8> {
        let clock = ClockView {
            step: 3,
            party,
            standard_minutes,
            used_minutes,
            due_at: None,
            overdue: false,
            provisional: false,
        };
        EscalationLevel::reached(&clock)
            .map(EscalationLevel::percent)
            .collect()
    }

    #[test]
    fn a_rung_is_reached_when_its_share_is_used_up() {
        for (used, rungs) in [
            (0, &[][..]),
            (89, &[]),
            (90, &[75]),
            (119, &[75]),
            (120, &[75, 100]),
            (179, &[75, 100]),
            (180, &[75, 100, 150]),
            (9000, &[75, 100, 150]),
        ] {
            assert_eq!(reached(used, 120, Party::Office), rungs, "{used}");
        }
    }

    #[test]
    fn a_step_of_the_customers_and_one_without_standard_time_reach_none() {
        assert!(reached(9000, 120, Party::Customer).is_empty());
        assert!(reached(9000, 0, Party::Office).is_empty());
    }

    #[test]
    fn each_rung_is_heard_higher_up() {
        for (level, waited, expected) in [
            (
                EscalationLevel::Warning,
                &[Role::OperationsStaff][..],
                Role::OperationsStaff,
            ),
            (EscalationLevel::Due, &[Role::OperationsStaff], Role::SsLead),
            (EscalationLevel::Due, &[Role::PjiStaff], Role::PjiLead),
            (
                EscalationLevel::Due,
                &[Role::SsLead, Role::PjiLead],
                Role::Head,
            ),
            (EscalationLevel::Due, &[Role::Head], Role::Head),
            (EscalationLevel::Overdue, &[Role::TeamStaff], Role::Head),
        ] {
            let roles = level.roles(waited.iter().copied().collect());
            assert_eq!(roles, Roles::NONE.with(expected), "{level:?} {waited:?}");
        }
    }
}
