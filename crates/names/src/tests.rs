//! Each way to write a name or a post, and what must not be taken for one.

use std::time::Duration;

use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};
use sop::role::Role;

use super::*;

const HEAD: usize = 0;

/// Sari Puspita is the head, Hendra Gunawan leads PJI.
fn office() -> Directory {
    let mut office = Directory::default();
    for (name, address) in [
        ("Ir. Sari Puspita, M.T.", "p1@bspji.example"),
        ("Hendra Gunawan, S.T.", "p2@bspji.example"),
        ("Ma'ruf Amin", "p3@bspji.example"),
        ("Ng Li", "p4@bspji.example"),
        ("Budi Darmawan", "p5@bspji.example"),
        ("Kepala Balai (demo)", "head@demo.example"),
        ("Petugas Penerima Aduan", "clerk@demo.example"),
    ] {
        office.add([name], [address]);
    }
    office
}

fn people(text: &str) -> Vec<usize> {
    office().in_text(text).suspected.into_iter().collect()
}

fn posts(text: &str) -> Vec<Role> {
    let found = office().in_text(text);
    let mut roles: Vec<_> = found
        .named_posts
        .iter()
        .chain(found.suspected_posts.iter())
        .collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

#[track_caller]
fn each_means(person: usize, texts: &[&str]) {
    for text in texts {
        assert!(people(text).contains(&person), "{text}");
    }
}

#[track_caller]
fn each_means_the_head(texts: &[&str]) {
    for text in texts {
        assert!(posts(text).contains(&Role::Head), "{text}");
    }
}

#[track_caller]
fn none_means_anybody(texts: &[&str]) {
    for text in texts {
        assert_eq!((people(text), posts(text)), (vec![], vec![]), "{text}");
    }
}

#[test]
fn a_name_is_known_in_any_order_with_titles_and_with_initials() {
    each_means(
        HEAD,
        &[
            "Puspita, Sari yang menerimanya.",
            "PUSPITA SARI",
            "Uang untuk Dr. Ir. Hj. Sari Puspita, S.T., M.T.",
            "Sari binti Puspita",
            "Sari P. menerimanya",
            "S. Puspita menerimanya",
            "Sari, M.T. menerimanya",
            "katanya untuk Bu S.P.",
            "berinisial SP",
            "seorang pejabat berinisial s.p menerimanya",
            "Ibu S menerimanya",
            "Sari Kartika Puspita menerimanya",
        ],
    );
}

#[test]
fn one_name_is_a_suspicion_and_an_ordinary_word_only_as_a_name() {
    each_means(
        HEAD,
        &[
            "kata puspita begitu",
            "Bu Sari menerimanya",
            "uang untuk bu sari",
            "Uang itu diserahkan kepada Sari di ruang rapat.",
            "Sari menerima uang itu.",
            "yuk sari yang minta",
            "Puspitanya marah",
        ],
    );
    each_means(
        4,
        &[
            "Pak Budi menerimanya.",
            "uang untuk si budi",
            "Diterima oleh Budi.",
        ],
    );
    none_means_anybody(&[
        "Baju sari dan batik dijual di loket.",
        "Budi pekerti petugas itu baik.",
        "PT Sari Pangan Nusantara menguji garam.",
        "Pak Budi Santoso dari pabrik kami ada di sana.",
        "Harga ng 5 li 3",
        "Petugas penerima contoh meminta uang.",
    ]);
}

#[test]
fn a_nickname_is_a_suspicion_after_an_address() {
    each_means(1, &["Pak Gun menerimanya", "mas Hend yang minta"]);
    none_means_anybody(&["Pak Ari dari pabrik kami", "gun itu senjata"]);
}

#[test]
fn a_short_name_is_compared_as_a_whole() {
    each_means(3, &["Amplop diterima oleh ng li di loket.", "Ng. Li"]);
    let field = |text: &str| office().in_field(text).named.contains(&3);
    assert!(field("pak Ng Li") && field("Li") && !field("L") && !field("bapak"));
}

#[test]
fn an_apostrophe_or_the_form_of_the_letters_hides_nobody() {
    for spelt in [
        "Maruf",
        "Ma'ruf",
        "MA’RUF",
        "Ma`ruf",
        "Ｍａ＇ｒｕｆ",
        "Ma\u{200b}ruf",
        "M\u{ad}aruf",
        "Maru\u{fe0f}f",
    ] {
        assert!(office().in_field(spelt).named.contains(&2), "{spelt}");
    }
    each_means(2, &["dilihat maruf amin di sana"]);
}

#[test]
fn marks_and_letters_of_other_scripts_hide_nobody() {
    each_means(
        HEAD,
        &[
            "Śàŕï Pùśpïťâ",
            "Sari Рusрitа",
            "ѕаrі рuѕріtа",
            "𝐒𝐚𝐫𝐢 𝐏𝐮𝐬𝐩𝐢𝐭𝐚",
            "Ｓａｒｉ　Ｐｕｓｐｉｔａ",
            "Ⓢⓐⓡⓘ Ⓟⓤⓢⓟⓘⓣⓐ",
            "ꜱᴀʀɪ ᴘᴜꜱᴘɪᴛᴀ",
            "Сари Пуспита",
            "Σαρι Πυσπιτα",
            "S\u{335}a\u{335}r\u{335}i Puspita",
            "🇸🇦🇷🇮 🇵🇺🇸🇵🇮🇹🇦",
            "Puspıta",
            "ɐʇıdsnd ıɹɐs",
            "SARІ PUSPІTA",
            "kata s\u{430}ri begitu",
        ],
    );
    each_means_the_head(&[
        "Kерala Bаlаi",
        "𝗞𝗲𝗽𝗮𝗹𝗮 𝗕𝗮𝗹𝗮𝗶",
        "kepaIa baIai",
        "Кепала Балай",
    ]);
}

#[test]
fn what_shows_nothing_between_letters_hides_nobody() {
    for hidden in [
        "\u{200b}",
        "\u{200d}",
        "\u{ad}",
        "\u{fe0f}",
        "\u{e0061}",
        "\u{3164}",
        "\u{115f}",
        "\u{2800}",
        "\u{2060}",
        "\u{180e}",
        "\u{34f}",
        "\u{feff}",
    ] {
        let apart = |text: &str| {
            text.chars()
                .map(String::from)
                .collect::<Vec<_>>()
                .join(hidden)
        };
        each_means(HEAD, &[&apart("Sari Puspita"), &apart("puspita")]);
        each_means_the_head(&[&apart("Kepala Balai"), &apart("kabspji")]);
    }
}

#[test]
fn broken_lines_dots_and_spaces_between_letters_hide_nobody() {
    each_means(
        HEAD,
        &[
            "oleh Pus-\npita kemarin",
            "Pus\u{ad}\npita",
            "s a r i  p u s p i t a",
            "S.a.r.i P.u.s.p.i.t.a",
            "S-a-r-i P-u-s-p-i-t-a",
            "p u s p i t a",
            "pus pita",
            "pus pi ta",
            "uang itu untuk p_spita juga",
            "P.U.S.P.I.T.A",
            "sari\npuspita",
            "p*u*s*p*i*t*a",
            "p_u_s_p_i_t_a",
            "pus.pita",
        ],
    );
    each_means_the_head(&[
        "k e p a l a  b a l a i",
        "kepa-\nla balai",
        "K.a.B.a.l.a.i",
        "k-e-p-a-l-a b-a-l-a-i",
        "Ke pala balai",
        "kepala\nbalai",
    ]);
}

#[test]
fn names_within_addresses_file_names_and_longer_words_are_seen() {
    each_means(
        HEAD,
        &[
            "SariPuspita",
            "saripuspita",
            "puspita.sari@gmail.com",
            "sari_puspita.jpg",
            "foto-saripuspita-2026.pdf",
            "spuspita@yahoo.com",
            "@saripuspita99",
            "busari",
            "PakPuspita",
            "surel p1@bspji.example",
            "p1 [at] bspji [dot] example",
        ],
    );
}

#[test]
fn digits_and_signs_for_letters_hide_nobody() {
    each_means(
        HEAD,
        &[
            "5ar1 Pu5p1t4",
            "S@ri Pu$pita",
            "Pusp1ta",
            "P*spita",
            "S*ri P*sp*ta",
            "Pusp!ta",
            "puspitaaaa",
            "bu sar1",
            "kata Pu$p!t@ begitu",
            "S**i P*****a",
            "Sari+Puspita",
        ],
    );
    each_means_the_head(&["k3pala b4lai", "K*pala B*lai", "kepala ba1ai", "p1mpinan"]);
}

#[test]
fn a_wrong_letter_from_six_letters_on_hides_nobody() {
    each_means(
        HEAD,
        &[
            "Puspitta menerimanya",
            "kata Puspta",
            "Puspitq",
            "Upspita",
            "Bu Sary",
            "Sari Puspit",
        ],
    );
    each_means(
        1,
        &["Hendrra", "Gunawann", "Gunawan", "Pak Goenawan", "gnwn"],
    );
    each_means_the_head(&["kepla balai", "kepalaa balai", "pimpinann", "pimpnan balai"]);
    none_means_anybody(&[
        "Formulir itu gunakan saja.",
        "Kepada yang terhormat,",
        "alasan petugas",
        "Pesta puspa di taman.",
    ]);
}

#[test]
fn what_a_program_shows_as_a_letter_is_read_so() {
    each_means(
        HEAD,
        &[
            "Sari&nbsp;Puspita",
            "P&#117;spita",
            "Sari%20Puspita",
            "\\u0050uspita",
            "Pus<b>pi</b>ta",
            "P&uacute;spita",
            "Pus&shy;pita",
        ],
    );
}

#[test]
fn a_text_turned_around_is_read_from_behind() {
    each_means(
        HEAD,
        &[
            "\u{202e}atipsup iras\u{202c}",
            "atipsupiras",
            "atipsup iras",
            "\u{202e}atipsuP\u{202c} yang terima",
            "diterima Pus\u{202e}atip\u{202c} di ruangannya",
            "kata atipsup begitu",
        ],
    );
    each_means_the_head(&["\u{202e}ialab alapek\u{202c}"]);
}

#[test]
fn a_post_is_known_by_each_of_its_wordings() {
    each_means_the_head(&[
        "Kepala Balai",
        "kepala BSPJI Palembang",
        "Kepala Kantor",
        "Plt. Kepala Balai",
        "PLH KEPALA BSPJI",
        "Pimpinan Balai",
        "head of office",
        "the Head of the Office",
        "Kuasa Pengguna Anggaran",
        "orang nomor satu di balai",
        "orang no. 1",
        "kepalo balai",
        "kepala dari kantor ini",
    ]);
    for text in [
        "Ketua Tim PJI",
        "Ketua PJI",
        "ketua tim pengembangan jasa industri",
        "Katim PJI",
        "Plt. Ketua Tim PJI",
    ] {
        assert_eq!(posts(text), [Role::PjiLead], "{text}");
    }
    for role in Role::all().filter(|role| *role != Role::Customer) {
        assert!(
            office().in_field(role.office_term()).named_posts.has(role),
            "{role:?}"
        );
    }
    assert!(posts("ketua tim meminta uang").contains(&Role::TeamLead));
}

#[test]
fn an_abbreviation_of_the_office_is_known_dotted_and_joined() {
    each_means_the_head(&[
        "Ka.Balai",
        "KaBalai",
        "kabalai",
        "Ka.Bal",
        "K.a.B.a.l.a.i",
        "Ka. BSPJI",
        "KaBSPJI",
        "kabspji",
        "Ka.B.S.P.J.I.",
        "Ka BSPJI-Plg",
        "K. Balai",
        "Kakan",
        "Ka. Kantor",
        "Kasatker",
        "kabalainya",
        "Kpl. Balai",
    ]);
    none_means_anybody(&["Kami menunggu di muka balai.", "ketika balai tutup"]);
}

#[test]
fn any_word_for_the_post_is_a_suspicion() {
    each_means_the_head(&[
        "Pak Kepala",
        "bu kepala",
        "Bapak Kepala sudah tahu",
        "kepalanya minta setoran",
        "kata petugas, kepala minta setoran",
        "uang untuk kepala",
        "Menurut Kepala, itu biasa",
        "pimpinan sudah tahu",
        "atasannya",
        "bos petugas",
        "bos besar",
        "Plt. sudah tahu",
        "P.l.h.",
        "pejabat tertinggi",
        "the boss told me",
        "pejabat eselon III yang menerimanya",
        "your head knows",
        "atasan saya menyuruh saya memalsukan hasil uji",
        "pimpinan kami menyuruh kami diam",
        "ruang kepala",
    ]);
    none_means_anybody(&[
        "Sakit kepala saya.",
        "Kepala gudang kami ikut menyaksikan.",
        "Kepala Desa",
        "Pak Kepala Desa datang.",
        "Kepala seksi mutu di pabrik kami",
        "menggelengkan kepala",
        "kepala surat",
        "Pimpinan perusahaan kami sudah menyurati balai.",
        "Bos saya di toko marah.",
        "Atasan saya di perusahaan menunggu.",
        "baju atasan putih",
        "Auditor internal perusahaan kami",
        "Bendahara koperasi kami",
        "Plt. Bupati",
        "kepala kantor pos",
        "ketua tim audit",
        "helm pelindung kepala",
        "dana BOS",
        "Surat kuasa ditandatangani pimpinan PT Maju Bersama.",
        "The head of our quality department kept it.",
        "Direktur PT Maju Jaya menandatangani surat permohonan.",
        "Surat kuasa dari direktur perusahaan sudah dilampirkan.",
        "a headache",
    ]);
}

#[test]
fn a_field_names_beyond_doubt_by_a_name_and_suspects_by_the_rest() {
    let field = |text: &str| office().in_field(text);
    for text in [
        "pak sari",
        "Puspita",
        "SARI",
        "p1@bspji.example",
        "Puspita, Sari",
    ] {
        assert!(field(text).named.contains(&HEAD), "{text}");
    }
    for text in ["S.P.", "SP", "S", "Puspitta", "Sary", "P*spita", "busari"] {
        let found = field(text);
        assert!(
            !found.named.contains(&HEAD) && found.suspected.contains(&HEAD),
            "{text}"
        );
    }
    for text in ["Kepala", "plt.", "Kepala Balai", "Pak Kepala", "pimpinan"] {
        assert!(field(text).named_posts.has(Role::Head), "{text}");
    }
    assert!(
        !field("petugas loket").named.contains(&6)
            && !field("Kepala Desa").named_posts.has(Role::Head)
    );
    assert!(field("tidak tahu").suspected.is_empty());
}

/// The processor time that the reading of a text of this length takes, made of `unit` only.
fn time_of(unit: &str, length: usize) -> Duration {
    let text: String = unit.chars().cycle().take(length).collect();
    let used = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
    let (office, begun) = (office(), used());
    office.in_text(&text);
    office.in_field(&text);
    used().saturating_sub(begun)
}

/// A scan to the end of the text at each of its letters would need 64 times the time for 8 times
/// the text.
#[test]
fn a_hostile_text_of_eight_times_the_length_takes_no_more_than_its_share_of_time() {
    for unit in [
        "a@",
        "@",
        "a*",
        "a**",
        "ʼ**-",
        "ʼ**-kepala",
        "&",
        "&#",
        "&a",
        "&amp;",
        "%",
        "%ff",
        "%53",
        "\\u",
        "\\u0053",
        "<",
        "<b",
        "<!--",
        "\u{202e}a",
        "\u{202e}",
        "ɐ",
        "αа",
        "а ",
        "a-",
        "a.",
        "a",
        "aaa ",
        "7",
        "7 ",
        "k-a-",
        "kepala ",
        "Pak S ",
        "sari ",
        "\u{ad}\n",
        "\n",
        "!a|",
    ] {
        let short = time_of(unit, 4 << 10);
        let long = time_of(unit, 32 << 10);
        assert!(
            long < 24 * short + Duration::from_millis(50),
            "{unit:?}: {short:?}, {long:?}"
        );
    }
}

proptest! {
    #[test]
    fn nothing_panics_on_any_text(text in "\\PC{0,60}", wild in any::<String>(), mixed in "[a-z&#;%<>*\\-\\n.@$ \u{202e}\u{301}\u{ad}0-9A-Z]{0,80}") {
        for text in [text, wild, mixed] {
            office().in_text(&text);
            office().in_field(&text);
            let mut named = Directory::default();
            named.add([text.as_str()], [text.as_str()]);
            named.in_text(&text);
        }
    }

    /// Between any two letters, and any of them.
    #[test]
    fn no_mark_and_nothing_invisible_hides_a_name(at in prop::collection::vec(0_usize..12, 0..6), sign in prop::sample::select(vec!['\u{301}', '\u{200b}', '\u{e0041}', '\u{fe0f}', '\u{3164}', '\u{2800}', '\u{336}'])) {
        let mut chars: Vec<char> = "Sari Puspita".chars().collect();
        for at in at {
            chars.insert(at + 1, sign);
        }
        prop_assert!(people(&chars.into_iter().collect::<String>()).contains(&HEAD));
    }
}
