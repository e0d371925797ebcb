//! The posts of the office as people write them: with the office's term, another term, an
//! abbreviation in any spelling, or a word for a superior. The only such list.

use std::sync::LazyLock;

use sop::role::{Role, Roles};

use crate::fold::{Gap, Word, keys};
use crate::near::is_near;
use crate::stream::{Phrases, Span, Stream};
use crate::words::{Kind, kinds, stem_kinds, stems};

/// The posts that a text speaks of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Posts {
    /// Named by a term that means this post and no other.
    pub named: Roles,
    /// Named by a word that may mean it.
    pub suspected: Roles,
}

/// Words for the head before a word for the office.
const HEADS: &str = "kepala kepalo kapala kapalo kpl kepl kpla kpala kep ka k pimpinan pimp pemimpin bos boss bigboss direktur penguasa petinggi komandan juragan ketua pucukpimpinan pejabatutama orangnomorsatu";
/// Words for the office.
const OFFICES: &str = "balai bal balay balei baley bale bspji bbspji baristand kantor kntr kntor satker satuankerja instansi upt lspro bpsji bsjpi bspj institusi lembagaini tempatini lembagasertifikasi balaistandardisasi";
/// Other terms for the head.
const HEAD_TERMS: &[&str] = &[
    "Plt. Kepala",
    "Plh. Kepala",
    "Pjs. Kepala",
    "Plt. Ka",
    "Plh. Ka",
    "Pelaksana Tugas Kepala",
    "Pelaksana Harian Kepala",
    "Penjabat Kepala",
    "Pejabat Sementara Kepala",
    "Kuasa Pengguna Anggaran",
    "Manajer Puncak LSPro",
    "Manajer Puncak Balai",
    "Pimpinan Puncak Balai",
    "Pimpinan Tertinggi",
    "Atasan Tertinggi",
    "Pejabat Tertinggi",
    "Jabatan Tertinggi",
    "Pucuk Pimpinan",
    "nomor wahid",
    "orang terpenting",
    "punya kuasa di balai",
    "punya kuasa di kantor",
    "pj kepala",
    "nomor satu di balai",
    "nomor satu di kantor",
    "nomor satu di bspji",
    "nomor satu di sini",
    "nomor 1 di kantor",
    "nomor 1 di balai",
    "nomor satu balai",
    "nomor satu kantor",
    "balai 1",
    "bspji 1",
    "orang paling tinggi",
    "orang paling atas",
    "orang tertinggi",
    "paling berkuasa",
    "orang teratas",
    "wong besak",
    "bos besar",
    "bos besak",
    "big boss",
    "big bos",
    "top boss",
    "bos nomor satu",
    "yth kepala",
    "pak kepala",
    "bu kepala",
    "bapak kepala",
    "ibu kepala",
    "bpk kepala",
    "pak kepalo",
    "ibuk kepala",
    "bp kepala",
    "pak bos",
    "bu bos",
    "pak boss",
    "pak pimpinan",
    "bu pimpinan",
    "bapak pimpinan",
    "ibu pimpinan",
    "yang memimpin balai",
    "yang memimpin kantor",
    "yang memimpin bspji",
    "memimpin balai ini",
    "memimpin kantor ini",
    "mengepalai balai",
    "mengepalai kantor",
    "kursi kepala",
    "head of office",
    "head of the office",
    "head of this office",
    "head of your office",
    "head of bspji",
    "head of balai",
    "head of the balai",
    "head of the agency",
    "head of agency",
    "head of the institute",
    "head of the centre",
    "head of the center",
    "head of the institution",
    "head of the bureau",
    "office head",
    "office chief",
    "agency head",
    "chief of the office",
    "chief of office",
    "chief of this office",
    "head of the unit",
    "acting head",
    "interim head",
    "the big boss",
    "top person in the office",
    "top man in the office",
    "manajer balai",
    "manajer bspji",
    "penanggung jawab balai",
    "penanggung jawab kantor",
    "orang pertama di kantor",
    "orang pertama di balai",
    "number one in the office",
    "number one at the office",
    "top official",
    "person in charge of the office",
    "director of the office",
    "director of bspji",
    "director of balai",
    "head officer of bspji",
    "office director",
];
/// Terms that are written as one word and would mean something else in two.
const HEAD_JOINED: [&str; 7] = [
    "kakan", "kabal", "kasatker", "kaupt", "kabspji", "kbspji", "kpa",
];
/// Terms that are written from behind.
const HEAD_TURNED: [&str; 5] = [
    "ialabalapek",
    "rotnakalapek",
    "ijpsbalapek",
    "ialabak",
    "ijpsbak",
];
/// `Orang nomor satu`.
const FIRST_OF_ALL: [&str; 3] = [
    "orang org wong pejabat bapak pak ibu bu",
    "nomor nomer nmr no",
    "satu 1 siji wahid",
];
/// Words before the field of a team lead.
const LEADS: &str = "ketua ketuatim ketim katim ketuatimkerja ketuapokja kapokja koordinator koord kordinator kepala ka lead pimpinan plt plh";
/// Fields of the two team leads.
const PJI: &str = "pji pengembanganjasaindustri pengembanganjasa jasaindustri timpji";
const SS: &str = "ss standardisasidansertifikasi standarisasidansertifikasi standardisasi standarisasi sertifikasi timss timsertifikasi timstandardisasi";

/// Words before `kepala` that make it a post.
const OF_HEAD: [&str; 11] = [
    "pengganti",
    "wakil",
    "calon",
    "kerja",
    "dinas",
    "jabatan",
    "mantan",
    "eks",
    "bekas",
    "menjabat",
    "sebagai",
];
/// Words after `kepala` that make it a person.
const WHICH_HEAD: [&str; 8] = [
    "lama",
    "baru",
    "sebelumnya",
    "sekarang",
    "terdahulu",
    "itu",
    "tersebut",
    "ini",
];
/// Words beside `atasan` or `bos` that make it a garment or a fund.
const CLOTHES: [&str; 10] = [
    "baju", "pakaian", "busana", "seragam", "kemeja", "bawahan", "batik", "putih", "hitam", "dana",
];
/// Posts of the government elsewhere, after `Plt.`.
const OTHER_POSTS: [&str; 10] = [
    "lurah", "camat", "bupati", "gubernur", "walikota", "wali", "menteri", "dirjen", "kades",
    "kadis",
];
/// Words after `ketua tim` that have a term of their own or mean no team of the office.
const FIELDS: [&str; 17] = [
    "pji",
    "ss",
    "pengembangan",
    "jasa",
    "standardisasi",
    "standarisasi",
    "sertifikasi",
    "audit",
    "auditor",
    "asesor",
    "asesmen",
    "penilai",
    "teknis",
    "halal",
    "sepak",
    "futsal",
    "sukses",
];
/// Other terms for the post of `role`, beside its term in the table of roles.
fn synonyms(role: Role) -> &'static [&'static str] {
    match role {
        Role::Head => HEAD_TERMS,
        Role::TeamLead => &["Ketua Tim Teknis"],
        Role::TeamStaff => &["Staf Tim Terkait"],
        Role::PjiStaff => &["Staf Pengembangan Jasa Industri", "Petugas PJI"],
        Role::OperationsStaff => &["Petugas Operasional"],
        Role::IntakeClerk => &["Petugas Penerima Pengaduan", "Petugas Pengaduan"],
        Role::ConflictOfficer => &["Pejabat Benturan Kepentingan"],
        Role::ExternalHandler => &["Penanganan Eksternal"],
        Role::IdentityCustodian => &[
            "Penjaga Identitas Pelapor",
            "Kustodian Identitas",
            "Kustodian",
        ],
        Role::InternalAuditor => &["Auditor Intern", "Pengawas Internal", "Pengawas Intern"],
        Role::Treasurer => &["Bendahara"],
        Role::Admin => &["Admin Sistem", "Administrator Sistem"],
        Role::PjiLead | Role::SsLead | Role::Customer => &[],
    }
}

/// Short terms that mean a post only in a field for a post, and would mean little in a text.
fn short_forms(role: Role) -> &'static [&'static str] {
    match role {
        Role::Head => &["Kepala", "Pimpinan", "Plt.", "Plh."],
        Role::Admin => &["Admin"],
        _ => &[],
    }
}

struct Terms {
    phrases: Phrases,
    roles: Vec<Role>,
    joined: Phrases,
    turned: Phrases,
}

static TERMS: LazyLock<Terms> = LazyLock::new(|| {
    let (mut phrases, mut roles) = (Phrases::default(), Vec::new());
    let mut add = |term: &str, role| {
        if phrases.add(&keys(term).concat()).is_some() {
            roles.push(role);
        }
    };
    for role in Role::all().filter(|role| *role != Role::Customer) {
        for term in std::iter::once(&role.office_term()).chain(synonyms(role)) {
            add(term, role);
        }
    }
    for (firsts, seconds, role) in [
        (HEADS, OFFICES, Role::Head),
        (LEADS, PJI, Role::PjiLead),
        (LEADS, SS, Role::SsLead),
    ] {
        for first in firsts.split(' ') {
            for second in seconds.split(' ') {
                add(&format!("{first}{second}"), role);
            }
        }
    }
    let [who, number, first] = FIRST_OF_ALL.map(|words| words.split(' '));
    for who in who {
        for number in number.clone() {
            for first in first.clone() {
                add(&format!("{who} {number} {first}"), Role::Head);
            }
        }
    }
    let mut joined = Phrases::default();
    for term in HEAD_JOINED {
        joined.add(term);
    }
    let mut turned = Phrases::default();
    for term in HEAD_TURNED {
        turned.add(term);
    }
    Terms {
        phrases,
        roles,
        joined,
        turned,
    }
});

/// Words of posts that a reader knows though letters of them are starred or wrong.
const REPAIRED: [&str; 8] = [
    "kepala", "pimpinan", "pemimpin", "atasan", "balai", "kantor", "bspji", "bos",
];

/// The posts that the text with these words speaks of.
pub(crate) fn posts(stream: &Stream<'_>) -> Posts {
    let mut found = Posts::default();
    let mut text = Text {
        words: stream.words,
        kinds: stream.words.iter().map(kind).collect(),
        of_firm: false,
    };
    text.of_firm = text.is_of_firm();
    stream.find(&TERMS.phrases, |n, span| {
        let role = TERMS.roles[n];
        if text.is_here(role, span) {
            found.named = found.named.with(role);
        }
    });
    stream.find(&TERMS.joined, |_, span| {
        if stream.is_tight(span) {
            found.named = found.named.with(Role::Head);
        }
    });
    stream.find(&TERMS.turned, |_, _| {
        found.named = found.named.with(Role::Head);
    });
    for at in 0..text.words.len() {
        if text.means_head(at) {
            found.suspected = found.suspected.with(Role::Head);
        }
        if text.means_chief(at) || text.means_lead(at) {
            // A word such as `atasan` may mean any of them.
            found.suspected = Role::LEADERSHIP
                .into_iter()
                .fold(found.suspected, Roles::with);
        }
    }
    found
}

/// The posts that a text in a field for a name or a post means.
pub(crate) fn posts_of_field(stream: &Stream<'_>) -> Posts {
    let mut found = posts(stream);
    let polite = |word: &&Word| {
        ["pak", "bu", "bapak", "ibu", "bpk", "sang", "si"].contains(&word.key.as_str())
    };
    let given: String = stream
        .words
        .iter()
        .skip_while(polite)
        .map(|word| word.key.as_str())
        .collect();
    for role in Role::all() {
        if short_forms(role)
            .iter()
            .any(|form| keys(form).concat() == given)
        {
            found.named = found.named.with(role);
        }
    }
    found
}

/// The kinds of a word, also where a letter of it is starred or wrong.
fn kind(word: &Word) -> Kind {
    let bare = word.bare.as_deref().map(stem_kinds).unwrap_or_default();
    let known = stem_kinds(&word.key).or(bare);
    if known != Kind::default() {
        return known;
    }
    let meant = REPAIRED.iter().find(|repaired| {
        (word.masked && fits_mask(&word.key, repaired))
            || (repaired.len() >= 6
                && word.key.len() < 16
                && stems(&word.key).any(|stem| is_near(stem, repaired)))
    });
    meant.map(|word| kinds(word)).unwrap_or_default()
}

/// Whether `word` may stand behind `mask`, in which one `*` is one letter and several are any.
pub(crate) fn fits_mask(mask: &str, word: &str) -> bool {
    fn fits(mask: &[u8], word: &[u8]) -> bool {
        match mask {
            [] => word.is_empty(),
            [b'*', b'*', ..] => {
                let rest = &mask[mask.iter().take_while(|c| **c == b'*').count()..];
                (1..=word.len()).any(|skipped| fits(rest, &word[skipped..]))
            }
            [b'*', rest @ ..] => !word.is_empty() && fits(rest, &word[1..]),
            [c, rest @ ..] => word.first() == Some(c) && fits(rest, &word[1..]),
        }
    }
    let letters = mask.bytes().filter(|c| *c != b'*').count();
    mask.len() <= 40
        && mask.matches("**").count() <= 6
        && !mask.starts_with('*')
        && letters >= 1
        // A few letters tell a word when its end is among them: `p*****a`.
        && (letters * 3 >= word.len() || (letters > 1 && !mask.ends_with('*')))
        && (letters == mask.len() || fits(mask.as_bytes(), word.as_bytes()))
}

struct Text<'a> {
    words: &'a [Word],
    kinds: Vec<Kind>,
    /// Whether the writer speaks for a firm.
    of_firm: bool,
}

impl Text<'_> {
    fn is(&self, at: usize, kind: Kind) -> bool {
        self.kinds.get(at).is_some_and(|known| known.is(kind))
    }

    fn key(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| &word.key)
    }

    /// The places after `at` in the same sentence, at most `most`.
    fn after(&self, at: usize, most: usize) -> impl Iterator<Item = usize> {
        (at + 1..self.words.len())
            .take(most)
            .take_while(|at| self.words[*at].gap != Gap::Stop)
    }

    /// The places before `at` in the same sentence, nearest first, at most `most`.
    fn before(&self, at: usize, most: usize) -> impl Iterator<Item = usize> {
        let from = (0..=at)
            .rev()
            .take(most + 1)
            .find(|at| self.words[*at].gap == Gap::Stop)
            .unwrap_or(at.saturating_sub(most));
        (from.max(at.saturating_sub(most))..at).rev()
    }

    /// Whether the words after `at` lead to one of `kinds`, over fillers only.
    fn leads_to(&self, at: usize, kinds: Kind, most: usize) -> bool {
        let fillers = Kind::FILLER.or(Kind::OURS);
        for place in self.after(at, most) {
            if self.is(place, kinds) {
                return true;
            }
            if !self.is(place, fillers) || self.is(place, Kind::OFFICE) {
                return false;
            }
        }
        false
    }

    /// Whether a term of a post means this office.
    fn is_here(&self, role: Role, span: Span) -> bool {
        let next = self.after(span.last, 1).next();
        match role {
            // `Ka. Balai` is one term, `kepala. Kantor` is two sentences.
            Role::Head
                if span.first < span.last
                    && self.words[span.last].gap == Gap::Stop
                    && self.key(span.last - 1).len() > 4 =>
            {
                false
            }
            Role::Head => !next.is_some_and(|next| {
                self.is(span.last, Kind::OFFICE) && self.is(next, Kind::OTHER_OFFICE)
                    || self.is(span.last, Kind::HEAD.or(Kind::CHIEF))
                        && self.is(next, Kind::ELSEWHERE)
                    || self.is(span.last, Kind::CHIEF) && self.leads_to(span.last, Kind::FIRM, 3)
            }),
            Role::InternalAuditor => {
                !self.leads_to(span.last, Kind::FIRM.or(Kind::ELSEWHERE).or(Kind::OURS), 2)
            }
            Role::Treasurer | Role::Admin | Role::PjiLead | Role::SsLead => {
                !self.leads_to(span.last, Kind::FIRM.or(Kind::ELSEWHERE), 3)
            }
            _ => true,
        }
    }

    /// Whether a `kepala` is a part of the body, or of a thing.
    fn is_body(&self, at: usize) -> bool {
        self.before(at, 3)
            .chain(self.after(at, 4))
            .any(|at| self.is(at, Kind::BODY))
    }

    fn is_of_firm(&self) -> bool {
        (0..self.words.len()).any(|at| {
            ["pt", "cv"].contains(&self.key(at))
                || (self.is(at, Kind::FIRM)
                    && (self.after(at, 2).any(|at| self.is(at, Kind::OURS))
                        || self.before(at, 1).any(|at| self.is(at, Kind::OURS))))
        })
    }

    /// Whether the word at `at` may mean the head.
    fn means_head(&self, at: usize) -> bool {
        if self.is(at, Kind::ACTING) {
            self.is_acting_head(at)
        } else if ["ka", "kep", "kb"].contains(&self.key(at)) {
            self.is_short_head(at)
        } else if ["head", "chief", "leader", "director"].contains(&self.key(at)) {
            self.is_english_head(at)
        } else {
            self.is(at, Kind::HEAD) && (self.is_head_of_office(at) || self.is_head_of_something(at))
        }
    }

    /// `Plt.`, unless another post follows.
    fn is_acting_head(&self, at: usize) -> bool {
        // The dot of `Plt.` ends no sentence.
        let next = Some(at + 1).filter(|next| *next < self.words.len());
        let other = next.is_some_and(|next| {
            OTHER_POSTS.contains(&self.key(next))
                || ["ketua", "katim", "ketim", "koordinator"].contains(&self.key(next))
                || (self.is(next, Kind::HEAD) && self.leads_to(next, Kind::ELSEWHERE, 1))
        });
        // In English `acting` is a common word.
        !other && self.key(at) != "acting"
    }

    /// `Pak Ka.`.
    fn is_short_head(&self, at: usize) -> bool {
        let polite = self
            .before(at, 1)
            .any(|at| ["pak", "bu", "bapak", "ibu", "bpk"].contains(&self.key(at)));
        polite
            && !self
                .after(at, 1)
                .any(|next| self.is(next, Kind::NAME.or(Kind::ELSEWHERE)))
    }

    /// `The head of the office`, `your head`.
    fn is_english_head(&self, at: usize) -> bool {
        let said = self.key(at) != "director"
            && self.before(at, 1).any(|at| {
                ["the", "your", "their", "top"].contains(&self.key(at)) || self.is(at, Kind::OFFICE)
            });
        let of = self.after(at, 1).any(|at| self.key(at) == "of");
        let elsewhere = self.leads_to(at, Kind::ELSEWHERE.or(Kind::FIRM), 2);
        self.leads_to(at, Kind::OFFICE, 4) || (said && !of && !elsewhere && !self.is_body(at))
    }

    /// `Kepala dari balai ini`, also with a misspelt office.
    fn is_head_of_office(&self, at: usize) -> bool {
        let misspelt = self.after(at, 1).any(|next| {
            self.kinds[next] == Kind::default()
                && self.key(next).len() > 3
                && ["balai", "bspji", "kantor"]
                    .iter()
                    .any(|office| is_near(self.key(next), office))
        });
        let other = || {
            let mut pairs = self.after(at, 5).zip(self.after(at, 5).skip(1));
            pairs.any(|(office, next)| {
                self.is(office, Kind::OFFICE) && self.is(next, Kind::OTHER_OFFICE)
            })
        };
        misspelt || (self.leads_to(at, Kind::OFFICE, 4) && !other())
    }

    /// `Kepala` without an office after it.
    fn is_head_of_something(&self, at: usize) -> bool {
        if self.leads_to(at, Kind::OFFICE, 4) {
            return false;
        }
        // `Auditor kepala` leads an audit.
        let elsewhere = self.before(at, 1).any(|at| self.key(at) == "auditor")
            || self.leads_to(at, Kind::ELSEWHERE.or(Kind::FIRM), 2)
            || self.after(at, 2).any(|at| self.is(at, Kind::FIRM));
        if elsewhere || self.is_body(at) {
            return false;
        }
        let word = &self.words[at];
        let polite = self
            .before(at, 1)
            .any(|at| self.is(at, Kind::POLITE.or(Kind::ACTING)));
        let towards = self
            .before(at, 1)
            .any(|at| self.is(at, Kind::TOWARDS) || OF_HEAD.contains(&self.key(at)))
            || self
                .after(at, 1)
                .any(|at| WHICH_HEAD.contains(&self.key(at)));
        let acts = self.after(at, 1).any(|at| {
            self.is(at, Kind::ACT) || self.key(at).starts_with("me") && self.key(at).len() > 5
        });
        let holder = word.key.len() > 6 && ["nya", "nyo"].iter().any(|end| word.key.ends_with(end));
        let of_firm = holder
            && self
                .before(at, 5)
                .any(|at| self.is(at, Kind::FIRM.or(Kind::ELSEWHERE)));
        let capital = word.capital
            && !word.is_first()
            && !self.before(at, 1).any(|at| self.words[at].capital);
        !of_firm && (polite || towards || acts || holder || capital || self.words.len() == 1)
    }

    fn means_chief(&self, at: usize) -> bool {
        let official = self.key(at) == "pejabat"
            && (self.leads_to(at, Kind::OFFICE, 2) || self.key(at + 1) == "eselon");
        if !self.is(at, Kind::CHIEF) && !official {
            return false;
        }
        let clothes = self
            .before(at, 1)
            .chain(self.after(at, 2))
            .any(|at| CLOTHES.contains(&self.key(at)));
        let of_firm = self.leads_to(at, Kind::FIRM.or(Kind::ELSEWHERE), 4)
            || (self.before(at, 4).any(|at| self.is(at, Kind::FIRM))
                && self.key(at).ends_with("nya"))
            || self
                .before(at, 1)
                .any(|at| self.is(at, Kind::OURS) && self.of_firm)
            || (self.after(at, 1).any(|at| self.is(at, Kind::OURS)) && self.of_firm)
            || self.works_elsewhere(at);
        !clothes && (!of_firm || self.leads_to(at, Kind::OFFICE, 4))
    }

    /// `Bos saya marah besar di toko`.
    fn works_elsewhere(&self, at: usize) -> bool {
        let ours = self
            .after(at, 1)
            .chain(self.before(at, 1))
            .any(|at| self.is(at, Kind::OURS));
        ours && self.after(at, 6).any(|place| {
            ["di", "dari", "pada", "at", "in"].contains(&self.key(place))
                && self.leads_to(place, Kind::FIRM.or(Kind::ELSEWHERE), 2)
        })
    }

    /// `Ketua tim` of no field.
    fn means_lead(&self, at: usize) -> bool {
        let last = match self.key(at) {
            "katim" | "ketim" => at,
            "ketua" if ["tim", "pokja"].contains(&self.key(at + 1)) => at + 1,
            "team" if ["lead", "leader"].contains(&self.key(at + 1)) => at + 1,
            _ => return false,
        };
        let last = if self.key(last + 1) == "kerja" {
            last + 1
        } else {
            last
        };
        let fielded = self.after(last, 1).any(|at| FIELDS.contains(&self.key(at)));
        let of_firm = self.leads_to(last, Kind::FIRM.or(Kind::ELSEWHERE), 3)
            || (self.after(last, 1).any(|at| self.is(at, Kind::OURS)) && self.of_firm)
            || self
                .before(at, 2)
                .any(|at| self.is(at, Kind::FIRM) || self.key(at) == "audit");
        !fielded && !of_firm
    }
}
