//! Sample documents with invented data, one of each type and the difficult cases; used by the
//! gallery, benchmarks and tests.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::json;

use super::notice::{AuditNotice, Billing, audit_notice};
use super::{
    ApplicationLetter, application_letter, audit_confirmation, audit_time_sheet, billing_sheet,
    deficiency_sheet,
};
use crate::certification::audit_time::{AuditTime, AuditTimeForm};
use crate::certification::billing::account::PaymentAccount;
use crate::certification::billing::{BillingStatus, BillingView, SentText};
use crate::certification::confirmation::{Answer, Confirmation, Objection, Proposal};
use crate::certification::cost::CostLine;
use crate::certification::deficiency::{DeficiencyItem, DeficiencySheet, ItemResult};
use crate::certification::form::ApplicationForm;
use crate::certification::notice::{Mark, NamedMember, NoticeContent};
use crate::certification::schemes::{Scheme, SchemeCode};
use crate::certification::snapshot::{FrozenDocument, Snapshot};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, AuditorId, BillingId, DeficiencySheetId, UserId};
use crate::typesetting::{
    Document, LetterEnding, SignatureBlock, Signer, VerificationLink, qr_svg, rupiah_in_words,
};

const NUMBER: &str = "P-2026-00017";

/// The time of every sample: Monday, 6 July 2026, in the morning.
fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_783_302_600, 0).unwrap_or_default()
}

/// All samples of certification, by the file name of their picture.
pub fn all() -> Result<Vec<(&'static str, Document)>> {
    let (form, product) = (form()?, product_form()?);
    let signed = LetterEnding::Signed(Box::new(signed("Kepala Balai", true)?));
    let in_ink = LetterEnding::Signed(Box::new(signed_for()?));
    let billing = Billing {
        code: "820260706123456",
        amount: 9_000_000,
        expires_at: at() + TimeDelta::days(7),
    };
    Ok(vec![
        (
            "surat-permohonan",
            application_letter(&ApplicationLetter::submitted(
                NUMBER,
                &handed_in(&form),
                at(),
            ))?,
        ),
        (
            "surat-permohonan-konsep",
            application_letter(&ApplicationLetter::draft(
                &product,
                BTreeSet::from(["P01", "P03"]),
                at(),
            ))?,
        ),
        (
            "lembar-kekurangan",
            deficiency_sheet(&sheet(5), NUMBER, &form)?,
        ),
        (
            "lembar-kekurangan-nihil",
            deficiency_sheet(&sheet(0), NUMBER, &form)?,
        ),
        (
            "lembar-kekurangan-panjang",
            deficiency_sheet(&sheet(24), NUMBER, &product)?,
        ),
        (
            "lembar-konfirmasi",
            audit_confirmation(&confirmation(false)?, NUMBER, &form, &names())?,
        ),
        (
            "lembar-konfirmasi-dijawab",
            audit_confirmation(&confirmation(true)?, NUMBER, &form, &names())?,
        ),
        (
            "lembar-waktu-audit",
            audit_time_sheet(&audit_time(&form, true)?, NUMBER, &form)?,
        ),
        (
            "lembar-waktu-audit-ditetapkan",
            audit_time_sheet(&audit_time(&product, false)?, NUMBER, &product)?,
        ),
        (
            "surat-pemberitahuan",
            notice(&form, &signed, Some(billing))?,
        ),
        (
            "surat-pemberitahuan-konsep",
            notice(&form, &LetterEnding::Draft, None)?,
        ),
        (
            "surat-pemberitahuan-produk",
            notice(&product, &signed, None)?,
        ),
        ("surat-pemberitahuan-plh", notice(&form, &in_ink, None)?),
        (
            "lembar-tagihan",
            billing_sheet(
                &billing_view(BillingStatus::Issued)?,
                None,
                NUMBER,
                &form,
                at(),
            )?,
        ),
        (
            "lembar-tagihan-digantikan",
            billing_sheet(
                &billing_view(BillingStatus::Replaced)?,
                Some(&BillingView {
                    id: BillingId(uuid::Uuid::max()),
                    code: "820260713000042".to_owned(),
                    ..billing_view(BillingStatus::Issued)?
                }),
                NUMBER,
                &form,
                at(),
            )?,
        ),
    ])
}

/// A billing of nine million rupiah with this status.
fn billing_view(status: BillingStatus) -> Result<BillingView> {
    let text = |text: &str, sent: &str| SentText {
        text: text.to_owned(),
        sent: sent.to_owned(),
    };
    let lines = json!([
        {"kind": "tariff", "description": "Ketua tim audit", "quantity": 2, "unit": "OH", "unit_amount": 2_500_000, "channel": "pnbp_billing", "legal_basis": "PP 54/2021"},
        {"kind": "tariff", "description": "Auditor", "quantity": 2, "unit": "OH", "unit_amount": 2_000_000, "channel": "pnbp_billing", "legal_basis": "PP 54/2021"},
    ]);
    Ok(BillingView {
        id: BillingId(uuid::Uuid::nil()),
        application_id: ApplicationId(uuid::Uuid::nil()),
        code: "820260706123456".to_owned(),
        amount: 9_000_000,
        amount_in_words: rupiah_in_words(9_000_000),
        currency: "IDR",
        lines: serde_json::from_value(lines).map_err(Error::internal)?,
        account_code: None,
        payer: text("PT Tirta Musi Sejahtera", "PT Tirta Musi Sejahtera"),
        note: text(
            "Sertifikasi Sistem Mutu P-2026-00017",
            "Sertifikasi Sistem Mutu P 2026 00017",
        ),
        status,
        payable: status == BillingStatus::Issued,
        issued_at: at(),
        expires_at: at() + TimeDelta::days(7),
        from_payment_office: false,
        replaces: None,
        replaced_by: None,
        ended_at: None,
        ended_because: None,
        received: 0,
        refunded: 0,
        replacement_request: None,
        payments: Vec::new(),
        account: PaymentAccount::of(9_000_000, 0),
    })
}

/// The letter for benchmarks: signed, with QR code and billing; `seed` makes each one different.
pub fn letter(seed: u32) -> Result<Document> {
    let mut form = form()?;
    form.company.name = format!("PT Tirta Musi Sejahtera {seed}");
    let end = SignatureBlock {
        number: format!("B/{seed}/BSKJI/BSPJI-Palembang/PA/VII/2026"),
        ..signed("Kepala Balai", true)?
    };
    notice(
        &form,
        &LetterEnding::Signed(Box::new(end)),
        Some(Billing {
            code: "820260706123456",
            amount: 9_000_000,
            expires_at: at() + TimeDelta::days(7),
        }),
    )
}

fn notice(
    form: &ApplicationForm,
    ending: &LetterEnding,
    billing: Option<Billing<'_>>,
) -> Result<Document> {
    let mark = |name: &str, capacity: &str| Mark {
        by: UserId(uuid::Uuid::nil()),
        name: name.to_owned(),
        capacity: capacity.to_owned(),
        acting_appointment: None,
        at: at(),
        content_sha256: String::new(),
    };
    let (letter, cost) = (
        mark("Dra. Ratna Wulandari", "Ketua Tim SS"),
        mark("Hendra Saputra, S.E.", "Ketua Tim PJI"),
    );
    let content = content(form)?;
    audit_notice(
        &AuditNotice {
            content: &content,
            drafted_on: day(6),
            initials: vec![&letter, &cost],
            billing,
        },
        ending,
    )
}

fn signed(capacity: &str, verified: bool) -> Result<SignatureBlock> {
    let url = "https://layanan.example.go.id/api/v1/public/letters/7K3F9QX2M8VW4B1N";
    let verification = if verified {
        Some(VerificationLink {
            url: url.to_owned(),
            qr: qr_svg(url)?,
        })
    } else {
        None
    };
    Ok(SignatureBlock {
        number: "B/42/BSKJI/BSPJI-Palembang/PA/VII/2026".to_owned(),
        date: day(8),
        signer: Signer {
            nip: Some("19700101 199503 2 001".to_owned()),
            ..Signer::new(capacity, "Ir. Sari Puspita, M.T.")
        },
        verification,
    })
}

/// Signed in ink by an acting head.
fn signed_for() -> Result<SignatureBlock> {
    Ok(SignatureBlock {
        signer: Signer::new("Plh. Kepala Balai", "Dra. Ratna Wulandari"),
        ..signed("", false)?
    })
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, day).unwrap_or_default()
}

fn form() -> Result<ApplicationForm> {
    serde_json::from_value(json!({
        "scheme": "quality_iso9001", "kind": "initial",
        "company": {"name": "PT Tirta Musi Sejahtera", "nib": "1234567890123", "address": "Jl. Jenderal Sudirman No. 210, Palembang 30126"},
        "site": {"name": "Pabrik Kertapati", "address": "Jl. Ki Marogan No. 8", "regency": "Kota Palembang", "province": "Sumatera Selatan"},
        "scope": "Produksi air minum dalam kemasan, dari penerimaan bahan baku sampai dengan pengiriman produk jadi",
        "personnel": {"total": 48, "shifts": 2},
        "contact": {"name": "Rahmat Hidayat", "email": "mutu@tirtamusi.example", "phone": "+62 711 555 0101"},
    }))
    .map_err(Error::internal)
}

fn product_form() -> Result<ApplicationForm> {
    serde_json::from_value(json!({
        "scheme": "product_sni", "kind": "scope_extension", "facts": {"commodity": "bottled_water", "certification_type": "type_5"},
        "company": {"name": "CV Baja Ringan Sriwijaya", "nib": "9876543210987", "address": "Kawasan Industri Gandus Blok C-7, Palembang"},
        "site": {"name": "Pabrik Gandus", "address": "Kawasan Industri Gandus Blok C-7", "regency": "Kota Palembang", "province": "Sumatera Selatan"},
        "products": [
            {"name": "Air mineral", "brand": "Tirta Musi", "standard": "SNI 3553:2023"},
            {"name": "Air demineral", "brand": "Tirta Musi Murni", "standard": "SNI 6241:2015"},
        ],
        "personnel": {"total": 120, "shifts": 3},
        "contact": {"name": "Yuliana Sari", "email": "qa@bajaringan.example", "phone": "+62 711 555 0102"},
    }))
    .map_err(Error::internal)
}

fn handed_in(form: &ApplicationForm) -> Snapshot {
    let checklist: Vec<String> = Scheme::of(form.scheme)
        .checklist(&form.facts())
        .map(|row| row.code.to_owned())
        .collect();
    let document = |code: &String| FrozenDocument {
        requirement: code.clone(),
        version: 1,
        sha256: String::new(),
    };
    Snapshot {
        form: form.clone(),
        documents: checklist.iter().map(document).collect(),
        checklist,
        completion: None,
    }
}

fn sheet(items: usize) -> DeficiencySheet {
    let rows = Scheme::of(SchemeCode::ProductSni)
        .requirements
        .iter()
        .cycle();
    let notes = [
        "Belum ditandatangani direksi.",
        "NPWP atas nama perusahaan lama; unggah yang baru.",
        "Masa berlaku berakhir 31 Mei 2026.\nUnggah perpanjangannya.",
    ];
    let item = |(i, row): (usize, &crate::certification::schemes::Requirement)| DeficiencyItem {
        no: u16::try_from(i + 1).unwrap_or_default(),
        requirement: row.code.to_owned(),
        title: row.title.into(),
        result: if i % 3 == 1 {
            ItemResult::Unfit
        } else {
            ItemResult::Missing
        },
        note: notes[i % notes.len()].to_owned(),
    };
    DeficiencySheet {
        id: DeficiencySheetId(uuid::Uuid::nil()),
        number: "LK-2026-00023".to_owned(),
        round: 1,
        items: rows.take(items).enumerate().map(item).collect(),
        issued_at: at(),
    }
}

fn auditor(n: u128) -> AuditorId {
    AuditorId(uuid::Uuid::from_u128(n))
}

/// An audit time by the table or set by hand.
fn audit_time(application: &ApplicationForm, by_table: bool) -> Result<AuditTime> {
    let inputs = if by_table {
        json!({
            "rule": "iaf_md5", "technical_codes": ["IAF 3"], "on_site_percent": 90,
            "personnel": [
                {"name": "Kantor dan laboratorium", "people": 18, "hours_a_day": 8},
                {"name": "Produksi, gilir 1", "people": 60, "hours_a_day": 8},
                {"name": "Produksi, gilir 2", "people": 60, "hours_a_day": 8, "counted_percent": 50, "reason": "Pekerjaan yang sama dengan gilir 1, diperiksa pada pergantian gilir."},
                {"name": "Paruh waktu", "people": 12, "hours_a_day": 4},
            ],
            "adjustments": [
                {"code": "known_organisation", "percent": -15, "reason": "Pelanggan memegang sertifikat ISO 14001 dari Balai sejak 2021."},
                {"code": "complicated_site", "percent": 5, "reason": "Gudang terpisah, 4 km dari pabrik."},
            ],
        })
    } else {
        json!({"rule": "by_hand", "man_days": 4.5, "reason": "Sertifikasi produk: hari audit menurut skema tipe 5, dua produk, satu lini."})
    };
    let form: AuditTimeForm = serde_json::from_value(inputs).map_err(Error::internal)?;
    let result = form.calculate(application).map_err(Error::invalid)?;
    Ok(AuditTime {
        seq: 1,
        form,
        result,
        recorded_at: at(),
        recorded_by: "Dewi Lestari, S.T.".to_owned(),
    })
}

fn names() -> Vec<String> {
    [
        "Ir. Sri Wahyuni, M.T.",
        "Bambang Susilo, S.T.",
        "Nurul Fadhilah, S.Si.",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn content(form: &ApplicationForm) -> Result<NoticeContent> {
    let roles = serde_json::from_value::<Vec<crate::certification::auditors::TeamRole>>(json!([
        "lead", "auditor", "expert"
    ]))
    .map_err(Error::internal)?;
    let team = names()
        .into_iter()
        .zip(roles)
        .zip(1..)
        .map(|((name, role), n)| NamedMember {
            auditor_id: auditor(n),
            name,
            role,
        });
    let date = |day| NaiveDate::from_ymd_opt(2026, 8, day).unwrap_or_default();
    Ok(NoticeContent {
        application_number: NUMBER.to_owned(),
        company: form.company.name.clone(),
        address: form.postal_address(),
        site: form.site.clone(),
        scheme: form.scheme,
        certification_type: form.facts.certification_type,
        products: form.products.clone(),
        scope: form.scope.clone(),
        kind: form.kind,
        team: team.collect(),
        audit_dates: vec![date(3), date(4)],
        cost_lines: cost(form.scheme == SchemeCode::ProductSni)?,
        billing_total: 9_000_000,
        direct_total: 1_910_000,
        currency: "IDR".to_owned(),
        reason: None,
    })
}

/// The cost of an audit. Of a product, with half a day more and the discount for small businesses;
/// both bill nine million. Transport is by hand.
fn cost(of_product: bool) -> Result<Vec<CostLine>> {
    const LIST: &str = "PP 47/2011 (tarif lama, contoh)";
    let line = |kind: &str,
                description: &str,
                quantity: f64,
                unit: &str,
                amount: i64,
                code: &str| json!({"kind": kind, "description": description, "quantity": quantity, "unit": unit, "unit_amount": amount, "channel": "pnbp_billing", "legal_basis": LIST, "tariff_code": code});
    let (auditor_days, process) = if of_product {
        (2.5, 2_750_000)
    } else {
        (2.0, 500_000)
    };
    let mut lines = vec![
        line(
            "tariff",
            "Permohonan sertifikasi",
            1.0,
            "permohonan",
            500_000,
            "PERMOHONAN",
        ),
        line(
            "tariff",
            "Audit tahap 1",
            1.0,
            "kegiatan",
            1_000_000,
            "TAHAP-1",
        ),
        line("tariff", "Ketua tim audit", 2.0, "OH", 2_000_000, "KETUA"),
        line(
            "tariff",
            "Auditor",
            auditor_days,
            "OH",
            1_500_000,
            "AUDITOR",
        ),
        line(
            "tariff",
            "Proses sertifikasi",
            1.0,
            "sertifikat",
            process,
            "PROSES",
        ),
        json!({"kind": "travel_per_diem", "description": "Uang harian dalam kota lebih dari 8 jam, 3 orang x 2 hari, Sumatera Selatan",
            "quantity": 6, "unit": "OH", "unit_amount": 150_000, "channel": "direct_by_client",
            "legal_basis": "PMK 32/2025, SBM 2026 (contoh)", "tariff_code": "SBM-SUMSEL-DALAM-KOTA"}),
        json!({"kind": "travel_transport", "description": "Transportasi tim ke lokasi, pergi pulang", "quantity": 2, "unit": "kali",
            "unit_amount": 505_000, "channel": "direct_by_client", "legal_basis": "PMK 32/2025 (contoh)",
            "reason": "Sewa kendaraan menurut penawaran; SBM transport provinsi ini belum diimpor."}),
    ];
    if of_product {
        lines.push(json!({"kind": "discount",
            "description": "Potongan usaha mikro dan kecil 25 % dari Rp12.000.000, dibulatkan ke rupiah terdekat (setengah ke atas)",
            "quantity": 1, "unit": "potongan", "unit_amount": -3_000_000, "channel": "pnbp_billing",
            "legal_basis": "Kebijakan Balai (contoh)", "tariff_code": "UMK-25"}));
    }
    serde_json::from_value(lines.into()).map_err(Error::internal)
}

fn confirmation(answered: bool) -> Result<Confirmation> {
    let date = |day| NaiveDate::from_ymd_opt(2026, 8, day).unwrap_or_default();
    let team = json!([{"auditor_id": auditor(1), "role": "lead"}, {"auditor_id": auditor(2), "role": "auditor"}, {"auditor_id": auditor(3), "role": "expert"}]);
    let objection = Objection {
        auditor_id: auditor(2),
        reason: "Pernah menjadi konsultan kami tahun lalu.".to_owned(),
    };
    let proposal = Proposal {
        proposed_dates: vec![date(3), date(10), date(18)],
        audit_days: Some(2),
        proposed_team: serde_json::from_value(team).map_err(Error::internal)?,
        cost_estimate: cost(false)?,
        answer_by: at() + TimeDelta::days(7),
        reason: None,
    };
    let answer = Answer {
        chosen_date: date(10),
        accepts_cost: true,
        cost_reason: None,
        objections: vec![objection],
    };
    Ok(Confirmation {
        seq: 1,
        round: 1,
        proposal,
        sent_at: at(),
        answer: answered.then_some(answer),
        answered_at: answered.then(|| at() + TimeDelta::days(2)),
    })
}
