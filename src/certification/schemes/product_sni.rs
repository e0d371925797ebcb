//! Product certification, SPPT SNI type 5 or 3. P01 to P25 are the printed items of SK 480/2021.
//! The page breaks off in item 26 ("Lapora…"), which is left out until the office completes it.
//! Rows from other sources start at P51.

use super::requirement::{Basis, Confidence, Requirement};
use super::{Condition, Scheme, SchemeCode, Subject};
use crate::certification::facts::{ApplicantKind, ApplicationKind, CertificationType, Commodity};
use crate::sop::text::Term;

/// The numbers of the printed items are the codes of the rows.
const SERVICE_STANDARD: Basis = Basis {
    source: "SK 480/2021 of BSPJI Palembang, sippn.menpan.go.id/pelayanan-publik/8053463",
    confidence: Confidence::High,
};

/// The article concerns instant coffee only. Applying it to other products is our interpretation,
/// so the confidence is not high.
const REPRESENTATIVE: Basis = Basis {
    source: "Permenperin 4/2025 Ps. 13(2); LSPro database of Balai Keramik, 2019",
    confidence: Confidence::Medium,
};

/// The rows of the joined list that are not in the article, hence from the database.
const SISTER_OFFICE: Basis = Basis {
    source: "LSPro database of Balai Keramik, 2019",
    confidence: Confidence::Medium,
};

const UMKM_DISCOUNT: Basis = Basis {
    source: "UMKM discount of 25 %, sumatra.bisnis.com/read/20240703/534/1779105",
    confidence: Confidence::Medium,
};

const BOTTLED_WATER: Condition = Condition::CommodityIs(&[Commodity::BottledWater]);

/// The source says "food industry", and bottled water is food in the sense of the CPPOB rules.
const FOOD_INDUSTRY: Condition =
    Condition::CommodityIs(&[Commodity::Food, Commodity::BottledWater]);

const FROM_ABROAD: Condition =
    Condition::ApplicantIs(&[ApplicantKind::Importer, ApplicantKind::ForeignProducer]);

const fn item(code: &'static str, title_en: &'static str, title_id: &'static str) -> Requirement {
    Requirement::paper(code, title_en, title_id, SERVICE_STANDARD)
}

const fn extra(
    code: &'static str,
    title_en: &'static str,
    title_id: &'static str,
    basis: Basis,
) -> Requirement {
    Requirement::paper(code, title_en, title_id, basis).when(FROM_ABROAD)
}

pub(super) static SCHEME: Scheme = Scheme {
    code: SchemeCode::ProductSni,
    title: Term {
        id: "Sertifikasi Produk (SPPT SNI)",
        en: "Product certification (SPPT SNI)",
    },
    standard: "SNI of the product, certification type 5 or 3",
    version: 1,
    certifies: Subject::Products,
    types: &[CertificationType::Type5, CertificationType::Type3],
    requirements: &[
        item("P01", "Application letter", "Surat permohonan"),
        item("P02", "Statement of conformity", "Surat pernyataan kesesuaian"),
        // Printed within item 2; a separate row, because only certified applicants have it.
        item("P02A", "ISO 9001 certificate", "Sertifikat ISO 9001").when(Condition::QmsCertified),
        item(
            "P03",
            "Statement that good processed-food manufacturing practice (CPPOB) is applied, at least at level 2",
            "Surat pernyataan menerapkan CPPOB, minimal Level 2",
        )
        .when(FOOD_INDUSTRY),
        item(
            "P04",
            "Statement that the product is not marketed before the SPPT SNI is issued",
            "Surat pernyataan tidak memasarkan produk sebelum SPPT SNI terbit",
        )
        .when(Condition::KindIs(&[ApplicationKind::Initial, ApplicationKind::ScopeExtension])),
        item("P05", "Copy of certificates issued before", "Fotokopi sertifikat yang pernah terbit").optional(),
        item("P06", "Notarial deed", "Akta notaris"),
        item("P07", "Taxpayer number (NPWP) of the company or importer", "NPWP perusahaan / importir"),
        item(
            "P08",
            "Trademark certificate, or registration letter (no older than 6 months), or producer's mark of identity",
            "Sertifikat atau surat pendaftaran merek (surat pendaftaran maksimal 6 bulan) / tanda pengenal produsen",
        )
        .no_older_than(6),
        item("P09", "Brand licence or toll manufacturing agreement", "Perjanjian lisensi merek / makloon").when(Condition::BrandOfAnother),
        item(
            "P10",
            "Illustration of the SNI mark and how it is applied, for each type of product",
            "Ilustrasi dan pembubuhan tanda SNI (untuk setiap jenis produk)",
        ),
        item("P11", "Industrial or trading licence, or business number (IUI / SIUP / NIB)", "IUI / SIUP / NIB"),
        item("P12", "Importer identification number (API)", "API").when(Condition::ApplicantIs(&[ApplicantKind::Importer])),
        item("P13", "Water abstraction permit (SIPA)", "SIPA").when(BOTTLED_WATER).optional(),
        // Printed as optional, like item 13.
        item("P14", "Agreement with the holder of the SIPA", "Perjanjian dengan pemilik SIPA")
            .when(Condition::All(&[BOTTLED_WATER, Condition::WaterPermitOfAnother]))
            .optional(),
        item("P15", "Application form, filled in", "Daftar isian permohonan").form(),
        item("P16", "Quality control of the product (STD-03)", "Pengendalian mutu produk (STD-03)").form(),
        item("P17", "Quality of raw and auxiliary materials (STD-04)", "Mutu bahan baku / penolong (STD-04)").form(),
        item("P18", "Production process and quality control (STD-05)", "Proses produksi dan QC (STD-05)").form(),
        item("P19", "Production equipment (STD-06)", "Peralatan produksi (STD-06)").form(),
        item("P20", "Inspection and testing equipment (STD-07)", "Peralatan inspeksi / pengujian (STD-07)").form(),
        item("P21", "Production chart", "Bagan produksi"),
        item("P22", "Organisation chart", "Bagan organisasi"),
        item("P23", "Business diagram", "Diagram bisnis"),
        item("P24", "Product test report of an accredited laboratory (SNI 3554:2015)", "Hasil uji produk, lab terakreditasi (SNI 3554:2015)")
            .when(BOTTLED_WATER),
        item("P25", "Raw-water test report (Permenkes)", "Hasil uji air baku (Permenkes)").when(BOTTLED_WATER),
        extra("P51", "Appointment of the official representative or distributor", "Penunjukan perwakilan resmi/distributor", REPRESENTATIVE),
        // Differs from P09: the article requires it of the representative even if the producer owns
        // the brand.
        extra("P52", "Brand licence", "Lisensi merek", REPRESENTATIVE),
        extra("P53", "Master list of documents", "Daftar induk dokumen", SISTER_OFFICE).form(),
        extra("P54", "Appointment of the management representative", "Penunjukan wakil manajemen", SISTER_OFFICE),
        extra("P55", "Factory layout", "Tata letak (layout) pabrik", SISTER_OFFICE),
        extra("P56", "Route map from the airport", "Peta rute dari bandara", SISTER_OFFICE),
        extra("P57", "Proof of the SIINas account", "Akun SIINas", REPRESENTATIVE),
        Requirement::paper("P58", "Statement of business scale", "Surat pernyataan skala usaha", UMKM_DISCOUNT)
            .when(Condition::All(&[Condition::SmallBusiness, Condition::DiscountWanted])),
    ],
};
