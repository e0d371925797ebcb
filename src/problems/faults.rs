//! The fault codes inside `errors`, with meaning and remedy. A test finds codes without a row and
//! rows without a use.

use serde::Serialize;

use crate::sop::text::Term;

/// A kind of fault in a body or in parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FaultKind {
    /// The stable code.
    #[schema(example = "missing_field")]
    pub code: &'static str,
    /// The meaning.
    pub meaning: Term,
    /// The remedy.
    pub remedy: Term,
}

const fn kind(
    code: &'static str,
    meaning_id: &'static str,
    meaning_en: &'static str,
    remedy_id: &'static str,
    remedy_en: &'static str,
) -> FaultKind {
    FaultKind {
        code,
        meaning: Term {
            id: meaning_id,
            en: meaning_en,
        },
        remedy: Term {
            id: remedy_id,
            en: remedy_en,
        },
    }
}

/// Every code by subject; the codes of any body come first.
#[rustfmt::skip]
pub const TABLE: &[FaultKind] = &[
    kind("unknown_parameter",    "Parameter kueri ini tidak dikenal.",                         "There is no such query parameter.",                          "Hapus, atau periksa ejaannya.",                                 "Leave it out, or check its spelling."),
    // the shape of a body
    kind("unknown_field",        "Bidang ini tidak dikenal.",                                  "There is no such field.",                                    "Hapus, atau periksa ejaannya.",                                 "Leave it out, or check its spelling."),
    kind("missing_field",        "Bidang ini wajib diisi dan tidak ada.",                      "The field is required and missing.",                         "Isi bidangnya.",                                                "Fill it in."),
    kind("duplicate_field",      "Bidang ini ada dua kali.",                                   "The field occurs twice.",                                    "Kirim satu saja.",                                              "Send it once."),
    kind("wrong_type",           "Jenis nilainya salah.",                                      "The value is of the wrong type.",                            "Lihat jenis bidang ini dalam kontrak.",                         "See the field's type in the contract."),
    kind("unknown_value",        "Bukan salah satu nilai yang dikenal.",                       "It is not one of the known values.",                         "Pilih salah satu nilai dalam kontrak.",                         "Choose one of the values in the contract."),
    kind("wrong_value",          "Nilainya di luar yang diperbolehkan.",                       "The value is not allowed.",                                  "Lihat detail.",                                                 "See detail."),
    kind("unprintable",          "Ada karakter NUL.",                                          "It holds the NUL character.",                                "Hapus karakternya.",                                            "Remove it."),
    kind("misleading_character", "Ada karakter kendali atau yang tidak terlihat.",             "It holds control or invisible characters.",                  "Ketik ulang teksnya.",                                          "Type the text again."),
    kind("empty",                "Kosong, padahal harus ada isinya.",                          "It must not be empty.",                                      "Isi.",                                                          "Fill it in."),
    kind("too_short",            "Terlalu pendek.",                                            "It is too short.",                                           "Tambah sampai batas dalam detail.",                             "Lengthen it to the limit in detail."),
    kind("too_long",             "Terlalu panjang.",                                           "It is too long.",                                            "Ringkas sampai batas dalam detail.",                            "Shorten it to the limit in detail."),
    kind("too_many",             "Terlalu banyak.",                                            "There are too many.",                                        "Kurangi sampai batas dalam detail.",                            "Reduce them to the limit in detail."),
    kind("wrong_number",         "Jumlahnya di luar batas.",                                   "The number is out of bounds.",                               "Lihat batasnya dalam detail.",                                  "See the bounds in detail."),
    kind("duplicate",            "Sudah disebutkan.",                                          "It was named before.",                                       "Sebutkan satu kali.",                                           "Name it once."),
    kind("not_one_line",         "Harus satu baris.",                                          "It must be one line.",                                       "Hapus baris baru dan karakter kendali.",                        "Remove line ends and control characters."),
    kind("not_digits",           "Harus angka dengan jumlah digit yang disebut.",              "It must have the stated number of digits.",                  "Periksa nomornya.",                                             "Check the number."),
    kind("not_an_email",         "Bukan alamat surel yang sah.",                               "It is not a valid e-mail address.",                          "Periksa alamatnya.",                                            "Check the address."),
    kind("in_the_future",        "Waktunya belum terjadi.",                                    "The time has not come yet.",                                 "Kirim waktu yang sudah lewat.",                                 "Send a time that is past."),
    kind("in_the_past",          "Waktunya sudah lewat.",                                      "The time is past.",                                          "Kirim waktu yang akan datang.",                                 "Send a time to come."),
    kind("wrong_order",          "Waktu yang kedua harus setelah yang pertama.",               "The second time must come after the first.",                 "Tukar atau perbaiki.",                                          "Swap or correct them."),
    kind("not_in_order",         "Tanggal tidak berurutan atau berulang.",                     "Dates are not in order, or repeat.",                         "Urutkan.",                                                      "Put them in order."),
    kind("contradiction",        "Parameter ini tidak cocok dengan yang lain.",                "The parameter contradicts another one.",                     "Pakai salah satu, atau perbaiki.",                              "Give only one of them, or correct it."),
    // files
    kind("incomplete",           "Berkas terpotong atau diikuti isi lain.",                    "The file is truncated or followed by other data.",           "Simpan ulang, lalu kirim lagi.",                                "Save it again, then send it."),
    kind("locked",               "Berkas terkunci dengan kata sandi.",                         "The file is locked with a password.",                        "Kirim tanpa kata sandi.",                                       "Send it without a password."),
    kind("too_complex",          "Berkas terlalu rumit untuk dibersihkan.",                    "The file is too complex to be cleaned.",                     "Cetak ke PDF, lalu kirim itu.",                                 "Print it to PDF and send that."),
    kind("only_for_law_enforcement", "Pemberitahuan hanya ditahan untuk penegakan hukum.",     "The notice is withheld for law enforcement only.",           "Hapus withhold_notice.",                                        "Leave withhold_notice out."),
    // accounts and teams
    kind("like_the_email",       "Kata sandi sama dengan surel.",                              "The password is the e-mail address.",                        "Pilih yang lain.",                                              "Choose another."),
    kind("too_common",           "Kata sandi ini ada dalam daftar yang pernah bocor.",         "The password is in a list of breached passwords.",           "Pilih beberapa kata yang tidak berhubungan.",                   "Choose several unrelated words."),
    kind("too_guessable",        "Kata sandi ini mudah ditebak.",                              "The password is easily guessed.",                            "Pilih kata yang bukan nama Anda atau kantor.",                  "Choose words unrelated to you and the office."),
    kind("wrong_password",       "Kata sandi saat ini salah.",                                 "The current password is wrong.",                             "Ketik ulang.",                                                  "Type it again."),
    kind("not_for_staff",        "Pegawai tidak dapat menjadi pelanggan.",                     "Staff cannot be a customer.",                                "Hapus peran customer.",                                         "Leave the role customer out."),
    kind("not_for_customers",    "Pelanggan tidak dapat memegang peran kantor.",               "A customer cannot hold a role of the office.",               "Buat akun pegawai.",                                            "Create a staff account."),
    kind("not_staff",            "Bukan pegawai aktif kantor ini.",                            "It is not an active member of staff of this office.",        "Pilih dari GET /users.",                                        "Choose from GET /users."),
    kind("not_acted_for",        "Peran ini tidak dapat diwakili.",                            "This role has no acting officials.",                         "Hanya head yang dapat diwakili.",                               "Only the role head can have one."),
    kind("before_first_day",     "Hari terakhir mendahului hari pertama.",                     "The last day is before the first.",                          "Perbaiki harinya.",                                             "Correct the days."),
    kind("over",                 "Penunjukan sudah berakhir.",                                 "The appointment is over.",                                   "Pilih hari terakhir yang akan datang.",                         "Choose a last day in the future."),
    // certification
    kind("no_document",          "Surat yang diminta belum diunggah.",                         "The document asked for is not attached.",                    "Unggah dengan PUT …/documents/{requirement}.",                  "Attach it with PUT …/documents/{requirement}."),
    kind("does_not_fit",         "Tidak cocok dengan skema atau isian lain permohonan ini.",   "It does not fit the scheme or another field.",               "Hapus, atau perbaiki menurut detail.",                          "Leave it out, or correct it as detail says."),
    kind("not_on_the_checklist", "Butir ini tidak ada dalam daftar periksa permohonan ini.",   "The row is not on the checklist of this application.",       "Lihat GET …/documents.",                                        "See GET …/documents."),
    kind("not_open",             "Butir ini tidak diminta pada putaran ini.",                  "The row is not requested in this round.",                    "Lihat lembar kekurangan yang terakhir.",                        "See the latest deficiency sheet."),
    kind("not_judged",           "Butir ini belum dinilai.",                                   "The row has no result yet.",                                 "Beri hasil untuk setiap butir yang terbuka.",                   "Give a result for every open row."),
    kind("not_answered",         "Butir ini belum dijawab.",                                   "The row is not answered.",                                   "Unggah dokumen baru atau tulis jawaban.",                       "Attach a new document or write an answer."),
    kind("not_proposed",         "Bukan salah satu yang diusulkan.",                           "It is not one of the proposed ones.",                        "Pilih dari lembar konfirmasi.",                                 "Choose from the confirmation sheet."),
    kind("not_agreed",           "Bukan tanggal yang dipilih pelanggan.",                      "It is not the date the customer chose.",                     "Pakai tanggal itu, atau usulkan lagi pada langkah 4.",          "Use that date, or propose again at step 4."),
    kind("too_early",            "Audit mendahului batas jawaban.",                            "The audit comes before the answer is due.",                  "Pilih tanggal sesudahnya.",                                     "Choose a later date."),
    kind("too_late",             "Batas jawaban sudah lewat.",                                 "The answer is overdue.",                                     "Minta tanggal baru kepada kantor.",                             "Ask the office for new dates."),
    kind("unknown_auditor",      "Bukan auditor kantor ini.",                                  "It is not an auditor of this office.",                       "Pilih dari GET /auditors.",                                     "Choose from GET /auditors."),
    kind("not_competent",        "Auditor tidak kompeten untuk skema ini.",                    "The auditor is not competent for this scheme.",              "Pilih yang lain.",                                              "Choose another."),
    kind("may_not_lead",         "Auditor tidak boleh memimpin tim.",                          "The auditor may not lead a team.",                           "Pilih ketua yang lain.",                                        "Choose another lead."),
    kind("one_lead",             "Tim harus mempunyai tepat satu ketua.",                      "A team has exactly one lead.",                               "Tunjuk satu.",                                                  "Name one."),
    kind("nothing_to_bill",      "Tidak ada yang ditagih, atau kode sebelumnya masih berlaku atau sudah dibayar.", "Nothing is due, or the earlier code is still valid or was paid.",  "Kirim tanpa billing.",                                   "Send no billing."),
    kind("recorded_otherwise",   "Tercatat dengan isi lain atas NTPN yang sama.",              "It was recorded with other data under the same NTPN.",       "Periksa bukti setor; yang tercatat tidak diubah.",              "Check the receipt; what is recorded is not changed."),
    kind("paid_otherwise",       "Bagian e-billing sudah dibayar dengan jumlah lain.",         "The e-billing part was paid with another amount.",           "Samakan dengan yang sudah dibayar.",                            "Use the amount that was paid."),
    kind("wrong_amount",         "Jumlahnya bukan jumlah tagihan.",                            "It is not the amount of the billing.",                       "Periksa bukti penerimaan negara.",                              "Check the receipt of the treasury."),
    kind("outside_validity",     "Dibayar di luar masa berlaku kode.",                         "It was paid outside the validity of the code.",              "Periksa tanggalnya.",                                           "Check the date."),
    // calendars
    kind("empty_span",           "Jam kerja berakhir sebelum mulai.",                          "Working hours end before they begin.",                       "Perbaiki jamnya.",                                              "Correct the hours."),
    kind("overlapping_spans",    "Jam kerja tumpang tindih.",                                  "Working hours overlap.",                                     "Gabungkan.",                                                    "Join them."),
    kind("unsorted_spans",       "Jam kerja tidak berurutan.",                                 "Working hours are not in order.",                            "Urutkan.",                                                      "Put them in order."),
    kind("no_working_time",      "Seminggu tanpa jam kerja.",                                  "A week without working hours.",                              "Isi sedikitnya satu hari.",                                     "Enter hours for at least one day."),
    kind("inverted_period",      "Masa berakhir sebelum mulai.",                               "A period ends before it begins.",                            "Perbaiki harinya.",                                             "Correct the days."),
    kind("overlapping_periods",  "Dua masa tumpang tindih.",                                   "Two periods overlap.",                                       "Pisahkan.",                                                     "Keep them apart."),
    kind("duplicate_day_off",    "Hari libur ini ada dua kali.",                               "The day off occurs twice.",                                  "Hapus satu.",                                                   "Leave one out."),
    kind("blank_name",           "Hari libur tanpa nama.",                                     "A day off without a name.",                                  "Beri nama.",                                                    "Name it."),
    kind("year_out_of_range",    "Tahun di luar kalender.",                                    "The year is outside the calendar.",                          "Lihat detail.",                                                 "See detail."),
    kind("too_few_days_off",     "Tahun ini dinyatakan ditetapkan tanpa hari liburnya.",       "The year is declared decreed without its days off.",         "Isi hari libur dan cuti bersama menurut SKB.",                  "Enter the holidays and leave of the decree."),
    kind("decree_dropped",       "Tahun yang sudah ditetapkan tidak ada lagi.",                "A decreed year is missing.",                                 "Sertakan tahun itu dan hari liburnya.",                         "Keep the year and its days off."),
    // webhooks
    kind("token_not_good",       "Kode ini tidak berlaku, sudah dipakai, atau kedaluwarsa.",   "The code is unknown, already used, or expired.",             "Minta surel dengan kode baru.",                                 "Ask for a mail with a new code."),
    kind("not_callable",         "Alamat ini tidak dapat dipanggil.",                          "The address cannot be called.",                              "Pakai alamat https yang dapat dijangkau dari internet.",        "Give an https address that can be reached from the internet."),
    // whistle-blowing
    kind("receipt_code_in_text", "Ada kode tanda terima dalam teks.",                          "The text contains a receipt code.",                          "Hapus: kode itu membuka pengaduan.",                            "Remove it: the code opens the complaint."),
    kind("not_genuine",          "Tanda terima ini tidak diterbitkan oleh layanan ini.",       "The service did not issue this receipt.",                    "Kirim tanda terima seperti diterima, tanpa perubahan.",         "Send the receipt as you got it, unchanged."),
    kind("identifies_reporter",  "Teks memuat bagian identitas Anda.",                         "The text contains part of your identity.",                   "Hapus, atau nyatakan bahwa hal itu disengaja.",                 "Remove it, or confirm that it is intended."),
    kind("quotes_complaint",     "Surat mengutip pengaduan.",                                  "The letter quotes the complaint.",                           "Ubah, atau nyatakan bahwa hal itu disengaja.",                  "Change it, or confirm that it is intended."),
    kind("nobody_waits",         "Pada tahap ini kantor tidak menunggu jawaban pelapor.",       "At this stage the office expects no answer from the reporter.", "Kirim tanpa awaits_answer.",                                 "Send it without awaits_answer."),
    kind("team_cannot_take_it",  "Tim ini tidak dapat menerima pengaduan ini.",                "The team cannot take this complaint.",                       "Lihat detail.",                                                 "See detail."),
    kind("oneself",              "Tidak dapat menegur diri sendiri.",                          "You cannot warn yourself.",                                  "Undurkan diri dari penanganan pengaduan.",                      "Withdraw from the complaint."),
    kind("not_for_delivery",     "Penyampaian tidak memerlukan data ini.",                     "Delivery does not need this.",                               "Minta alamat dan nama saja.",                                   "Ask for address and name only."),
    kind("not_both",             "Hanya satu dari keduanya yang dapat diminta.",               "Only one of the two can be requested.",                      "Kirim salah satu saja.",                                        "Send one of them."),
    kind("not_asked_for",        "Data ini tidak diminta.",                                    "It was not requested.",                                      "Hapus.",                                                        "Leave it out."),
    kind("only_for_a_grant",     "Hanya untuk persetujuan.",                                   "It applies to a grant only.",                                "Hapus, atau setujui.",                                          "Leave it out, or grant the request."),
    kind("wrong_passphrase",     "Frasa sandi tidak membuka berkas kunci.",                    "The passphrase does not open the key file.",                 "Ketik ulang.",                                                  "Type it again."),
    kind("another_key",          "Perlu berkas kunci yang lain.",                              "Another key file is required.",                              "Pakai berkas kunci dengan sidik jari dalam detail.",            "Use the key file with the fingerprint in detail."),
    kind("wrong_code",           "Kode tidak membuka permintaan ini.",                         "The code does not open this request.",                       "Periksa kodenya.",                                              "Check the code."),
];
