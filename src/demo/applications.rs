//! The applications of the demo office: one at each stage, one of them with a paid e-billing.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::act::{Act, By, Call, Content, Setting, Story};
use crate::sop::role::Role;

/// The way of an application without deficiencies, to the sent notice.
const ROAD: [Act; 11] = [
    customer(0, Call::Draft),
    customer(40, Call::Post("/submission", nothing)),
    office(10, Role::PjiStaff, "/filing", nothing),
    office(60, Role::OperationsStaff, "/verification", complete),
    office(20, Role::PjiStaff, "/audit-confirmation", proposal),
    customer(20 * 60, Call::Post("/completion", acceptance)),
    office(20, Role::OperationsStaff, "/audit-notice", notice),
    office(
        5,
        Role::SsLead,
        "/audit-notice/initials",
        |_| json!({"as": "letter"}),
    ),
    office(
        5,
        Role::PjiLead,
        "/audit-notice/initials",
        |_| json!({"as": "cost"}),
    ),
    office(10, Role::Head, "/audit-notice/signature", nothing),
    office(10, Role::PjiStaff, "/audit-notice/dispatch", billing),
];

const DEFICIENT: Act = office(60, Role::OperationsStaff, "/verification", deficient);
const PROPOSED: Act = ROAD[4];
const ANSWERED: Act = customer(20 * 60, Call::Post("/completion", explanation));
const PAID: Act = Act {
    after: 18 * 60,
    by: By::Role(Role::Treasurer),
    call: Call::Pay,
};
const REJECTED: Act = office(
    60,
    Role::SsLead,
    "/rejection",
    |_| json!({"reason": "Ruang lingkup di luar akreditasi kantor ini."}),
);
const WITHDRAWN: Act = customer(
    90,
    Call::Post(
        "/withdrawal",
        |_| json!({"reason": "Rencana produksi ditunda ke tahun depan."}),
    ),
);

/// The stories.
#[rustfmt::skip]
pub(super) static STORIES: [Story; 16] = [
    story("draft", 0, ("product_sni", "PT Tirta Musi Sejahtera", "Air mineral 600 ml"), &[road(1)]),
    story("submitted", 0, ("quality_iso9001", "PT Karet Sriwijaya Utama", "Pengolahan karet remah"), &[road(2)]),
    story("filed", 0, ("product_sni", "CV Pempek Ampera", "Air mineral 330 ml"), &[road(3)]),
    story("deficient", 0, ("quality_iso9001", "PT Baja Kertapati", "Pembuatan paku dan kawat"), &[road(3), &[DEFICIENT]]),
    story("verified", 0, ("environment_iso14001", "PT Pupuk Ogan Jaya", "Pembuatan pupuk organik"), &[road(4)]),
    story("awaiting_customer", 0, ("ohs_iso45001", "PT Galangan Sungai Lais", "Perbaikan kapal sungai"), &[road(5)]),
    story("completed", 0, ("quality_iso9001", "PT Kayu Lapis Banyuasin", "Pembuatan kayu lapis"), &[road(3), &[DEFICIENT, PROPOSED, ANSWERED]]),
    story("confirmed", 0, ("food_safety_iso22000", "PT Kopi Semendo Raya", "Penyangraian kopi"), &[road(6)]),
    story("notice_drafted", 0, ("quality_iso9001", "PT Semen Tanjung Enim", "Pembuatan beton pracetak"), &[road(7)]),
    story("notice_initialled", 0, ("environment_iso14001", "PT Minyak Sawit Lahat", "Pengolahan minyak sawit"), &[road(9)]),
    story("notice_signed", 0, ("quality_iso9001", "PT Kemasan Plaju", "Pembuatan kemasan plastik"), &[road(10)]),
    story("notice_sent", 0, ("quality_iso9001", "PT Tekstil Songket Palembang", "Penenunan kain"), &[road(11)]),
    story("paid", 0, ("quality_iso9001", "PT Tirta Musi Sejahtera", "Produksi air minum dalam kemasan"), &[road(11), &[PAID]]),
    story("rejected", 0, ("quality_iso9001", "PT Jaya Abadi Logistik", "Jasa pergudangan"), &[road(3), &[REJECTED]]),
    story("withdrawn", 0, ("food_safety_iso22000", "CV Kerupuk Kemplang Tujuh Ulu", "Pembuatan kerupuk"), &[road(2), &[WITHDRAWN]]),
    // The customer's answer was due a week after the proposal, so the service lets it expire.
    story("expired", 12, ("quality_iso9001", "PT Batu Bata Indralaya", "Pembuatan batu bata"), &[road(5)]),
];

const fn story(
    name: &'static str,
    days_ago: i64,
    (scheme, company, makes): (&'static str, &'static str, &'static str),
    acts: &'static [&'static [Act]],
) -> Story {
    Story {
        name,
        content: Content::Application(scheme, company, makes),
        ended: TimeDelta::days(days_ago),
        acts,
    }
}

const fn road(acts: usize) -> &'static [Act] {
    ROAD.split_at(acts).0
}

const fn customer(after: i64, call: Call) -> Act {
    Act {
        after,
        by: By::Role(Role::Customer),
        call,
    }
}

const fn office(after: i64, role: Role, at: &'static str, body: fn(&Setting) -> Value) -> Act {
    Act {
        after,
        by: By::Role(role),
        call: Call::Post(at, body),
    }
}

fn nothing(_: &Setting) -> Value {
    Value::Null
}

/// The form of a draft.
pub(super) fn form(scheme: &str, company: &str, makes: &str) -> Value {
    let mut form = json!({
        "scheme": scheme, "kind": "initial",
        "company": {"name": company, "nib": "1234567890123"},
        "site": {"name": "Pabrik Kertapati", "address": "Jl. Ki Marogan No. 8", "regency": "Kota Palembang", "province": "Sumatera Selatan"},
        "personnel": {"total": 48, "shifts": 2},
        "contact": {"name": "Rahmat Hidayat", "email": "mutu@tirtamusi.example", "phone": "+62 711 555 0101"},
    });
    if scheme == "product_sni" {
        form["facts"] = json!({"commodity": "bottled_water", "certification_type": "type_5"});
        form["products"] =
            json!([{"name": makes, "brand": "Tirta Musi", "standard": "SNI 3553:2023"}]);
    } else {
        form["scope"] = json!(makes);
    }
    form
}

fn complete(setting: &Setting) -> Value {
    let complete = |code: &&str| json!({"requirement": code, "result": "complete"});
    json!({"items": setting.documents.iter().map(complete).collect::<Vec<_>>()})
}

/// Like `complete`, with one document unfit.
fn deficient(setting: &Setting) -> Value {
    let mut form = complete(setting);
    form["items"][2] = json!({
        "requirement": setting.documents[2], "result": "unfit", "note": "Atas nama perusahaan lama; unggah yang baru.",
    });
    form
}

fn proposal(setting: &Setting) -> Value {
    json!({
        "proposed_dates": [setting.audit_days[0]], "audit_days": 2, "proposed_team": team(setting), "cost_estimate": cost(),
        "answer_by": setting.now + TimeDelta::days(7),
    })
}

fn acceptance(setting: &Setting) -> Value {
    json!({"confirmation": {"chosen_date": setting.audit_days[0], "accepts_cost": true}})
}

fn explanation(setting: &Setting) -> Value {
    let mut form = acceptance(setting);
    form["answers"] = json!([{"requirement": setting.documents[2], "note": "Akta perubahan nama terlampir pada halaman 2."}]);
    form
}

fn notice(setting: &Setting) -> Value {
    json!({"team": team(setting), "audit_dates": setting.audit_days, "cost_lines": cost()})
}

fn billing(setting: &Setting) -> Value {
    // Each e-billing code is used once: the time of the act makes it different.
    let code = format!(
        "8{:014}",
        setting.now.timestamp_micros() % 100_000_000_000_000
    );
    json!({"billing": {"code": code, "issued_at": setting.now}})
}

fn team(setting: &Setting) -> Value {
    let [lead, member] = &setting.auditors;
    json!([{"auditor_id": lead, "role": "lead"}, {"auditor_id": member, "role": "auditor"}])
}

fn cost() -> Value {
    json!([
        {"kind": "tariff", "description": "Ketua tim audit, 2 hari", "quantity": 2, "unit": "OH", "unit_amount": 2_000_000, "channel": "pnbp_billing", "legal_basis": "PP 54/2021", "reason": "Contoh kantor peraga."},
        {"kind": "tariff", "description": "Auditor, 2 hari", "quantity": 2, "unit": "OH", "unit_amount": 1_750_000, "channel": "pnbp_billing", "legal_basis": "PP 54/2021", "reason": "Contoh kantor peraga."},
        {"kind": "travel_transport", "description": "Transport tim", "quantity": 1, "unit": "PP", "unit_amount": 1_500_000, "channel": "direct_by_client", "legal_basis": "SBM", "reason": "Contoh kantor peraga."},
    ])
}

/// The payment of an e-billing of this amount.
pub(super) fn payment(setting: &Setting, amount: &Value) -> Value {
    let number = setting.now.timestamp_micros() % 100_000_000_000_000;
    json!({"ntpn": format!("N{number:015}"), "ntb": "000123456789", "paid_at": setting.now, "amount": amount, "bank": "Bank Sumsel Babel"})
}
