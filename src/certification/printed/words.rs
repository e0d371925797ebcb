//! Shared parts of the printed documents: the Indonesian terms for codes, and the cost table with
//! sums in figures and words.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

use crate::certification::auditors::TeamRole;
use crate::certification::cost::{Channel, CostLine, total};
use crate::certification::facts::{ApplicationKind, CertificationType};
use crate::certification::schemes::{Scheme, SchemeCode};
use crate::typesetting::{rupiah, rupiah_in_words, weekday_in_words};

/// The kind of application in Indonesian.
pub(super) fn kind(kind: ApplicationKind) -> &'static str {
    match kind {
        ApplicationKind::Initial => "Sertifikasi awal",
        ApplicationKind::Surveillance => "Surveilen",
        ApplicationKind::Recertification => "Sertifikasi ulang",
        ApplicationKind::ScopeExtension => "Perluasan lingkup",
        ApplicationKind::ScopeReduction => "Pengurangan lingkup",
        ApplicationKind::Transfer => "Transfer sertifikasi",
        ApplicationKind::Special => "Audit khusus",
        ApplicationKind::Reinstatement => "Pemulihan sertifikasi",
    }
}

/// The scheme in Indonesian: its title, and the title with the type of certification or the
/// standard. Two schemes describe their standard in English. A product application without a type
/// of certification (a draft, or one from before the type was required) names none.
pub(super) fn scheme(code: SchemeCode, form: Option<CertificationType>) -> Value {
    let scheme = Scheme::of(code);
    let against = match (code, form) {
        (SchemeCode::ProductSni, Some(CertificationType::Type5)) => Some("tipe 5"),
        (SchemeCode::ProductSni, Some(CertificationType::Type3)) => Some("tipe 3"),
        (SchemeCode::ProductSni, Some(CertificationType::Smk3) | None) => None,
        (SchemeCode::OhsIso45001, Some(CertificationType::Smk3)) => Some("SMK3 menurut PP 50/2012"),
        (SchemeCode::GreenIndustry, _) => Some("Standar Industri Hijau (SIH), Permenperin 39/2018"),
        (
            SchemeCode::QualityIso9001
            | SchemeCode::EnvironmentIso14001
            | SchemeCode::FoodSafetyIso22000
            | SchemeCode::OhsIso45001,
            _,
        ) => Some(scheme.standard),
    };
    let full = against.map_or_else(
        || scheme.title.id.to_owned(),
        |against| format!("{}, {against}", scheme.title.id),
    );
    json!({"title": scheme.title.id, "full": full})
}

/// The team role in Indonesian.
pub(super) fn role(role: TeamRole) -> &'static str {
    match role {
        TeamRole::Lead => "Ketua Tim Audit",
        TeamRole::Auditor => "Auditor",
        TeamRole::SamplingOfficer => "Petugas Pengambil Contoh",
        TeamRole::Expert => "Tenaga Ahli",
        TeamRole::Observer => "Pengamat",
        TeamRole::Evaluator => "Evaluator",
        TeamRole::Decider => "Pengambil Keputusan",
    }
}

/// The days in order; consecutive days are joined as "… s.d. …".
pub(super) fn days(days: &[NaiveDate]) -> Vec<String> {
    let runs = days.chunk_by(|one, next| one.succ_opt() == Some(*next));
    runs.filter_map(|run| match run {
        [] => None,
        [day] => Some(weekday_in_words(*day)),
        [first, .., last] => Some(format!(
            "{} s.d. {} ({} hari)",
            weekday_in_words(*first),
            weekday_in_words(*last),
            run.len()
        )),
    })
    .collect()
}

/// A row of the cost table.
#[derive(Serialize)]
struct CostRow<'a> {
    description: &'a str,
    quantity: String,
    unit: &'a str,
    unit_amount: String,
    amount: String,
    basis: &'a str,
    /// Why the line was made by hand.
    reason: Option<&'a str>,
}

/// The cost table: a group of rows for each way of payment in use, with its sum in figures and
/// words.
pub(super) fn cost(lines: &[CostLine]) -> Value {
    let ways = [
        (
            Channel::PnbpBilling,
            "Penerimaan Negara Bukan Pajak (PNBP), dibayar melalui e-billing",
            "melalui e-billing (PNBP)",
        ),
        (
            Channel::DirectByClient,
            "Dibayar langsung oleh pelanggan",
            "yang Saudara bayar langsung",
        ),
        (
            Channel::BorneByOffice,
            "Ditanggung oleh Balai",
            "yang ditanggung Balai",
        ),
    ];
    let groups = ways.into_iter().filter_map(|(channel, title, way)| {
        let rows: Vec<CostRow<'_>> = lines.iter().filter(|line| line.channel == channel).map(cost_row).collect();
        let sum = total(lines, channel);
        (!rows.is_empty()).then(|| json!({"title": title, "way": way, "lines": rows, "total": rupiah(sum), "words": rupiah_in_words(sum)}))
    });
    groups.collect()
}

fn cost_row(line: &CostLine) -> CostRow<'_> {
    CostRow {
        description: &line.description,
        quantity: line.quantity.to_string(),
        unit: &line.unit,
        unit_amount: rupiah(line.unit_amount),
        amount: rupiah(line.amount()),
        basis: &line.legal_basis,
        reason: line.reason.as_deref(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certification::quantity::Quantity;

    #[test]
    fn days_in_a_row_are_named_by_the_first_and_the_last() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 8, day).unwrap();
        assert_eq!(
            days(&[day(3), day(4), day(5), day(10)]),
            [
                "Senin, 3 Agustus 2026 s.d. Rabu, 5 Agustus 2026 (3 hari)",
                "Senin, 10 Agustus 2026"
            ]
        );
        assert!(days(&[]).is_empty());
    }

    #[test]
    fn cost_is_summed_for_each_way_of_paying_that_occurs() {
        let line = |amount, channel| CostLine {
            kind: crate::certification::cost::CostKind::Tariff,
            description: "Ketua tim".into(),
            quantity: Quantity::of(2).unwrap(),
            unit: "OH".into(),
            unit_amount: amount,
            channel,
            legal_basis: "PP 54/2021".into(),
            tariff_code: None,
            reason: Some("Belum ada dalam daftar tarif.".into()),
        };
        let groups = cost(&[
            line(2_000_000, Channel::PnbpBilling),
            line(500_000, Channel::DirectByClient),
            line(1, Channel::PnbpBilling),
        ]);
        assert_eq!(groups.as_array().map(Vec::len), Some(2));
        assert_eq!(
            (&groups[0]["total"], &groups[0]["words"]),
            (&json!("Rp4.000.002"), &json!("Empat juta dua rupiah"))
        );
        assert_eq!(groups[1]["lines"][0]["amount"], "Rp1.000.000");
    }
}
