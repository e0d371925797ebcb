//! The office's terms for the codes in the record, in both languages.

use crate::certification::billing::BillingStatus;
use crate::certification::facts::{ApplicationKind, BusinessScale};
use crate::certification::schemes::{Scheme, SchemeCode};
use crate::certification::sop::Stage;
use crate::sop::table::Party;
use crate::web::problem::Language;

/// Picks the text in `language`.
pub fn pick(language: Language, id: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Indonesian => id,
        Language::English => en,
    }
}

/// The name of a scheme.
pub fn scheme(code: SchemeCode, language: Language) -> &'static str {
    let title = Scheme::of(code).title;
    pick(language, title.id, title.en)
}

/// A short name of a scheme, for chart labels.
pub fn short_scheme(code: SchemeCode, language: Language) -> &'static str {
    match code {
        SchemeCode::ProductSni => pick(language, "Produk (SNI)", "Product (SNI)"),
        SchemeCode::QualityIso9001 => pick(language, "Mutu (ISO 9001)", "Quality (ISO 9001)"),
        SchemeCode::GreenIndustry => pick(language, "Industri hijau", "Green industry"),
        SchemeCode::EnvironmentIso14001 => pick(
            language,
            "Lingkungan (ISO 14001)",
            "Environment (ISO 14001)",
        ),
        SchemeCode::FoodSafetyIso22000 => {
            pick(language, "Pangan (ISO 22000)", "Food safety (ISO 22000)")
        }
        SchemeCode::OhsIso45001 => pick(language, "K3 (ISO 45001)", "OHS (ISO 45001)"),
    }
}

/// The name of a kind of application.
pub fn kind(kind: ApplicationKind, language: Language) -> &'static str {
    match kind {
        ApplicationKind::Initial => pick(language, "Awal", "Initial"),
        ApplicationKind::Surveillance => pick(language, "Surveilen", "Surveillance"),
        ApplicationKind::Recertification => pick(language, "Sertifikasi ulang", "Recertification"),
        ApplicationKind::ScopeExtension => pick(language, "Perluasan lingkup", "Scope extension"),
        ApplicationKind::ScopeReduction => pick(language, "Pengurangan lingkup", "Scope reduction"),
        ApplicationKind::Transfer => pick(language, "Transfer", "Transfer"),
        ApplicationKind::Special => pick(language, "Audit khusus", "Special audit"),
        ApplicationKind::Reinstatement => pick(language, "Pemulihan", "Reinstatement"),
    }
}

/// The name of a scale of business.
pub fn scale(scale: BusinessScale, language: Language) -> &'static str {
    match scale {
        BusinessScale::Micro => pick(language, "Mikro", "Micro"),
        BusinessScale::Small => pick(language, "Kecil", "Small"),
        BusinessScale::Medium => pick(language, "Menengah", "Medium"),
        BusinessScale::Large => pick(language, "Besar", "Large"),
    }
}

/// The name of a stage.
pub fn stage(stage: Stage, language: Language) -> &'static str {
    match stage {
        Stage::Draft => pick(language, "Konsep", "Draft"),
        Stage::Submitted => pick(language, "Diajukan", "Submitted"),
        Stage::Filed => pick(language, "Terdaftar", "Filed"),
        Stage::Deficient => pick(language, "Kurang", "Deficient"),
        Stage::Verified => pick(language, "Terverifikasi", "Verified"),
        Stage::AwaitingCustomer => pick(language, "Menunggu pelanggan", "Awaiting customer"),
        Stage::Completed => pick(language, "Dilengkapi", "Completed"),
        Stage::Confirmed => pick(language, "Lengkap", "Confirmed"),
        Stage::NoticeDrafted => pick(language, "Konsep surat", "Notice drafted"),
        Stage::NoticeInitialled => pick(language, "Surat diparaf", "Notice initialled"),
        Stage::NoticeSigned => pick(language, "Surat ditandatangani", "Notice signed"),
        Stage::NoticeSent => pick(language, "Surat terkirim", "Notice sent"),
        Stage::Rejected => pick(language, "Ditolak", "Rejected"),
        Stage::Withdrawn => pick(language, "Dibatalkan", "Withdrawn"),
        Stage::Expired => pick(language, "Kedaluwarsa", "Expired"),
    }
}

/// The name of an e-billing status.
pub fn billing(status: BillingStatus, language: Language) -> &'static str {
    match status {
        BillingStatus::Issued => pick(language, "Terbit", "Issued"),
        BillingStatus::Paid => pick(language, "Dibayar", "Paid"),
        BillingStatus::Expired => pick(language, "Kedaluwarsa", "Expired"),
        BillingStatus::Replaced => pick(language, "Digantikan", "Replaced"),
        BillingStatus::Cancelled => pick(language, "Dibatalkan", "Cancelled"),
    }
}

/// The name of a party.
pub fn party(party: Party, language: Language) -> &'static str {
    match party {
        Party::Office => pick(language, "Kantor", "Office"),
        Party::Customer => pick(language, "Pelanggan", "Customer"),
    }
}
