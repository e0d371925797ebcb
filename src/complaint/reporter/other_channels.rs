//! National channels for reports beside this office. Every reporter gets the same text at every
//! stage, so the text reveals nothing about a complaint.

/// The text shown to every reporter.
pub const OTHER_CHANNELS: &str = "Selain melalui kantor ini, Anda selalu dapat melapor melalui kanal nasional: KPK Whistleblower's System (https://kws.kpk.go.id), \
     Ombudsman Republik Indonesia (https://www.ombudsman.go.id), dan SP4N-LAPOR! (https://www.lapor.go.id).";
