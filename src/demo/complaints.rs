//! The complaints of the demo office: one at each stage at which a complaint can rest. A signed
//! answer is delivered at once, so no complaint rests at `answer_signed`.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::act::{Act, By, Call, Content, Setting, Story};
use crate::sop::role::Role;

/// The way of a complaint to the acknowledged answer.
const ROAD: [Act; 11] = [
    Act {
        after: 0,
        by: By::Reporter,
        call: Call::Complain,
    },
    DUE_WORK,
    office(
        10,
        Role::Head,
        "/disposition",
        |_| json!({"text": "Mohon ditanggapi sesuai prosedur."}),
    ),
    office(
        20,
        Role::PjiLead,
        "/forwarding",
        |setting| json!({"team": setting.team, "text": "Mohon diselesaikan segera."}),
    ),
    office(
        20 * 60,
        Role::TeamLead,
        "/warnings",
        |setting| json!({"warnings": [{"user": setting.at_fault, "text": "Pungutan di luar tarif tidak dibenarkan."}]}),
    ),
    office(
        23 * 60,
        Role::TeamLead,
        "/resolution",
        |_| json!({"finding": "proven", "summary": "Laporan terbukti. Uang dikembalikan dan tarif ditempel di loket."}),
    ),
    office(
        60,
        Role::TeamStaff,
        "/answer",
        |_| json!({"subject": "Jawaban atas pengaduan Saudara", "body": "Pengaduan Saudara terbukti. Uang telah dikembalikan dan petugas telah ditegur."}),
    ),
    office(10, Role::Head, "/answer/signature", |_| Value::Null),
    DUE_WORK,
    Act {
        after: 18 * 60,
        by: By::Reporter,
        call: Call::PostOwn("/answer/acknowledgement"),
    },
    DUE_WORK,
];

const DUE_WORK: Act = Act {
    after: 1,
    by: By::Service,
    call: Call::DueWork,
};
const ASKED: Act = office(
    60,
    Role::TeamLead,
    "/messages",
    |_| json!({"text": "Apakah ada kuitansi?", "awaits_answer": true}),
);
const REFERRED: Act = office(
    30,
    Role::Head,
    "/referral",
    |_| json!({"text": "Menyangkut kantor lain; mohon ditangani Inspektorat Jenderal."}),
);
const OUT_OF_SCOPE: Act = office(
    30,
    Role::Head,
    "/out-of-scope",
    |_| json!({"text": "Pengaduan ini di luar lingkup prosedur; silakan memakai layanan pelanggan."}),
);
const REOPENED: Act = office(
    60,
    Role::Head,
    "/reopening",
    |_| json!({"text": "Ada keterangan baru dari pelapor."}),
);

/// The name of the complaint that waits for its surfacing time.
pub(super) const RECEIVED: &str = "received";

/// The stories.
#[rustfmt::skip]
pub(super) static STORIES: [Story; 13] = [
    story(RECEIVED, ("Antrean contoh uji", "Contoh uji kami dilewati oleh contoh yang datang kemudian, tanpa alasan."), &[road(1)]),
    story("screened", ("Pungutan di luar tarif", "Petugas loket meminta pembayaran tunai di luar tarif sebelum contoh uji diterima."), &[road(2)]),
    story("disposed", ("Hadiah dari pemohon", "Seorang petugas menerima bingkisan dari pemohon menjelang audit."), &[road(3)]),
    story("forwarded", ("Laporan uji terlambat", "Laporan uji kami ditahan sampai kami membayar biaya percepatan yang tidak ada dalam tarif."), &[road(4)]),
    story("in_resolution", ("Biaya tambahan di lapangan", "Tim meminta uang saku di lokasi, di luar biaya yang disepakati."), &[road(5)]),
    story("resolved", ("Penolakan tanpa penjelasan", "Penawaran kami ditolak tanpa penjelasan meski harganya paling rendah."), &[road(6)]),
    story("answer_drafted", ("Kuitansi tidak diberikan", "Pembayaran di loket tidak disertai kuitansi meski sudah diminta."), &[road(7)]),
    story("answered", ("Uang parkir dan uang lelah", "Sopir rombongan meminta uang lelah kepada perusahaan yang dikunjungi."), &[road(9)]),
    story("closed", ("Pungutan saat pengambilan sertifikat", "Kami diminta membayar saat mengambil sertifikat yang sudah lunas."), &[road(11)]),
    story("waiting_for_reporter", ("Permintaan menginap", "Rombongan meminta penginapan yang lebih mahal daripada yang disepakati."), &[road(4), &[ASKED]]),
    story("referred_externally", ("Rekanan yang sama", "Rekanan yang sama selalu menang, dan syaratnya berubah setelah penawaran dibuka."), &[road(2), &[REFERRED]]),
    story("out_of_scope", ("Jam layanan", "Saya ingin loket buka pada hari Sabtu."), &[road(2), &[OUT_OF_SCOPE]]),
    story("reopened", ("Pengembalian uang", "Uang yang dijanjikan dikembalikan belum kami terima."), &[road(11), &[REOPENED]]),
];

const fn story(
    name: &'static str,
    (subject, account): (&'static str, &'static str),
    acts: &'static [&'static [Act]],
) -> Story {
    Story {
        name,
        content: Content::Complaint(subject, account),
        ended: TimeDelta::zero(),
        acts,
    }
}

const fn road(acts: usize) -> &'static [Act] {
    ROAD.split_at(acts).0
}

const fn office(after: i64, role: Role, at: &'static str, body: fn(&Setting) -> Value) -> Act {
    Act {
        after,
        by: By::Role(role),
        call: Call::Post(at, body),
    }
}

/// The form of a complaint.
pub(super) fn form(subject: &str, account: &str) -> Value {
    json!({"category": "service", "content": {"subject": subject, "account": account, "place": "Loket penerimaan contoh"}})
}
