//! The wording of a condition for the public checklist, in English and Indonesian, derived from the
//! condition. It is designed for the conditions in use, not for every possible one.

use super::condition::Condition;
use crate::certification::facts::{ApplicantKind, ApplicationKind, CertificationType, Commodity};
use crate::sop::text::Text;

fn after(text: &Text, en: &str, id: &str) -> Text {
    Text::new(format!("{id} {}", text.id), format!("{en} {}", text.en))
}

fn joined(parts: impl Iterator<Item = Text>, en: &str, id: &str) -> Text {
    let (in_english, in_indonesian): (Vec<_>, Vec<_>) =
        parts.map(|part| (part.en, part.id)).unzip();
    Text::new(in_indonesian.join(id), in_english.join(en))
}

fn listed<T: Copy>(values: &[T], name: fn(T) -> (&'static str, &'static str)) -> Text {
    let names = values.iter().map(|&value| name(value));
    joined(names.map(|(en, id)| Text::new(id, en)), " or ", " atau ")
}

impl Condition {
    /// The condition as the end of "this document is required …": "always", or "if …".
    pub fn wording(&self) -> Text {
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
            | Self::Not(_) => after(&self.clause(), "if", "jika"),
        }
    }

    fn clause(&self) -> Text {
        match self {
            Self::Always => Text::new("selalu", "always"),
            Self::KindIs(kinds) => after(
                &listed(kinds, application),
                "the application is for",
                "permohonan untuk",
            ),
            Self::ApplicantIs(kinds) => after(
                &listed(kinds, applicant),
                "the applicant is",
                "pemohon adalah",
            ),
            Self::CommodityIs(groups) => {
                after(&listed(groups, commodity), "the product is", "produknya")
            }
            Self::CertificationTypeIs(types) => after(
                &listed(types, certification_type),
                "the certification is",
                "sertifikasinya",
            ),
            Self::SmallBusiness => Text::new(
                "usaha berskala mikro atau kecil",
                "the business is micro or small",
            ),
            Self::DiscountWanted => Text::new(
                "potongan tarif UMKM diminta",
                "the discount for small businesses is wanted",
            ),
            Self::BrandOfAnother => Text::new(
                "merek milik pihak lain",
                "the brand belongs to another party",
            ),
            Self::QmsCertified => Text::new(
                "pemohon memiliki sertifikat ISO 9001",
                "the applicant holds an ISO 9001 certificate",
            ),
            Self::WaterPermitOfAnother => Text::new(
                "SIPA dimiliki pihak lain",
                "the water permit (SIPA) is held by another party",
            ),
            Self::All(parts) => joined(parts.iter().map(Self::part), ", and ", ", dan "),
            Self::Any(parts) => joined(parts.iter().map(Self::part), ", or ", ", atau "),
            Self::Not(part) => after(&part.part(), "it is not so that", "tidak benar bahwa"),
        }
    }

    /// The clause as part of a larger one: `all` and `any` get brackets, so that "and" and "or"
    /// stay apart.
    fn part(&self) -> Text {
        let clause = self.clause();
        match self {
            Self::All(_) | Self::Any(_) => {
                Text::new(format!("({})", clause.id), format!("({})", clause.en))
            }
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
            | Self::Not(_) => clause,
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
        assert_eq!(Condition::Always.wording(), Text::new("selalu", "always"));
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
        let expected = Text::new(
            "jika usaha berskala mikro atau kecil, dan (pemohon memiliki sertifikat ISO 9001, atau merek milik pihak lain)",
            "if the business is micro or small, and (the applicant holds an ISO 9001 certificate, or the brand belongs to another party)",
        );
        assert_eq!(both.wording(), expected);
    }
}
