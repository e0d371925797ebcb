//! The cause of each refusal, in both languages. The match is exhaustive, so a new code does not
//! compile without an explanation.

use crate::error::{Code, Text, text};

/// The explanation of when a request is refused with `code`.
#[expect(clippy::too_many_lines, reason = "one arm for each code of the table")]
pub fn cause(code: Code) -> Text {
    match code {
        Code::MalformedBody => text(
            "Isi permintaan bukan JSON (RFC 8259) dalam UTF-8, terputus, atau bersarang lebih dari 32 tingkat.",
            "The body is not JSON (RFC 8259) in UTF-8, is truncated, or nests deeper than 32 levels.",
        ),
        Code::InvalidParameter => text(
            "Parameter pada alamat atau kueri salah jenisnya, di luar batas, tidak dikenal, atau Idempotency-Key tidak dapat dipakai.",
            "A parameter of the path or the query has the wrong type, is out of bounds or is unknown, or the Idempotency-Key cannot be used.",
        ),
        Code::InvalidCursor => text(
            "Kursor diubah, terpotong, atau dibuat untuk daftar atau filter lain.",
            "The cursor was changed or cut off, or was made for another list or another filter.",
        ),
        Code::Unauthenticated => text(
            "Operasi ini memerlukan token tetapi token tidak dikirim, atau token tidak sah atau kedaluwarsa, atau sesinya sudah berakhir.",
            "The operation requires a token and none was sent, or the token is invalid or expired, or its session has ended.",
        ),
        Code::BadCredentials => text(
            "Surel dan kata sandi tidak cocok, atau akun tidak aktif. Jawaban untuk keduanya sama.",
            "E-mail and password do not match, or the account is not active. The reply to both is the same.",
        ),
        Code::InvalidRefreshToken => text(
            "Token penyegar sudah dipakai, kedaluwarsa, atau sesinya dicabut. Token yang dipakai dua kali mengakhiri sesinya.",
            "The refresh token was used before, has expired, or its session was revoked. A token that is used twice ends its session.",
        ),
        Code::BadReceiptCode => text(
            "Kode salah ketik, tidak dikenal, kedaluwarsa, atau pengaduannya sudah dihapus. Jawaban untuk semuanya sama, dan percobaan tidak dihitung.",
            "The code is mistyped, unknown or expired, or its complaint was deleted. The reply to all is the same, and attempts are not counted.",
        ),
        Code::BadSignature => text(
            "Tanda tangan tidak cocok dengan isi, waktunya terpaut lebih dari lima menit, atau kantor ini tidak menerima laporan pembayaran.",
            "The signature does not fit the body, its time is more than five minutes off, or this office accepts no reports of payments.",
        ),
        Code::NotYourStep => text(
            "Menurut tabel SOP, langkah ini dikerjakan oleh peran lain.",
            "According to the SOP, another role does this step.",
        ),
        Code::FourEyes => text(
            "Anda sudah mengerjakan bagian sebelumnya: menyusun atau memaraf surat, menyatakan pelanggaran, atau mengajukan atau menyetujui pembukaan identitas. Bagian ini harus dikerjakan orang lain. Penyusunan surat dan kedua parafnya juga tidak boleh oleh satu orang.",
            "You did an earlier part: you drafted or initialled the letter, declared the breach, or requested or first approved the disclosure. Another person must do this part. The drafting of a letter and both of its initials (paraf) may not come from one person either.",
        ),
        Code::Forbidden => text(
            "Operasi ini di luar SOP dan hanya untuk peran tertentu; Anda tidak memegang peran tersebut hari ini.",
            "The operation is outside the SOPs and is reserved for certain roles, none of which you hold today.",
        ),
        Code::OriginNotAllowed => text(
            "Peramban mengirim preflight untuk halaman yang asalnya tidak termuat dalam CORS_ORIGINS. Di luar peramban, asal tidak diperiksa.",
            "A browser sent a preflight for a page with an origin that is not listed in CORS_ORIGINS. Outside browsers origins are not checked.",
        ),
        Code::NotFound => text(
            "Alamat ini tidak ada, atau Anda tidak berwenang mengetahui isinya. Jawaban untuk keduanya sama.",
            "The address does not exist, or you may not know of its content. The reply to both is the same.",
        ),
        Code::MethodNotAllowed => text(
            "Alamat ini ada, tetapi tidak dengan metode ini.",
            "The address exists, but not with this method.",
        ),
        Code::NotAcceptable => text(
            "Accept tidak memuat satu pun format yang tersedia untuk operasi ini.",
            "Accept names none of the formats of the operation.",
        ),
        Code::OutOfOrder => text(
            "Berkas sedang pada tahap lain dari SOP, atau langkah ini sudah dikerjakan.",
            "The file is at another stage of the SOP, or the step is done already.",
        ),
        Code::Overtaken => text(
            "Pengguna lain memproses berkas, atau menulis data yang sama, setelah permintaan Anda dimulai.",
            "Another user moved the file, or wrote the same data, after your request had begun.",
        ),
        Code::Conflict => text(
            "Isi permintaan sah, tetapi bertentangan dengan data yang ada: surel sudah terdaftar, nomor sudah terpakai, atau keputusan sudah diambil.",
            "The request is valid but conflicts with stored data: a registered e-mail, a number in use, or a decision that was taken.",
        ),
        Code::ScheduleConflict => text(
            "Basis data menolak orang yang sama dua kali pada satu hari, untuk audit, cuti dan tugas lain; hari yang diusulkan kepada pelanggan juga terpakai.",
            "The database refuses the same person twice on one day, across audits, leave and other work; days that were proposed to a customer count too.",
        ),
        Code::Impartiality => text(
            "Orang ini pernah bekerja atau menjadi konsultan pada pelanggan, atau berhubungan keluarga atau keuangan dengannya, dalam dua tahun sebelum hari pertama audit.",
            "The person consulted for or worked with the customer, or has family or financial relations with it, within two years before the first day of the audit.",
        ),
        Code::DisclosuresFrozen => text(
            "Ada pelanggaran kerahasiaan yang masih terbuka dan mengenai pengaduan ini: permintaan, keputusan dan pembukaan identitas tertunda sampai pelanggaran itu ditutup.",
            "A breach of confidentiality that affects this complaint is open. Until it is closed, disclosures cannot be requested, decided or carried out.",
        ),
        Code::ExampleTariff => text(
            "Daftar tarif masih memuat tarif contoh yang berlaku hari ini; layanan pada basis data kantor tidak menerbitkan kode billing dengannya.",
            "The price list still has an example tariff in force today; a service on the office's database issues no billing with it.",
        ),
        Code::ActivationUsed => text(
            "Kode pada slip ini sudah ditukar dengan kode tanda terima. Penggunaan kedua dicatat dalam jejak audit.",
            "The code on this slip was exchanged for a receipt code before. The second use is recorded in the audit trail.",
        ),
        Code::IdempotencyInFlight => text(
            "Permintaan pertama dengan Idempotency-Key ini belum selesai.",
            "The first request with this Idempotency-Key is not finished.",
        ),
        Code::StaleVersion => text(
            "Versi dalam If-Match bukan versi yang sekarang: orang lain mengubahnya setelah Anda membacanya.",
            "The version in If-Match is not the current one: another user changed the resource after you read it.",
        ),
        Code::BodyTooLarge => text(
            "JSON lebih dari 1 MiB, atau berkas lebih besar daripada yang diterima butir daftar periksa ini.",
            "JSON of more than 1 MiB, or a file larger than its row of the checklist allows.",
        ),
        Code::UnsupportedMediaType => text(
            "Content-Type bukan yang diterima operasi ini, atau isi berkas bukan jenis yang diterima.",
            "The operation does not accept the Content-Type, or does not accept the kind of the file.",
        ),
        Code::RangeNotSatisfiable => text(
            "Range menunjuk bagian yang tidak dimiliki berkas.",
            "Range names a part that the file does not have.",
        ),
        Code::InvalidContent => text(
            "JSON dapat dibaca, tetapi ada bidang yang kurang, tidak dikenal, salah jenis atau salah isinya. Setiap kesalahan dimuat dalam errors dengan JSON pointer (RFC 6901).",
            "The JSON is well-formed, but fields are missing, unknown, of the wrong type or have invalid values. errors lists each fault with its JSON pointer (RFC 6901).",
        ),
        Code::IdempotencyMismatch => text(
            "Idempotency-Key ini sudah dipakai untuk isi atau alamat lain.",
            "This Idempotency-Key was used for another body or another address.",
        ),
        Code::SignatureRefused => text(
            "Layanan tanda tangan tidak menerima NIK, passphrase, atau sertifikat penanda tangan. Percobaan dicatat tanpa keduanya.",
            "The signing service does not accept the signer's NIK, passphrase or certificate. The attempt is recorded without them.",
        ),
        Code::SigningFailed => text(
            "Layanan tanda tangan gagal, menolak kantor ini atau PDF-nya, atau mengembalikan berkas yang bukan salinan bertanda tangan dari surat itu.",
            "The signing service failed, refused this office or the PDF, or returned a file that is not a signed copy of the letter.",
        ),
        Code::SigningUnavailable => text(
            "Layanan tanda tangan tidak dapat dihubungi, terlalu sibuk, atau tidak menjawab dalam dua belas detik.",
            "The signing service cannot be reached, is too busy, or did not answer within twelve seconds.",
        ),
        Code::PreconditionRequired => text(
            "Perubahan pada sumber daya yang berversi dikirim tanpa If-Match.",
            "A change of a versioned resource was sent without If-Match.",
        ),
        Code::TooManyRequests => text(
            "Lebih banyak permintaan daripada yang disebut RateLimit-Policy, atau terlalu banyak percobaan masuk untuk satu akun.",
            "More requests than RateLimit-Policy allows, or too many attempts to sign in to one account.",
        ),
        Code::Internal => text(
            "Terjadi kesalahan yang tidak terduga pada layanan; kesalahan dicatat dengan trace_id ini.",
            "An unexpected error occurred in the service; it was logged under this trace_id.",
        ),
        Code::Busy => text(
            "Basis data atau penyimpanan tidak menjawab tepat waktu, kapasitas layanan terpakai seluruhnya, atau layanan sedang berhenti.",
            "The database or the store did not answer in time, the service is at its capacity, or it is stopping.",
        ),
        Code::RequestTimeout => text(
            "Penerimaan isi permintaan terhenti: tidak ada bita selama sepuluh detik (berkas: tiga puluh), atau kurang dari 256 bita per detik.",
            "The body stopped arriving: no byte for ten seconds (thirty for files), or less than 256 bytes a second.",
        ),
    }
}
