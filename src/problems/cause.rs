//! What leads to each refusal, in both languages. A code without an arm does not compile: every refusal is explained.

use crate::error::{Code, Text, text};

/// How a caller comes to be refused with `code`.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one arm for each code of the table")]
pub fn cause(code: Code) -> Text {
    match code {
        Code::MalformedBody => text(
            "Isi permintaan bukan JSON (RFC 8259) dalam UTF-8, terputus, atau bersarang lebih dari 32 tingkat.",
            "The body is no JSON (RFC 8259) in UTF-8, breaks off, or nests deeper than 32 levels.",
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
            "Operasi ini meminta token dan tidak ada, atau token tidak sah, kedaluwarsa, atau sesinya sudah berakhir.",
            "The operation wants a token and there is none, or the token is not genuine, has expired, or its session has ended.",
        ),
        Code::BadCredentials => text(
            "Surel dan kata sandi tidak cocok, atau akun tidak aktif. Keduanya dijawab sama.",
            "E-mail and password do not match, or the account is not active. Both are answered alike.",
        ),
        Code::InvalidRefreshToken => text(
            "Token penyegar sudah dipakai, kedaluwarsa, atau sesinya dicabut. Token yang dipakai dua kali mengakhiri sesinya.",
            "The refresh token was used before, has expired, or its session was revoked. One that is used twice ends its session.",
        ),
        Code::BadReceiptCode => text(
            "Kode salah ketik, tidak dikenal, kedaluwarsa, atau pengaduannya sudah dihapus. Semuanya dijawab sama, dan tidak ada yang dihitung.",
            "The code is mistyped, unknown or expired, or its complaint was deleted. All are answered alike, and nothing is counted.",
        ),
        Code::NotYourStep => text(
            "Menurut tabel SOP, langkah ini dikerjakan oleh peran lain.",
            "By the table of the SOP, another role does this step.",
        ),
        Code::FourEyes => text(
            "Anda menyusun atau memaraf surat ini; orang yang sama tidak boleh menandatanganinya, dan tidak boleh menyusunnya sekaligus memberi kedua paraf.",
            "You drafted or initialled this letter; the same person may not sign it, nor draft it and put both parafs.",
        ),
        Code::Forbidden => text(
            "Operasi ini di luar SOP dan hanya untuk peran tertentu yang tidak Anda pegang hari ini.",
            "The operation stands in no SOP and is for certain roles, none of which you hold today.",
        ),
        Code::OriginNotAllowed => text(
            "Peramban bertanya (preflight) untuk halaman yang asalnya tidak termuat dalam CORS_ORIGINS. Di luar peramban, asal tidak diperiksa.",
            "A browser asked (preflight) on behalf of a page whose origin is not listed in CORS_ORIGINS. Outside browsers origins are not checked.",
        ),
        Code::NotFound => text(
            "Tidak ada apa-apa di alamat ini, atau ada tetapi bukan untuk Anda ketahui. Keduanya dijawab sama.",
            "There is nothing at this address, or there is and it is not yours to know of. Both are answered alike.",
        ),
        Code::MethodNotAllowed => text(
            "Alamat ini ada, tetapi tidak dengan metode ini.",
            "The address exists, but not with this method.",
        ),
        Code::NotAcceptable => text(
            "Accept tidak memuat satu pun bentuk yang dimiliki operasi ini.",
            "Accept names none of the forms that the operation has.",
        ),
        Code::OutOfOrder => text(
            "Berkas sedang pada tahap lain dari SOP, atau langkah ini sudah dikerjakan.",
            "The file is at another stage of the SOP, or the step is done already.",
        ),
        Code::Overtaken => text(
            "Orang lain memindahkan berkas, atau menulis hal yang sama, setelah permintaan Anda dimulai.",
            "Somebody else moved the file, or wrote the same thing, after your request had begun.",
        ),
        Code::Conflict => text(
            "Yang dikirim benar, tetapi sudah ada yang tidak dapat berdampingan dengannya: surel yang terdaftar, nomor yang terpakai, keputusan yang sudah diambil.",
            "What was sent is right, and something is there that cannot stand beside it: a registered e-mail, a number in use, a decision taken.",
        ),
        Code::DisclosuresFrozen => text(
            "Ada pelanggaran kerahasiaan yang masih terbuka dan mengenai pengaduan ini: tidak ada yang diminta, diputuskan atau dibuka sampai ditutup.",
            "A breach of confidentiality that affects this complaint is open: nothing is asked for, decided or opened until it is closed.",
        ),
        Code::ActivationUsed => text(
            "Kode pada slip ini sudah ditukar dengan kode tanda terima. Penggunaan kedua dicatat dalam jejak audit.",
            "The code on this slip was swapped for a receipt code before. The second use is noted in the audit trail.",
        ),
        Code::IdempotencyInFlight => text(
            "Permintaan pertama dengan Idempotency-Key ini belum selesai.",
            "The first request with this Idempotency-Key is not finished.",
        ),
        Code::StaleVersion => text(
            "Versi dalam If-Match bukan versi yang sekarang: orang lain mengubahnya setelah Anda membacanya.",
            "The version in If-Match is not the present one: somebody changed it after you read it.",
        ),
        Code::BodyTooLarge => text(
            "JSON lebih dari 1 MiB, atau berkas lebih besar daripada yang diterima butir daftar periksa ini.",
            "JSON of more than 1 MiB, or a file larger than its row of the checklist takes.",
        ),
        Code::UnsupportedMediaType => text(
            "Content-Type bukan yang diterima operasi ini, atau isi berkas bukan jenis yang diterima.",
            "The Content-Type is not one the operation takes, or the content of the file is of a kind that is not taken.",
        ),
        Code::RangeNotSatisfiable => text(
            "Range menunjuk bagian yang tidak dimiliki berkas.",
            "Range names a part that the file does not have.",
        ),
        Code::InvalidContent => text(
            "JSON dapat dibaca, tetapi ada bidang yang kurang, tidak dikenal, salah jenis atau salah isinya. Setiap kesalahan ada dalam errors dengan JSON pointer (RFC 6901).",
            "The JSON can be read, and fields are missing, unknown, of the wrong type or wrong. Each fault stands in errors with its JSON pointer (RFC 6901).",
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
            "The signing service failed, refused this office or the PDF, or gave back a file that is no signed copy of the letter.",
        ),
        Code::SigningUnavailable => text(
            "Layanan tanda tangan tidak dapat dihubungi, terlalu sibuk, atau tidak menjawab dalam dua belas detik.",
            "The signing service cannot be reached, is too busy, or did not answer within twelve seconds.",
        ),
        Code::PreconditionRequired => text(
            "Perubahan pada hal yang berversi dikirim tanpa If-Match.",
            "A change of something that has versions was sent without If-Match.",
        ),
        Code::TooManyRequests => text(
            "Lebih banyak permintaan daripada yang disebut RateLimit-Policy, atau terlalu banyak percobaan masuk untuk satu akun.",
            "More requests than RateLimit-Policy says, or too many attempts to sign in to one account.",
        ),
        Code::Internal => text(
            "Terjadi sesuatu yang tidak kami duga; kami mencatatnya dengan trace_id ini.",
            "Something happened that we did not foresee; we noted it under this trace_id.",
        ),
        Code::Busy => text(
            "Basis data atau penyimpanan tidak menjawab tepat waktu, semua tempat terpakai, atau layanan sedang berhenti.",
            "The database or the store did not answer in time, every seat is taken, or the service is stopping.",
        ),
        Code::RequestTimeout => text(
            "Isi permintaan berhenti tiba: tidak ada bita selama sepuluh detik (berkas: tiga puluh), atau kurang dari 256 bita per detik.",
            "The body stopped arriving: no byte for ten seconds (thirty for files), or less than 256 bytes a second.",
        ),
    }
}
