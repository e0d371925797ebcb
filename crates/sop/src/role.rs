//! The roles of the office, in one list; rights, visibility and tokens derive from it.

use serde::{Deserialize, Serialize};

/// A role of a user. A user may have several; an administrator assigns each, except `customer`,
/// which comes with registration.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Pelanggan: the applicant.
    Customer,
    /// Kepala Balai, or the person acting for the head (Plh./Plt.).
    Head,
    /// Ketua Tim PJI (Pengembangan Jasa Industri).
    PjiLead,
    /// Ketua Tim SS (Standardisasi dan Sertifikasi).
    SsLead,
    /// Staf PJI.
    PjiStaff,
    /// Staf Operasional.
    OperationsStaff,
    /// Ketua Tim Terkait.
    TeamLead,
    /// Staf Terkait.
    TeamStaff,
    /// Petugas penerima aduan di loket.
    IntakeClerk,
    /// Petugas benturan kepentingan.
    ConflictOfficer,
    /// Penanganan di luar kantor (Inspektorat Jenderal).
    ExternalHandler,
    /// Penjaga identitas pelapor.
    IdentityCustodian,
    /// Auditor internal.
    InternalAuditor,
    /// Bendahara Penerimaan.
    Treasurer,
    /// Administrator sistem: users and roles, never files.
    Admin,
}

struct RoleRow {
    role: Role,
    code: &'static str,
    office_term: &'static str,
    /// Assigned by two administrators, never by one, because the role reads complaints, watches
    /// others, or assigns roles.
    by_two: bool,
}

const fn row(role: Role, code: &'static str, office_term: &'static str) -> RoleRow {
    RoleRow {
        role,
        code,
        office_term,
        by_two: false,
    }
}

/// A role that two administrators must assign.
const fn by_two(role: Role, code: &'static str, office_term: &'static str) -> RoleRow {
    RoleRow {
        role,
        code,
        office_term,
        by_two: true,
    }
}

static ROLES: [RoleRow; 15] = [
    row(Role::Customer, "customer", "Pelanggan"),
    by_two(Role::Head, "head", "Kepala Balai"),
    by_two(Role::PjiLead, "pji_lead", "Ketua Tim PJI"),
    row(Role::SsLead, "ss_lead", "Ketua Tim SS"),
    row(Role::PjiStaff, "pji_staff", "Staf PJI"),
    row(
        Role::OperationsStaff,
        "operations_staff",
        "Staf Operasional",
    ),
    by_two(Role::TeamLead, "team_lead", "Ketua Tim Terkait"),
    by_two(Role::TeamStaff, "team_staff", "Staf Terkait"),
    by_two(Role::IntakeClerk, "intake_clerk", "Petugas Penerima Aduan"),
    by_two(
        Role::ConflictOfficer,
        "conflict_officer",
        "Petugas Benturan Kepentingan",
    ),
    by_two(
        Role::ExternalHandler,
        "external_handler",
        "Penangan Eksternal",
    ),
    by_two(
        Role::IdentityCustodian,
        "identity_custodian",
        "Penjaga Identitas",
    ),
    by_two(
        Role::InternalAuditor,
        "internal_auditor",
        "Auditor Internal",
    ),
    row(Role::Treasurer, "treasurer", "Bendahara Penerimaan"),
    by_two(Role::Admin, "admin", "Administrator"),
];

impl Role {
    /// The roles that lead others in the office.
    pub const LEADERSHIP: [Self; 4] = [Self::Head, Self::PjiLead, Self::SsLead, Self::TeamLead];

    /// Every role, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        ROLES.iter().map(|row| row.role)
    }

    /// The stable code used in JSON, tokens and the database.
    pub fn code(self) -> &'static str {
        self.row().code
    }

    /// The office's term for the role.
    pub fn office_term(self) -> &'static str {
        self.row().office_term
    }

    /// True if two administrators must agree to assign the role.
    pub fn is_given_by_two(self) -> bool {
        self.row().by_two
    }

    /// The role with this code, if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        ROLES
            .iter()
            .find(|row| row.code == code)
            .map(|row| row.role)
    }

    /// The role that leads this one in the office: a late step is escalated to the lead before the
    /// head (design: certification 3.8). None for the head, for roles that watch the
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

    fn row(self) -> &'static RoleRow {
        &ROLES[self as usize]
    }
}

/// The codes of these roles.
pub fn codes(roles: &[Role]) -> Vec<&'static str> {
    roles.iter().map(|role| role.code()).collect()
}

/// The roles of one user, as a bit set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Roles(u32);

impl Roles {
    /// No role at all.
    pub const NONE: Self = Self(0);

    /// This set with `role` in it.
    #[must_use]
    pub fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u32)
    }

    /// True if `role` is in the set.
    pub fn has(self, role: Role) -> bool {
        self.0 & 1 << role as u32 != 0
    }

    /// The roles in it, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::all().filter(move |role| self.has(*role))
    }

    /// The codes of the roles, as stored in the database.
    pub fn codes(self) -> Vec<String> {
        self.iter().map(|role| role.code().to_owned()).collect()
    }

    /// The set of these codes; unknown codes are ignored.
    pub fn from_codes<'a>(codes: impl IntoIterator<Item = &'a str>) -> Self {
        codes.into_iter().filter_map(Role::from_code).collect()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_stands_at_its_own_place_in_the_table() {
        for role in Role::all() {
            assert_eq!(role.row().role, role);
            assert_eq!(Role::from_code(role.code()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.code());
        }
    }

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else() {
        let set: Roles = [Role::Head, Role::Admin].into_iter().collect();
        assert!(Role::all().all(|role| set.has(role) == [Role::Head, Role::Admin].contains(&role)));
        assert_eq!(Roles::from_codes(["head", "admin", "nobody"]), set);
    }

    #[test]
    fn the_leadership_is_whoever_leads_another_role() {
        let leads = |lead: &Role| Role::all().any(|role| role.lead() == Some(*lead));
        assert!(Role::all().filter(leads).eq(Role::LEADERSHIP));
    }

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
