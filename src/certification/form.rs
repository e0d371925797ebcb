//! The application form: company, site, products and personnel. A draft may be incomplete; a
//! submission may not.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::facts::{ApplicationKind, Facts};
use super::schemes::{Condition, Scheme, SchemeCode, Subject};
use crate::error::{FieldError, fault};
use crate::identity::email::is_email;
use crate::web::body::{Validate, duplicate_errors, line_error, text_error};

/// Maximum length of a one-line text, in characters.
const MAX_LINE: usize = 200;
/// Maximum length of a free text, in characters.
const MAX_TEXT: usize = 4000;
/// Maximum number of products in one application.
const MAX_PRODUCTS: usize = 50;

/// An application as written by its customer (permohonan sertifikasi).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = form_example)]
pub struct ApplicationForm {
    /// One of the six certification services.
    pub scheme: SchemeCode,
    /// First certification, surveillance, ….
    pub kind: ApplicationKind,
    /// Facts that determine the required documents; `application_kind` is taken from `kind` and may
    /// be left out.
    #[serde(default)]
    pub facts: Facts,
    /// The applicant company.
    pub company: Company,
    /// Site of production or management. Required for submission.
    #[serde(default)]
    pub site: Option<Site>,
    /// Products to be certified; only under `product_sni`. Required for submission.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub products: Vec<Product>,
    /// Scope to be certified; under every scheme except `product_sni`. Required for submission.
    #[serde(default)]
    #[schema(
        example = "Produksi air minum dalam kemasan",
        min_length = 1,
        max_length = 4000
    )]
    pub scope: Option<String>,
    /// Number of personnel. Required for submission.
    #[serde(default)]
    pub personnel: Option<Personnel>,
    /// Contact person. Required for submission.
    #[serde(default)]
    pub contact: Option<Contact>,
}

/// A hand-written example: the members' own examples do not fit one scheme together.
fn form_example() -> serde_json::Value {
    json!({
        "scheme": "product_sni",
        "kind": "initial",
        "facts": {"applicant_kind": "producer", "commodity": "bottled_water", "certification_type": "type_5"},
        "company": {"name": "PT Tirta Musi Sejahtera", "nib": "1234567890123", "address": "Jl. Perindustrian II No. 12, Palembang"},
        "site": {"name": "Pabrik Kertapati", "address": "Jl. Ki Marogan No. 8, Kertapati, Palembang", "regency": "Kota Palembang", "province": "Sumatera Selatan"},
        "products": [{"name": "Air mineral", "brand": "Tirta Musi", "standard": "SNI 3553:2023"}],
        "personnel": {"total": 48, "shifts": 2},
        "contact": {"name": "Rahmat Hidayat", "email": "mutu@tirtamusi.example", "phone": "+62 711 555 0101"},
    })
}

/// The company (perusahaan).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// Name of the company.
    #[schema(example = "PT Tirta Musi Sejahtera", min_length = 1, max_length = 200)]
    pub name: String,
    /// Business number (NIB), 13 digits.
    #[serde(default)]
    #[schema(example = "1234567890123", pattern = "^[0-9]{13}$")]
    pub nib: Option<String>,
    /// Address of the company.
    #[serde(default)]
    #[schema(
        example = "Jl. Perindustrian II No. 12, Palembang",
        min_length = 1,
        max_length = 200
    )]
    pub address: Option<String>,
}

/// The site (lokasi pabrik).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Name of the site.
    #[schema(example = "Pabrik Kertapati", min_length = 1, max_length = 200)]
    pub name: String,
    /// Address of the site.
    #[schema(
        example = "Jl. Ki Marogan No. 8, Kertapati, Palembang",
        min_length = 1,
        max_length = 200
    )]
    pub address: String,
    /// Regency or city (kabupaten/kota).
    #[schema(example = "Kota Palembang", min_length = 1, max_length = 200)]
    pub regency: String,
    /// Province.
    #[schema(example = "Sumatera Selatan", min_length = 1, max_length = 200)]
    pub province: String,
}

/// A product to certify.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Name of the product.
    #[schema(example = "Air mineral", min_length = 1, max_length = 200)]
    pub name: String,
    /// Brand (merek).
    #[schema(example = "Tirta Musi", min_length = 1, max_length = 200)]
    pub brand: String,
    /// Standard for the certification.
    #[schema(example = "SNI 3553:2023", min_length = 1, max_length = 200)]
    pub standard: String,
}

/// The personnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Personnel {
    /// Total number of people.
    #[schema(example = 48, minimum = 1, maximum = 1_000_000)]
    pub total: u32,
    /// Number of shifts.
    #[schema(example = 2, minimum = 1, maximum = 4)]
    pub shifts: u8,
}

/// The contact person (narahubung).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Name.
    #[schema(example = "Rahmat Hidayat", min_length = 1, max_length = 200)]
    pub name: String,
    /// E-mail.
    #[schema(example = "mutu@tirtamusi.example", format = "email", max_length = 254)]
    pub email: String,
    /// Telephone.
    #[schema(example = "+62 711 555 0101", min_length = 1, max_length = 200)]
    pub phone: String,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact(personal data)")
    }
}

impl ApplicationForm {
    /// The facts that determine the checklist, with the kind of this application.
    pub fn facts(&self) -> Facts {
        Facts {
            application_kind: self.kind,
            ..self.facts
        }
    }

    /// The postal address for letters to the applicant, line by line: the company's address, or the
    /// site's if the company has none.
    pub(crate) fn postal_address(&self) -> Vec<String> {
        let of_site = || {
            self.site
                .iter()
                .flat_map(|site| {
                    [
                        site.address.clone(),
                        format!("{}, {}", site.regency, site.province),
                    ]
                })
                .collect()
        };
        self.company
            .address
            .clone()
            .map_or_else(of_site, |address| vec![address])
    }

    /// Errors for everything that is missing or contradictory and prevents submission.
    pub(crate) fn gaps(&self) -> Vec<FieldError> {
        let required = |given: bool, pointer: &str| {
            (!given).then(|| {
                fault(
                    pointer,
                    "missing_field",
                    "Wajib diisi sebelum diajukan.",
                    "Required before submission.",
                )
            })
        };
        let product = Scheme::of(self.scheme).certifies == Subject::Products;
        let gaps = [
            required(
                !product || self.facts.certification_type.is_some(),
                "/facts/certification_type",
            ),
            required(
                !self.facts.small_business_discount || self.facts.business_scale.is_some(),
                "/facts/business_scale",
            ),
            required(self.site.is_some(), "/site"),
            required(self.personnel.is_some(), "/personnel"),
            required(self.contact.is_some(), "/contact"),
            required(!product || !self.products.is_empty(), "/products"),
            required(product || self.scope.is_some(), "/scope"),
        ];
        // Drafts made before contradictions were refused may still hold one.
        gaps.into_iter()
            .flatten()
            .chain(self.contradictions())
            .collect()
    }

    /// Errors for statements that contradict the scheme or each other. Drafts are refused for these
    /// too, because letters would print them.
    fn contradictions(&self) -> Vec<FieldError> {
        let (scheme, facts) = (Scheme::of(self.scheme), &self.facts);
        let product = scheme.certifies == Subject::Products;
        let mut faults = Vec::new();
        let mut refuse = |wrong: bool, pointer: &str, id: String, en: String| {
            if wrong {
                faults.push(fault(pointer, "does_not_fit", id, en));
            }
        };
        if let Some(stated) = facts.certification_type {
            let known = scheme
                .types
                .iter()
                .map(|one| one.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            let (id, en) = if known.is_empty() {
                (
                    format!(
                        "Skema {} tidak memiliki jenis sertifikasi: kosongkan.",
                        scheme.code
                    ),
                    format!(
                        "Scheme {} has no certification types: leave this member out.",
                        scheme.code
                    ),
                )
            } else {
                (
                    format!("Jenis sertifikasi skema {}: {known}.", scheme.code),
                    format!(
                        "The certification types of scheme {} are: {known}.",
                        scheme.code
                    ),
                )
            };
            refuse(
                !scheme.types.contains(&stated),
                "/facts/certification_type",
                id,
                en,
            );
        }
        let is_small = facts
            .business_scale
            .is_none_or(|scale| Condition::SMALL.contains(&scale));
        refuse(
            facts.small_business_discount && !(product && is_small),
            "/facts/small_business_discount",
            "Potongan tarif hanya untuk sertifikasi produk usaha mikro atau kecil.".to_owned(),
            "The discount is for the product certification of micro and small businesses only."
                .to_owned(),
        );
        refuse(
            product && self.scope.is_some(),
            "/scope",
            format!(
                "Skema {} menyertifikasi produk: sebutkan dalam products, tanpa scope.",
                scheme.code
            ),
            format!(
                "Scheme {} certifies products: name them in products, without scope.",
                scheme.code
            ),
        );
        refuse(
            !product && !self.products.is_empty(),
            "/products",
            format!(
                "Skema {} menyertifikasi ruang lingkup: sebutkan dalam scope, tanpa products.",
                scheme.code
            ),
            format!(
                "Scheme {} certifies a scope: name it in scope, without products.",
                scheme.code
            ),
        );
        faults
    }
}

impl Validate for ApplicationForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        check_line(&mut faults, "/company/name", &self.company.name);
        if let Some(nib) = &self.company.nib
            && !(nib.len() == 13 && nib.bytes().all(|byte| byte.is_ascii_digit()))
        {
            faults.push(fault(
                "/company/nib",
                "wrong_value",
                "NIB terdiri dari 13 angka.",
                "A NIB has 13 digits.",
            ));
        }
        if let Some(address) = &self.company.address {
            check_line(&mut faults, "/company/address", address);
        }
        if let Some(site) = &self.site {
            for (name, value) in [
                ("name", &site.name),
                ("address", &site.address),
                ("regency", &site.regency),
                ("province", &site.province),
            ] {
                check_line(&mut faults, &format!("/site/{name}"), value);
            }
        }
        check_number(&mut faults, "/products", self.products.len(), MAX_PRODUCTS);
        for (i, product) in self.products.iter().enumerate() {
            for (name, value) in [
                ("name", &product.name),
                ("brand", &product.brand),
                ("standard", &product.standard),
            ] {
                check_line(&mut faults, &format!("/products/{i}/{name}"), value);
            }
        }
        let products: Vec<_> = self
            .products
            .iter()
            .map(
                |Product {
                     name,
                     brand,
                     standard,
                 }| (name, brand, standard),
            )
            .collect();
        faults.extend(duplicate_errors(
            &products,
            |product| *product,
            |i| format!("/products/{i}"),
        ));
        if let Some(scope) = &self.scope {
            check_text(&mut faults, "/scope", scope);
        }
        if let Some(personnel) = &self.personnel
            && !((1..=1_000_000).contains(&personnel.total) && (1..=4).contains(&personnel.shifts))
        {
            faults.push(fault(
                "/personnel",
                "wrong_value",
                "Personel 1 sampai 1.000.000 dalam 1 sampai 4 gilir.",
                "1 to 1,000,000 people in 1 to 4 shifts.",
            ));
        }
        if let Some(contact) = &self.contact {
            for (name, value) in [("name", &contact.name), ("phone", &contact.phone)] {
                check_line(&mut faults, &format!("/contact/{name}"), value);
            }
            check_email(&mut faults, "/contact/email", &contact.email);
        }
        faults.extend(self.contradictions());
        faults
    }
}

/// Adds an error unless `value` is one line of visible text without control characters.
pub(crate) fn check_line(faults: &mut Vec<FieldError>, pointer: &str, value: &str) {
    faults.extend(line_error(value, pointer, MAX_LINE));
}

/// Adds an error unless `value` is a text with visible characters.
pub(crate) fn check_text(faults: &mut Vec<FieldError>, pointer: &str, value: &str) {
    faults.extend(text_error(value, pointer, MAX_TEXT));
}

/// Adds an error if a list has more than `limit` entries.
pub(crate) fn check_number(
    faults: &mut Vec<FieldError>,
    pointer: &str,
    number: usize,
    limit: usize,
) {
    if number > limit {
        faults.push(fault(
            pointer,
            "too_many",
            format!("Paling banyak {limit}."),
            format!("At most {limit}."),
        ));
    }
}

/// Adds an error unless `value` has the syntax of an e-mail address. Only a message to it can prove
/// more.
pub(crate) fn check_email(faults: &mut Vec<FieldError>, pointer: &str, value: &str) {
    if !is_email(value) {
        faults.push(fault(
            pointer,
            "wrong_value",
            "Bukan alamat surel.",
            "Not an e-mail address.",
        ));
    }
}
