//! The words that the screening knows, by what they say beside a name or a post. Written by hand:
//! Indonesian with Palembang speech, and some English.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a word may be; a word may be several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Kind(u32);

impl Kind {
    /// Stands before a name: `Pak`, `saudari`, `petugas`.
    pub const ADDRESS: Self = Self(1);
    /// A degree or title that is no part of a name.
    pub const TITLE: Self = Self(1 << 1);
    /// `kepala` and its spellings.
    pub const HEAD: Self = Self(1 << 2);
    /// Another word for a superior: `pimpinan`, `atasan`, `bos`.
    pub const CHIEF: Self = Self(1 << 3);
    /// The office: `balai`, `BSPJI`, `kantor`.
    pub const OFFICE: Self = Self(1 << 4);
    /// Acting in a post: `Plt.`, `Plh.`.
    pub const ACTING: Self = Self(1 << 5);
    /// A firm or its part, a place or a matter with a head of its own: `gudang`, `desa`.
    pub const ELSEWHERE: Self = Self(1 << 6);
    /// A firm: `perusahaan`, `PT`.
    pub const FIRM: Self = Self(1 << 7);
    /// Says that `kepala` is a part of the body, or of a thing.
    pub const BODY: Self = Self(1 << 8);
    /// Stands between a head and the office: `di`, `dari`.
    pub const FILLER: Self = Self(1 << 9);
    /// Stands before somebody: `oleh`, `kepada`, `ruang`.
    pub const TOWARDS: Self = Self(1 << 10);
    /// What somebody does: `menerima`, `minta`.
    pub const ACT: Self = Self(1 << 11);
    /// `saya`, `kami`.
    pub const OURS: Self = Self(1 << 12);
    /// Makes another office of an office: `pos`, `cabang`.
    pub const OTHER_OFFICE: Self = Self(1 << 13);
    /// An ordinary word that may also be a name, or is near to one.
    pub const ORDINARY: Self = Self(1 << 14);
    /// A common name.
    pub const NAME: Self = Self(1 << 15);
    /// A first name that very many have.
    pub const COMMON: Self = Self(1 << 16);
    /// Stands before the name of a place, a firm or a thing: `Jalan`, `PT`, `Hotel`.
    pub const PLACE: Self = Self(1 << 17);
    /// A word of a post or of the office's services, in no name.
    pub const POST: Self = Self(1 << 18);

    /// An address that no ordinary word follows: `Pak`, `berinisial`.
    pub const POLITE: Self = Self(1 << 19);

    /// Whether it is one of `kinds`.
    pub fn is(self, kinds: Self) -> bool {
        self.0 & kinds.0 != 0
    }

    /// Any of both.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[rustfmt::skip]
const WORDS: &[(Kind, &str)] = &[
    (Kind::ADDRESS, "pak bu bapak ibu bpk bp pk ibuk bapaknya ibunya mas mbak mba bang abang kak kakak ka cek yuk ayuk cik cece ce koh ko om tante mang mamang bik bibik wak uwak uda uni teh teteh kang akang aa dek adek dik adik mr mrs ms miss sir madam \
        sdr sdri saudara saudari tuan nyonya nona ny tn yth h hj haji hajah ustad ustaz ustadz kyai ki gus bung jeng nyai encik datuk pakde bude paklik bulik abah umi eyang \
        petugas staf staff pegawai karyawan auditor asesor penguji analis bendahara admin satpam sopir supir oknum si sang ketua koordinator koord kepala penyelia verifikator rekan teman saksi bernama namanya inisial berinisial nama alias called named"),
    (Kind::POLITE, "pak bu bapak ibu bpk bp pk ibuk mas mbak mba bang abang kak kakak cek yuk ayuk cik om tante mang bik uda uni teh kang mr mrs ms sir madam sdr sdri saudara saudari tuan nyonya nona inisial inisialnya berinisial bernama namanya oknum haji hajah"),
    (Kind::TITLE, "drs dra prof dr ir st se sh mm mt mba msc phd skom kom eng bin binti demo spd mpd ssi msi ssos sip map mkom mti sp mp spt stp mtp sstp amd apt drg sag mag lc md hj h s m ph d a"),
    (Kind::HEAD, "kepala kepalo kapala kapalo kpl kepl kpla kpala kplo kapalanya"),
    (Kind::CHIEF, "pimpinan pemimpin superior superiors supervisor supervisors penyelia komandan ndan atasan bos boss bosnya petinggi penguasa pembesar penggede pmpinan pimpnan higherup higherups"),
    (Kind::OFFICE, "balai bspji bbspji baristand kantor kntr kntor satker instansi upt sini situ sana disini disana lspro office agency institute balainya bpsji bsjpi bspj bspjiplg"),
    (Kind::ACTING, "plt plh pjs pgs pymt plth acting"),
    (Kind::ELSEWHERE, "gudang seksi bagian bidang sekolah madrasah keluarga cabang pabrik produksi proyek regu stasiun dinas desa dusun kampung lurah kelurahan kecamatan camat rumah tangga daerah negara negeri polisi kepolisian polsek polres polda mandor teknik \
        laboratorium lab divisi departemen subbagian subbag subseksi unitkerja shift toko tukang dapur kelas suku adat kandang kebun kapal puskesmas keamanan logistik pembelian pemasaran keuangan kelompok rt rw lingkungan pemeliharaan pengadaan personalia operasional \
        quality production warehouse branch department division factory laboratory school village section sales purchasing maintenance \
        rapat sidang rombongan redaksi puncak koperasi asosiasi partai dewan majelis gereja masjid yayasan ormas serikat mutu"),
    (Kind::FIRM, "perusahaan pt cv ud usaha pabrik toko koperasi bengkel firma holding grup hotel restoran umkm ikm industri produsen importir distributor konsultan kontraktor vendor pemohon klien pelanggan company firm client factory applicant"),
    (Kind::BODY, "sakit pusing pening helm pelindung rambut topi kaki luka terluka terbentur benjol menggeleng menggelengkan mengangguk menganggukkan geleng garuk menggaruk dingin surat paku baut berita pecah pecahnya nyeri migrain dahi leher bahu telinga tangan ikan kambing ayam sapi udang kereta jarum kemasan silinder pipa sampai ujung \
        pukul terpukul atap pundak badan minum obat jahit berdarah bocor jatuh kejatuhan ditimpa tertimpa menimpa menunduk menundukkan sambil panas kertas halaman tabel kolom botuna tegak bulat kosong peluru bantal"),
    (Kind::FILLER, "di dari pada nya ini itu tersebut umum besar sebuah para sang si of the at in for dalam utama tertinggi seluruh lingkungan unit pelaksana teknis bagi ya sih kan kita kami puncak selaku sebagai this our your dri pd dr kerja satuan"),
    (Kind::TOWARDS, "oleh kepada kpd yth ke untuk utk buat sama dengan dgn bersama bareng ruang ruangan meja sopir supir ajudan sekretaris istri suami anak restu arahan perintah suruhan instruksi disposisi persetujuan sepengetahuan izin ijin sang si kata menurut dari bertemu menemui menghadap lapor melapor melaporkan setor setoran jatah titipan pesan an paraf tandatangan atas bernama namanya memanggil panggil lewat melalui by to from with \
        tanda menghubungi hubungi nama"),
    (Kind::ACT, "meminta minta menerima terima nerima menyuruh suruh nyuruh memaksa maksa paksa mengancam ancam ngancam membawa memberi mengambil ambil ngambil menolak memeras memotong menelepon menelpon nelpon telepon mengatakan bilang katakan berkata tahu mengetahui ikut menyetujui setuju memerintahkan perintahkan memerintah menjanjikan janji berjanji menahan memanggil menghubungi memalsukan menandatangani meneken menyimpan membagi menikmati mengatur atur ngatur menyembunyikan melindungi membiarkan menekan \
        membatalkan mempersulit menitipkan titip menagih nagih menyerahkan memungut pungut memarahi marah dapat mendapat sendiri yang juga langsung selalu pernah sudah telah akan mau ingin tidak tak belum asked asks took takes received wants wanted told demanded knows knew said"),
    (Kind::OURS, "saya kami kita ku mu anda kamu aku gue mereka dia ia beliau my our their his her your"),
    (Kind::OTHER_OFFICE, "pos cabang pajak bea desa kelurahan camat kecamatan polisi bank pertanahan kota bupati gubernur notaris pengacara lain lainnya pengobatan latihan pelatihan kesehatan imigrasi agama perusahaan pabrik pemasaran pelabuhan bandara wilayah perwakilan penjualan akuntan asuransi kepolisian nikah pom pengawas bahasa arkeologi warga rw rt"),
    (Kind::PLACE, "sakit jalan jl jln gang lorong pt cv ud toko hotel rs universitas sungai desa kelurahan kecamatan kabupaten provinsi gedung komplek kompleks perumahan pasar masjid sd smp sma smk bank batik roti kopi merek merk produk apotek klinik restoran suku gunung danau pulau jembatan simpang stadion kapal taman blok yayasan koperasi bandara jenderal jend street"),
    (Kind::POST, "kepala balai petugas penerima pengaduan aduan pengembangan jasa industri standardisasi sertifikasi operasional terkait benturan kepentingan penjaga identitas pelapor auditor internal intern bendahara penerimaan admin administrator sistem pelanggan tim ketua staf staff penangan penanganan eksternal kantor uji coba demo orang nama user pengguna pji ss bspji pengujian loket kustodian pejabat seksi bidang umum teknis"),
    (Kind::ORDINARY, "sari budi dewi wulan bayu surya putra indah ayu bintang cahaya cahya mawar melati permata intan mutiara jaya sejahtera tirta musi maju lestari utama harapan setia mulia permana hakim imam agung muda kurnia karunia rahmat hidayah iman amanah cinta damai teguh tegar guna ratu raja pangeran nur lintang fajar subuh senja embun bumi samudra laut gunung guntur \
         rezeki rejeki baru lama besar kecil pagi siang sore malam hari bulan tahun minggu senin selasa rabu kamis jumat sabtu januari februari maret april mei juni juli agustus september oktober november desember catur panca sakti wibawa bakti bhakti karya citra mega nusa bangsa negara kencana puspa melodi irama gading perak emas perdana pertama adil jujur ramah sabar berkah barokah mandiri makmur sentosa sempurna bahagia \
         all also alam aman amin asih asri asli anda anak adam ada adi air akbar agama aji ajar alat aria arti arum atas awal awan bani bara barat bima buana buah buat cepat daya diam elok emil era esa irama isa jati jika kala kali kasih kian lani lara mala mami mana mara muti pandu pasti prima rara rasa rusli saka salam santi satu selamat sela sinar suci sumber tari timur utara windu yoga zaman \
        gunakan digunakan gunaan hidangan melihat menjadi merasa mencari mengisi memberi menanti pertemuan perizinan permintaan pelayanan pembayaran pengajuan perusahaan petunjuk permohonan sertifikat rahasia halaman harian bagian jawaban tagihan gambaran pesanan pelatihan jadwal kuitansi rincian informasi dokumen laporan penguji pengujian salinan formulir contoh sampel analisis biaya tarif rekening transfer ruangan antrean hasil standar proses kualitas manajemen pabrik produk produksi lapangan perbaikan kalibrasi sampling alasan kantor aturan harapan keluhan tanggapan kebijakan persyaratan kerusakan peralatan \
        mulyo mulya sekali kembali sendiri semua setiap selama setelah sebelum supaya sehingga kemarin besok lusa tersebut mereka kalian siapa dimana kenapa bagaimana hanya saja lagi masih sudah belum harus dapat boleh perlu dengan tanpa tetapi namun karena untuk pada kepada antara sampai hingga ketika dalam luar depan belakang samping kiri kanan bawah \
        pusat pasar jalan gedung rumah warga sungai kabupaten provinsi wilayah nasional indonesia palembang sumatera selatan lampung bengkulu jambi bangka jakarta lunas tunai amplop uang batasan kepalan kepalang bualan rupiah juta ribu ratus gratifikasi suap pungli pungutan nota bukti foto rekaman saksi korban terlapor pelapor pimpinan ketua wakil anggota bendahara sekretaris sarjana magister doktor lulus nilai \
        report letter money paid cash clerk sample test results office please never always before after again about could would should other their there where which while still until under officer staff service application certificate schedule meeting payment invoice receipt promised waiting asked received monday tuesday wednesday thursday friday saturday sunday harian karton hartanya harta suharga salinan \
        agam agar lokal total saran surat sarat saris tari darah derma dermawan darmawisata sultan sulit sabun santun santan santai susila susul utusan kurma handuk hendak hendaknya hendaklah pustaka puspa pesta pusing gunung gunting ganda gunanya rasanya rinci raih riang lukisan luka lukas hampir hukum nurani hidup hidang marinir marmer marmar murni salju sales sepuluh teduh tegas tengah prakarsa bambu irama iramanya lestarikan angin anggrek anggaran anggapan anggun anggur"),
    (Kind::NAME, "rudi doni dona edi eko susi rosa vera yuni yuli rini rita nina lina novi nova okta oka tina yana yani yanti wati wawan umar roni rani joni eva erna dini dina dian fitri nita nani mira lili lia ina ira nanda rana ria kartika pratama salim putri umi tasya tia tiara tono tuti titi tita tini tati lisa laras karim ali ani ana ami sri dwi tri eka candra rizki utami kusuma yuda yogi wira satria taufik taufiq rina sita susanti agus ahmad ade adit aditya adi afif agnes aisyah akbar aldi alfian ali alya amalia amanda amelia amir andi andika andre andri andrian anggi anggraini anisa anita anton antoni anwar ari arief arif arifin aris arman arya astuti asep asri aziz bagas bagus bambang basuki bayu benny bintang bobby budi budiman budiono burhan cahyo candra chandra christian cici cindy citra dadang dahlan danang dani daniel darma darmawan daud david deni denny deri desi dewi dian diana didik dina dinda dodi doni dwi dyah edi edy effendi eka eko elisa elly endang erik erna ernawati erwin eva evi fadli fahmi fajar farah farhan farid fatimah fauzan fauzi febri ferdi ferry fikri firdaus firman fitri fitriani galih gilang gita gunadi gunawan guntur habibi hadi hafiz haikal hakim halim hamid hamzah handayani handoko hani hanif hari haris hariyanto harjo hartati hartono hasan hasanah hendra hendri henny heri herlina herman hermawan heru hidayah hidayat husein husni ibrahim idris ikhsan ilham iman imam indah indra indri intan ira irawan irawati irfan irma irwan iskandar ismail iwan jaka jamal januar joko johan jonathan julia junaidi kamal karim kartika kartini kemal khairul krisna kurnia kurniawan kurniawati kusuma kusnadi laila laksono leni lestari lia lilis lina linda lisa lukman lutfi mahendra maharani mahmud mardiana maria marlina marsudi martini maulana maya mega melati meri mira mirna mohammad muhammad muhamad mulyadi mulyani mulyono murni mustafa mutia nabila nadia nanang nasution nia nina nisa novi novita nugraha nugroho nur nurdin nurhayati nurlaila nurul oki oktavia panji pardede permana permata pratama pratiwi prabowo pramono prasetyo pranoto priyanto purnama purnomo puspa puspita putra putri rachmat raden rahayu rahman rahmat rahmawati ramadhan ramli ranti rani rasyid ratih ratna rendi reni restu retno reza rian riana ridwan rika rina rini riska rita riyadi rizal rizki rizky robert rohman roni rosa rosalina rosdiana rosita rudi rudy rusdi rusli rustam ruslan sabrina safitri saleh salim salma samsul samuel sandi santi santoso saputra saputri sarah sari sartika satria septian setiawan setiawati setyo shinta sigit silvia simanjuntak sinaga siregar siska siti sitorus situmorang slamet sofyan sri subagyo subandi subekti sudarsono sudirman sugeng sugiarto sugiono suharto suhendra sulaiman sulastri sumarni sunarto supardi supriyadi suprapto surya suryadi suryani suryanto susanti susanto susilo susilawati sutrisno suwandi syahrul syaiful syamsul tari tatang taufik teguh tika tina titin tono toni tri trisno tuti udin ujang umar utami utomo vera vina wahid wahyu wahyudi wahyuni wati wawan wibowo widiastuti widodo widya wijaya winarno winarti wira wisnu wulan wulandari yadi yana yani yanti yanto yasin yati yoga yogi yohanes yuda yudi yuli yuliana yulianti yulianto yuni yunita yusuf yusup zaenal zainal zainuddin zaki zulfikar zulkifli"),
    (Kind::COMMON, "agus ahmad muhammad mohammad muhamad moh muh abdul nur nurul sri siti tri dwi eko eka budi andi dewi joko rina ratna ani yani indra hendri dian dedi rudi heri yudi iwan ali umar yuli yanti ari adi putra putri sari dina doni rini rani maria"),
];

/// The kinds of `word`.
pub(crate) fn kinds(word: &str) -> Kind {
    static KNOWN: LazyLock<HashMap<&'static str, Kind>> = LazyLock::new(|| {
        let mut known = HashMap::new();
        for (kind, words) in WORDS {
            for word in words.split_ascii_whitespace() {
                let kinds: &mut Kind = known.entry(word).or_default();
                *kinds = kinds.or(*kind);
            }
        }
        known
    });
    KNOWN.get(word).copied().unwrap_or_default()
}

/// Endings that a word may bear.
const ENDINGS: [&str; 9] = ["nya", "lah", "kah", "pun", "ku", "mu", "nyo", "nye", "s"];

/// The word, and the word without an ending.
pub(crate) fn stems(word: &str) -> impl Iterator<Item = &str> {
    let endings = ENDINGS
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .filter(|stem| stem.chars().count() >= 3);
    std::iter::once(word).chain(endings)
}

/// The kinds of a word with or without an ending.
pub(crate) fn stem_kinds(word: &str) -> Kind {
    stems(word).fold(Kind::default(), |known, stem| known.or(kinds(stem)))
}

/// Whether a word has the form of a verb or of a derived noun, and so is no misspelt name.
pub(crate) fn is_derived(word: &str) -> bool {
    let long = word.len() > 6;
    long && (["kan", "nya", "lah", "kah", "ing", "tion", "ed", "ly"]
        .iter()
        .any(|end| word.ends_with(end))
        || [
            "meng", "mem", "men", "ber", "ter", "peng", "pem", "pen", "per", "di", "ke", "se",
        ]
        .iter()
        .any(|start| word.starts_with(start)))
}
