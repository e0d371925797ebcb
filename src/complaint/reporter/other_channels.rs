//! Where a reporter can turn beside this office. Every reporter is told the same, whatever became of their complaint: so it says nothing about anybody.

/// The standing words of the office.
pub const OTHER_CHANNELS: &str = "Selain melalui kantor ini, Anda selalu dapat melapor melalui kanal nasional: KPK Whistleblower's System (https://kws.kpk.go.id), \
     Ombudsman Republik Indonesia (https://www.ombudsman.go.id), dan SP4N-LAPOR! (https://www.lapor.go.id).";
