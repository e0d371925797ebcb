//! The rules of audit teams as data, each with its basis. A figure without a source in the field is
//! marked `example`: the office has to confirm it.

use serde::Serialize;

use crate::certification::auditors::TeamRole;
use crate::certification::facts::ApplicationKind;
use crate::certification::schemes::SchemeCode;
use crate::sop::text::Term;

/// Minimum notice, in working days from the day after the draft to the first day of the audit.
/// Shorter notice needs a reason.
pub const NOTICE_WORKING_DAYS: usize = 10;

/// Maximum length of an audit, in days.
pub const MAX_AUDIT_DAYS: u16 = 60;

/// Maximum length of an audit if its proposal states no `audit_days`: one working week.
pub const MAX_DAYS_UNSTATED: u16 = 5;

/// Maximum number of members of a team.
pub const MAX_MEMBERS: usize = 50;

/// The number of people that a team needs in a role.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RoleRule {
    /// The role.
    pub role: TeamRole,
    /// The schemes.
    pub schemes: &'static [SchemeCode],
    /// The kinds of application.
    pub kinds: &'static [ApplicationKind],
    /// The least number of people.
    #[schema(example = 1)]
    pub at_least: usize,
    /// The largest number of people; null without a limit.
    #[schema(example = 1)]
    pub at_most: Option<usize>,
    /// The basis of the rule.
    pub basis: Term,
}

impl RoleRule {
    /// True if the rule is for this scheme and this kind of application.
    pub fn applies(&self, scheme: SchemeCode, kind: ApplicationKind) -> bool {
        self.schemes.contains(&scheme) && self.kinds.contains(&kind)
    }
}

/// The kinds of application with samples taken in the audit.
const SAMPLED: &[ApplicationKind] = &[
    ApplicationKind::Initial,
    ApplicationKind::Surveillance,
    ApplicationKind::Recertification,
    ApplicationKind::ScopeExtension,
    ApplicationKind::Reinstatement,
];

/// The composition of teams.
pub const ROLES: &[RoleRule] = &[
    RoleRule {
        role: TeamRole::Lead,
        schemes: &SchemeCode::ALL,
        kinds: &ApplicationKind::ALL,
        at_least: 1,
        at_most: Some(1),
        basis: Term {
            id: "ISO/IEC 17021-1, ISO/IEC 17065: satu orang memimpin audit",
            en: "ISO/IEC 17021-1, ISO/IEC 17065: one person leads the audit",
        },
    },
    RoleRule {
        role: TeamRole::SamplingOfficer,
        schemes: &[SchemeCode::ProductSni],
        kinds: SAMPLED,
        at_least: 1,
        at_most: None,
        basis: Term {
            id: "Permenperin 4/2025 Ps. 28: hasil audit menyebut nama PPC",
            en: "Permenperin 4/2025 Ps. 28: the result names the PPC",
        },
    },
    RoleRule {
        role: TeamRole::Decider,
        schemes: &SchemeCode::ALL,
        kinds: &ApplicationKind::ALL,
        at_least: 0,
        at_most: Some(1),
        basis: Term {
            id: "ISO/IEC 17021-1 9.5.1.1, ISO/IEC 17065 7.6.2: pengambil keputusan di luar tim",
            en: "ISO/IEC 17021-1 9.5.1.1, ISO/IEC 17065 7.6.2: the decider is outside the team",
        },
    },
];

/// A circumstance that wants a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TeamWarning {
    /// The lead also led the customer's last audits under this scheme.
    Rotation,
    /// A member has more audit days in twelve months than the limit.
    Load,
    /// The audit begins sooner after the notice than the limit; checked when the notice is drafted.
    ShortNotice,
    /// The team has fewer days than the recorded audit time.
    AuditTimeShort,
}

/// The limit behind a warning.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TeamLimit {
    /// The warning.
    pub warning: TeamWarning,
    /// The limit.
    #[schema(example = 10)]
    pub limit: usize,
    /// The unit of the limit.
    pub unit: Term,
    /// The basis of the limit.
    pub basis: Term,
    /// Whether the figure is an example that the office has to confirm.
    pub is_example: bool,
}

/// Audits of one customer in a row with the same lead.
pub const ROTATION: TeamLimit = TeamLimit {
    warning: TeamWarning::Rotation,
    limit: 2,
    unit: Term {
        id: "audit berturut-turut dengan ketua yang sama",
        en: "audits in a row with the same lead",
    },
    basis: Term {
        id: "Tidak ditemukan angka; satu balai lain mengganti ketua setelah setiap kunjungan",
        en: "No figure was found; a sister office changes the lead after each visit",
    },
    is_example: true,
};

/// Audit days of one person in twelve months. Firm bookings count, with the weekends within them.
pub const LOAD: TeamLimit = TeamLimit {
    warning: TeamWarning::Load,
    limit: 120,
    unit: Term {
        id: "hari kalender audit dalam dua belas bulan",
        en: "calendar days of audits in twelve months",
    },
    basis: Term {
        id: "Tidak ditemukan angka",
        en: "No figure was found",
    },
    is_example: true,
};

/// The limits behind the warnings.
pub const LIMITS: &[TeamLimit] = &[
    ROTATION,
    LOAD,
    TeamLimit {
        warning: TeamWarning::ShortNotice,
        limit: NOTICE_WORKING_DAYS,
        unit: Term {
            id: "hari kerja antara surat dan audit",
            en: "working days between notice and audit",
        },
        basis: Term {
            id: "Ukuran kinerja satu kantor audit di Indonesia",
            en: "A measure of one Indonesian audit office",
        },
        is_example: true,
    },
];
