//! The wording of a condition for the public checklist, in English and Indonesian, derived from the
//! condition. It is designed for the conditions in use, not for every possible one.

use super::condition::Condition;
use crate::certification::facts::{ApplicantKind, ApplicationKind, CertificationType, Commodity};

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// English.
    pub en: String,
    /// Indonesian.
    pub id: String,
}

impl Wording {
    fn new(en: &str, id: &str) -> Self {
        Self {
            en: en.to_owned(),
            id: id.to_owned(),
        }
    }

    fn after(self, en: &str, id: &str) -> Self {
        Self {
            en: format!("{en} {}", self.en),
            id: format!("{id} {}", self.id),
        }
    }

    fn joined(parts: impl Iterator<Item = Self>, en: &str, id: &str) -> Self {
        let (in_english, in_indonesian): (Vec<_>, Vec<_>) =
            parts.map(|part| (part.en, part.id)).unzip();
        Self {
            en: in_english.join(en),
            id: in_indonesian.join(id),
        }
    }

    fn listed<T: Copy>(values: &[T], name: fn(T) -> (&'static str, &'static str)) -> Self {
        let names = values.iter().map(|&value| name(value));
        Self::joined(names.map(|(en, id)| Self::new(en, id)), " or ", " atau ")
    }
}

impl Condition {
    /// The condition as the end of "this document is required …": "always", or "if …".
    pub fn wording(&self) -> Wording {
        match self {
            Self::Always => self.clause(),
            Self::KindIs(_)
            | Self::ApplicantIs(_)
            | Self::CommodityIs(_)
            | Self::CertificationTypeIs(_)
            | Self::SmallBusiness
            | Self::DiscountWanted
            | Self::BrandOfAnother
            | Self::QmsCertified
            | Self::WaterPermitOfAnother
            | Self::All(_)
            | Self::Any(_)
            | Self::Not(_) => self.clause().after("if", "jika"),
        }
    }

    fn clause(&self) -> Wording {
        match self {
            Self::Always => Wording::new("always", "selalu"),
            Self::KindIs(kinds) => Wording::listed(kinds, application)
                .after("the application is for", "permohonan untuk"),
            Self::ApplicantIs(kinds) => {
                Wording::listed(kinds, applicant).after("the applicant is", "pemohon adalah")
            }
            Self::CommodityIs(groups) => {
                Wording::listed(groups, commodity).after("the product is", "produknya")
            }
            Self::CertificationTypeIs(types) => Wording::listed(types, certification_type)
                .after("the certification is", "sertifikasinya"),
            Self::SmallBusiness => Wording::new(
                "the business is micro or small",
                "usaha berskala mikro atau kecil",
            ),
            Self::DiscountWanted => Wording::new(
                "the discount for small businesses is wanted",
                "potongan tarif UMKM diminta",
            ),
            Self::BrandOfAnother => Wording::new(
                "the brand belongs to another party",
                "merek milik pihak lain",
            ),
            Self::QmsCertified => Wording::new(
                "the applicant holds an ISO 9001 certificate",
                "pemohon memiliki sertifikat ISO 9001",
            ),
            Self::WaterPermitOfAnother => Wording::new(
                "the water permit (SIPA) is held by another party",
                "SIPA dimiliki pihak lain",
            ),
            Self::All(parts) => Wording::joined(parts.iter().map(Self::part), ", and ", ", dan "),
            Self::Any(parts) => Wording::joined(parts.iter().map(Self::part), ", or ", ", atau "),
            Self::Not(part) => part.part().after("it is not so that", "tidak benar bahwa"),
        }
    }

    /// The clause as part of a larger one: `all` and `any` get brackets, so that "and" and "or"
    /// stay apart.
    fn part(&self) -> Wording {
        let Wording { en, id } = self.clause();
        match self {
            Self::All(_) | Self::Any(_) => Wording {
                en: format!("({en})"),
                id: format!("({id})"),
            },
            Self::Always
            | Self::KindIs(_)
            | Self::ApplicantIs(_)
            | Self::CommodityIs(_)
            | Self::CertificationTypeIs(_)
            | Self::SmallBusiness
            | Self::DiscountWanted
            | Self::BrandOfAnother
            | Self::QmsCertified
            | Self::WaterPermitOfAnother
            | Self::Not(_) => Wording { en, id },
        }
    }
}

const fn application(kind: ApplicationKind) -> (&'static str, &'static str) {
    match kind {
        ApplicationKind::Initial => ("initial certification", "sertifikasi awal"),
        ApplicationKind::Surveillance => ("surveillance", "surveilen"),
        ApplicationKind::Recertification => ("recertification", "sertifikasi ulang"),
        ApplicationKind::ScopeExtension => ("an extension of scope", "perluasan lingkup"),
        ApplicationKind::ScopeReduction => ("a reduction of scope", "pengurangan lingkup"),
        ApplicationKind::Transfer => ("a transfer from another body", "transfer dari lembaga lain"),
        ApplicationKind::Special => ("a special audit", "audit khusus"),
        ApplicationKind::Reinstatement => ("a reinstatement", "pemulihan sertifikat"),
    }
}

const fn applicant(kind: ApplicantKind) -> (&'static str, &'static str) {
    match kind {
        ApplicantKind::Producer => ("a producer in Indonesia", "produsen dalam negeri"),
        ApplicantKind::Importer => ("an importer", "importir"),
        ApplicantKind::BrandOwner => ("a brand owner", "pemilik merek"),
        ApplicantKind::ForeignProducer => ("a producer abroad", "produsen di luar negeri"),
    }
}

const fn commodity(group: Commodity) -> (&'static str, &'static str) {
    match group {
        Commodity::BottledWater => (
            "bottled drinking water (AMDK)",
            "air minum dalam kemasan (AMDK)",
        ),
        Commodity::Food => ("food", "pangan"),
        Commodity::Other => ("neither food nor drink", "bukan pangan"),
    }
}

const fn certification_type(form: CertificationType) -> (&'static str, &'static str) {
    match form {
        CertificationType::Type3 => ("SPPT SNI type 3", "SPPT SNI tipe 3"),
        CertificationType::Type5 => ("SPPT SNI type 5", "SPPT SNI tipe 5"),
        CertificationType::Smk3 => ("SMK3", "SMK3"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_hands_in_is_needed_always() {
        assert_eq!(
            Condition::Always.wording(),
            Wording::new("always", "selalu")
        );
    }

    #[test]
    fn a_list_reads_as_alternatives() {
        let condition =
            Condition::KindIs(&[ApplicationKind::Initial, ApplicationKind::ScopeExtension]);
        let wording = condition.wording();
        assert_eq!(
            wording.en,
            "if the application is for initial certification or an extension of scope"
        );
        assert_eq!(
            wording.id,
            "jika permohonan untuk sertifikasi awal atau perluasan lingkup"
        );
    }

    #[test]
    fn a_tree_within_a_tree_is_bracketed() {
        let either = Condition::Any(&[
            Condition::QmsCertified,
            Condition::Not(&Condition::BrandOfAnother),
        ]);
        assert_eq!(
            either.wording().en,
            "if the applicant holds an ISO 9001 certificate, or it is not so that the brand belongs to another party"
        );
        let both = Condition::All(&[
            Condition::SmallBusiness,
            Condition::Any(&[Condition::QmsCertified, Condition::BrandOfAnother]),
        ]);
        let expected = Wording::new(
            "if the business is micro or small, and (the applicant holds an ISO 9001 certificate, or the brand belongs to another party)",
            "jika usaha berskala mikro atau kecil, dan (pemohon memiliki sertifikat ISO 9001, atau merek milik pihak lain)",
        );
        assert_eq!(both.wording(), expected);
    }
}
