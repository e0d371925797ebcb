//! The documents of certification.

use reqwest::Method;
use serde_json::json;
use service_desk::certification::notice::canonical::canonical;

use super::{assert_contains, print, text_of};
use crate::certification::Office;
use crate::certification::attempts::id_of;
use crate::certification::office::{
    Until, application, auditor, completion, pdf, product, verification,
};
use crate::support::Request;

#[actix_web::test]
async fn the_road_of_an_application_can_be_filed_on_paper() {
    let office = Office::open().await;
    let case = office.draft().await;
    let draft = text_of(&print(&office.customer, &case).await);
    assert_contains(
        &draft,
        &[
            "KONSEP",
            "Permohonan Sertifikasi",
            "PT Tirta Musi",
            "Rahmat Hidayat",
            "Yth. Kepala Balai Standardisasi",
        ],
    );

    office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .expect(200);
    let letter = print(&office.customer, &case).await;
    assert_eq!(
        letter.header("content-disposition"),
        Some("attachment; filename=\"P-2026-00001-surat-permohonan.pdf\"")
    );
    let letter = text_of(&letter);
    assert_contains(&letter, &["P-2026-00001", "Palembang, 6 Juli 2026"]);
    assert!(!letter.contains("KONSEP"));

    office
        .pji_staff
        .act(&format!("{case}/filing"))
        .await
        .expect(200);
    office
        .operations
        .post(&format!("{case}/verification"), verification(&["Q02"]))
        .await
        .expect(200);
    let sheet = print(&office.customer, &format!("{case}/deficiency-sheets/1")).await;
    assert_eq!(
        sheet.header("content-disposition"),
        Some("attachment; filename=\"LK-2026-00001.pdf\"")
    );
    assert_contains(
        &text_of(&sheet),
        &[
            "LEMBAR KEKURANGAN DOKUMEN",
            "1 (satu) butir",
            "Q02",
            "Belum ada tanda tangan direksi.",
        ],
    );

    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    let proposed =
        text_of(&print(&office.customer, &format!("{case}/audit-confirmations/1")).await);
    assert_contains(
        &proposed,
        &[
            "Ir. Sri Wahyuni, M.T.",
            "Senin, 3 Agustus 2026",
            "Rp4.000.000",
            "Empat juta rupiah",
            "Nama, jabatan, tanda tangan, dan cap",
        ],
    );
    let mut answer = completion();
    answer["answers"] = json!([{"requirement": "Q02", "note": "Sudah ditandatangani."}]);
    office
        .customer
        .post(&format!("{case}/completion"), answer)
        .await
        .expect(200);
    let answered =
        text_of(&print(&office.pji_staff, &format!("{case}/audit-confirmations/1")).await);
    assert_contains(&answered, &["memilih Senin, 3 Agustus 2026", "menyetujui"]);
    let again = json!({"items": [{"requirement": "Q02", "result": "complete"}]});
    office
        .operations
        .post(&format!("{case}/verification"), again)
        .await
        .expect(200);
    assert_contains(
        &text_of(&print(&office.customer, &format!("{case}/deficiency-sheets/2")).await),
        &["NIHIL"],
    );

    let notice = format!("{case}/audit-notice");
    office
        .operations
        .post(&notice, office.notice())
        .await
        .expect(200);
    office
        .ss_lead
        .post(&format!("{notice}/initials"), json!({"as": "letter"}))
        .await
        .expect(200);
    let draft = text_of(&print(&office.head, &notice).await);
    assert_contains(
        &draft,
        &["KONSEP", "Ketua Tim SS:", "diisi pada saat ditandatangani"],
    );
    office
        .pji_lead
        .post(&format!("{notice}/initials"), json!({"as": "cost"}))
        .await
        .expect(200);
    office
        .head
        .act(&format!("{notice}/signature"))
        .await
        .expect(200);
    office
        .pji_staff
        .post(&format!("{notice}/dispatch"), office.dispatch())
        .await
        .expect(200);
    let sent = print(&office.customer, &notice).await;
    let number = office.customer.get(&notice).await.expect(200)["number"]
        .as_str()
        .unwrap()
        .to_owned();
    let name = format!("attachment; filename=\"{}.pdf\"", number.replace('/', "-"));
    assert_eq!(sent.header("content-disposition"), Some(name.as_str()));
    let sent = text_of(&sent);
    assert_contains(
        &sent,
        &[
            &number,
            "Kepala Balai",
            "Rp4.000.000",
            "Lima ratus ribu rupiah",
        ],
    );
    assert!(!sent.contains("KONSEP"));
}

#[actix_web::test]
async fn a_resource_is_json_and_its_paper_has_a_path_of_its_own_and_an_older_address() {
    let office = Office::open().await;
    let case = office.case(Until::Submitted).await;
    let of_query = |format: &str| format!("{case}?format={format}");
    for (path, media_type) in [
        (case.clone(), "application/json"),
        (of_query("json"), "application/json"),
        (format!("{case}/pdf"), "application/pdf"),
        (of_query("pdf"), "application/pdf"),
    ] {
        let answer = office.customer.get(&path).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some(media_type)),
            "{path}"
        );
    }
    let (paper, older) = (
        office.customer.get(&format!("{case}/pdf")).await,
        office.customer.get(&of_query("pdf")).await,
    );
    assert!(paper.bytes == older.bytes && paper.etag() == older.etag());
    for query in ["format=pdf", "format=json", "colour=red"] {
        office
            .customer
            .get(&format!("{case}/pdf?{query}"))
            .await
            .refused(400, "invalid_parameter");
    }
    office
        .customer
        .get(&format!("{case}/docx"))
        .await
        .refused(404, "not_found");
    office
        .customer
        .get(&of_query("docx"))
        .await
        .refused(400, "invalid_parameter");
    office
        .customer
        .get(&format!("{case}?colour=red"))
        .await
        .refused(400, "invalid_parameter");
    // A user without access to the case learns nothing by requesting a document.
    let stranger = office.app.customer().await;
    assert_eq!(
        print(&stranger, &case).await.refused(404, "not_found")["code"],
        "not_found"
    );
}

#[actix_web::test]
async fn who_has_a_paper_is_spared_it_and_a_changed_one_is_sent_anew() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let paper = format!("{case}/pdf");
    let first = print(&office.customer, &case).await;
    let tag = first.etag();
    let known = async |tag: &str| {
        let headers = [("if-none-match", tag)];
        office
            .customer
            .ask(&Request {
                method: Method::GET,
                path: &paper,
                body: None,
                headers: &headers,
            })
            .await
    };
    let again = known(&tag).await;
    assert_eq!(
        (again.status, again.bytes.len(), again.etag()),
        (304, 0, tag.clone())
    );
    assert_eq!(
        print(&office.customer, &case).await.bytes,
        first.bytes,
        "the same paper is the same bytes"
    );
    let json = office.customer.get(&case).await.etag();
    assert_ne!(json, tag);
    office
        .customer
        .patch(&case, json!({"scope": "Produksi es batu"}), Some(&json))
        .await
        .expect(200);
    let changed = known(&tag).await;
    assert_contains(&text_of(&changed), &["Produksi es batu"]);
    let head = office
        .customer
        .ask(&Request {
            method: Method::HEAD,
            path: &paper,
            body: None,
            headers: &[],
        })
        .await;
    assert_eq!(
        (head.status, head.etag(), head.bytes.len()),
        (200, changed.etag(), 0)
    );
}

#[actix_web::test]
async fn a_paper_is_for_whoever_may_read_the_data() {
    let office = Office::open().await;
    let signed = office.case(Until::Signed).await;
    let (notice, sheet, proposal) = (
        format!("{signed}/audit-notice"),
        format!("{signed}/deficiency-sheets/1"),
        format!("{signed}/audit-confirmations/1"),
    );
    print(&office.customer, &notice)
        .await
        .refused(404, "not_found");
    text_of(&print(&office.head, &notice).await);
    let stranger = office.app.customer().await;
    for path in [&signed, &notice, &sheet, &proposal] {
        print(&stranger, path).await.refused(404, "not_found");
        print(&office.app.nobody(), path)
            .await
            .refused(401, "unauthenticated");
    }
    for path in [
        format!("{signed}/deficiency-sheets/9"),
        format!("{signed}/audit-confirmations/9"),
    ] {
        print(&office.customer, &path)
            .await
            .refused(404, "not_found");
    }
}

#[actix_web::test]
async fn what_a_customer_types_is_printed_and_not_obeyed() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let typed = "#panic(\"x\") $a$ *b* @ref 🙂 מ \u{202e}zz // #read(\"/etc/passwd\")";
    let company = json!({"name": format!("PT {}", "#set page(width: 1cm) ".repeat(5)), "address": "$ sum $ \\ ~ `x`"});
    let tag = office.customer.get(&case).await.etag();
    office
        .customer
        .patch(
            &case,
            json!({"scope": format!("{typed}\n{}", "panjang".repeat(400)), "company": company}),
            Some(&tag),
        )
        .await
        .expect(200);
    let text = text_of(&print(&office.customer, &case).await);
    assert_contains(
        &text,
        &[
            "#panic(\"x\") $a$ *b* @ref",
            "#read(\"/etc/passwd\")",
            "#set page(width: 1cm) #set page(width: 1cm)",
            "$ sum $ \\ ~ `x`",
        ],
    );
}

/// Changes the application directly in the database, because the service has no operation for it.
async fn change_address(office: &Office, case: &str) {
    let moved =
        "update application set form = jsonb_set(jsonb_set(form, '{company,address}', '\"Jl. Palsu No. 1\"'), '{site,name}', '\"Pabrik Palsu\"')
                 where id = $1";
    sqlx::query(moved)
        .bind(id_of(case))
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
}

#[actix_web::test]
async fn what_was_initialled_is_what_the_letter_prints_whatever_becomes_of_the_application() {
    let office = Office::open().await;
    let case = office.case(Until::Drafted).await;
    let notice = format!("{case}/audit-notice");
    office
        .customer
        .patch(&case, json!({"scope": "Es batu"}), Some("*"))
        .await
        .refused(409, "out_of_order");
    let content = office.ss_lead.get(&notice).await.expect(200)["content"].clone();
    assert_eq!(
        (&content["address"], &content["site"]["name"]),
        (
            &json!(["Jl. Ki Marogan No. 8", "Kota Palembang, Sumatera Selatan"]),
            &json!("Pabrik Kertapati")
        ),
        "where it goes is initialled too"
    );
    change_address(&office, &case).await;
    assert_contains(
        &text_of(&print(&office.ss_lead, &notice).await),
        &["Jl. Ki Marogan No. 8", "Pabrik Kertapati"],
    );
    office
        .ss_lead
        .post(&format!("{notice}/initials"), json!({"as": "letter"}))
        .await
        .expect(200);
    office
        .pji_lead
        .post(&format!("{notice}/initials"), json!({"as": "cost"}))
        .await
        .expect(200);
    office
        .head
        .act(&format!("{notice}/signature"))
        .await
        .expect(200);
    let letter = text_of(&print(&office.head, &notice).await);
    assert_contains(&letter, &["Jl. Ki Marogan No. 8", "Pabrik Kertapati"]);
    assert!(!letter.contains("Palsu"), "{letter}");
}

#[actix_web::test]
async fn a_draft_from_before_its_address_was_initialled_is_printed_and_returned_but_not_signed() {
    let office = Office::open().await;
    let case = office.case(Until::Drafted).await;
    let notice = format!("{case}/audit-notice");
    let mut sql = office.app.sql().await;
    let content: String =
        sqlx::query_scalar("select content from audit_notice where application_id = $1")
            .bind(id_of(&case))
            .fetch_one(&mut sql)
            .await
            .unwrap();
    let mut content: serde_json::Value = serde_json::from_str(&content).unwrap();
    for part in ["address", "site"] {
        content.as_object_mut().unwrap().remove(part).unwrap();
    }
    let (old, hash) = canonical(&content).unwrap();
    let aged =
        "update audit_notice set content = $2, content_sha256 = $3 where application_id = $1";
    sqlx::query(aged)
        .bind(id_of(&case))
        .bind(&old)
        .bind(hash.as_slice())
        .execute(&mut sql)
        .await
        .unwrap();
    assert_contains(
        &text_of(&print(&office.head, &notice).await),
        &["Jl. Ki Marogan No. 8", "Pabrik Kertapati"],
    );
    office
        .ss_lead
        .post(&format!("{notice}/initials"), json!({"as": "letter"}))
        .await
        .expect(200);
    office
        .pji_lead
        .post(&format!("{notice}/initials"), json!({"as": "cost"}))
        .await
        .expect(200);
    office
        .head
        .act(&format!("{notice}/signature"))
        .await
        .refused(409, "conflict");
    office
        .head
        .post(
            &format!("{notice}/return"),
            json!({"reason": "Konsep lama."}),
        )
        .await
        .expect(200);
    office.sign_anew(&case, office.notice()).await;
}

/// Changes every value on documents that could be corrected later: another name, another address,
/// another product.
async fn change_every_value(office: &Office, case: &str) {
    let mut sql = office.app.sql().await;
    let form = "update application set company = 'PT Nama Baru', form = form || jsonb_build_object(
                    'company', '{\"name\": \"PT Nama Baru\", \"address\": \"Jl. Baru No. 9\"}'::jsonb, 'scope', 'Lingkup baru',
                    'site', '{\"name\": \"Pabrik Baru\", \"address\": \"Jl. Baru\", \"regency\": \"Kota Baru\", \"province\": \"Jambi\"}'::jsonb,
                    'personnel', '{\"total\": 1, \"shifts\": 1}'::jsonb, 'contact', '{\"name\": \"Orang Baru\", \"email\": \"b@baru.example\", \"phone\": \"1\"}'::jsonb)
                where id = $1";
    sqlx::query(form)
        .bind(id_of(case))
        .execute(&mut sql)
        .await
        .unwrap();
    for renaming in [
        "update auditor set name = 'Auditor Baru', retired_on = current_date",
        "update customer set name = 'Pelanggan Baru'",
        "update app_user set display_name = 'Orang Baru'",
    ] {
        sqlx::query(renaming).execute(&mut sql).await.unwrap();
    }
}

/// A document of a submitted, issued or answered round is printed from the data of that time, and
/// its bytes never change.
#[actix_web::test]
async fn a_paper_of_a_past_round_never_changes() {
    let mut office = Office::open().await;
    let case = office.bare_draft().await;
    let rows = crate::certification::office::mandatory();
    for code in &rows[..12] {
        office
            .customer
            .upload(&format!("{case}/documents/{code}"), pdf(code))
            .await
            .expect(201);
    }
    office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .expect(200);
    let letter = print(&office.customer, &case).await;
    assert_contains(
        &text_of(&letter),
        &["12 (dua belas) dokumen", "P-2026-00001"],
    );
    office
        .pji_staff
        .act(&format!("{case}/filing"))
        .await
        .expect(200);
    office
        .operations
        .post(&format!("{case}/verification"), verification(&rows[12..]))
        .await
        .expect(200);
    let sheet = format!("{case}/deficiency-sheets/1");
    let first_sheet = print(&office.customer, &sheet).await;
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    office.later(30).await;
    for code in &rows[12..] {
        office
            .customer
            .upload(&format!("{case}/documents/{code}"), pdf("menyusul"))
            .await
            .expect(201);
    }
    assert_eq!(
        print(&office.customer, &case).await.bytes,
        letter.bytes,
        "papers of the next round are not papers of the letter"
    );
    office
        .customer
        .post(&format!("{case}/completion"), completion())
        .await
        .expect(200);
    let confirmation = format!("{case}/audit-confirmations/1");
    let answered = print(&office.customer, &confirmation).await;
    assert_contains(
        &text_of(&answered),
        &["Ir. Sri Wahyuni, M.T.", "Produksi air minum dalam kemasan"],
    );
    let again: Vec<_> = rows[12..]
        .iter()
        .map(|row| json!({"requirement": row, "result": "complete"}))
        .collect();
    office
        .operations
        .post(&format!("{case}/verification"), json!({"items": again}))
        .await
        .expect(200);
    let second_sheet = print(&office.customer, &format!("{case}/deficiency-sheets/2")).await;
    let notice = format!("{case}/audit-notice");
    office.sign_anew(&case, office.notice()).await;
    let signed = print(&office.head, &notice).await;

    change_every_value(&office, &case).await;
    office.later(60 * 24 * 5).await;
    for (path, then) in [
        (case.clone(), &letter),
        (sheet, &first_sheet),
        (format!("{case}/deficiency-sheets/2"), &second_sheet),
        (confirmation, &answered),
    ] {
        for person in [&office.customer, &office.operations] {
            let now = print(person, &path).await;
            assert_eq!(text_of(&now), text_of(then), "{path}");
            assert_eq!(
                (&now.bytes, now.etag()),
                (&then.bytes, then.etag()),
                "{path}"
            );
        }
    }
    assert_eq!(print(&office.head, &notice).await.bytes, signed.bytes);
}

/// Each letter names the subject of the certification: type, product, brand and SNI, or the
/// standard and the scope.
#[actix_web::test]
async fn every_letter_names_what_it_is_about() {
    use service_desk::certification::form::ApplicationForm;
    use service_desk::certification::schemes::{Necessity, Scheme};
    let mut office = Office::open().await;
    let all: Vec<_> = Scheme::all().map(|scheme| scheme.code.as_str()).collect();
    office.auditors.clear();
    for (name, role) in [
        ("Ir. Sri Wahyuni, M.T.", "lead"),
        ("Bambang Susilo, S.T.", "auditor"),
        ("Rudi Hartono, A.Md.", "sampling_officer"),
    ] {
        let auditor = office
            .ss_lead
            .post("/api/v1/auditors", auditor(name, &all, &[role]))
            .await
            .expect(201);
        office
            .auditors
            .push(auditor["id"].as_str().unwrap().to_owned());
    }
    let sni = ["Air mineral 600 ml", "merek Tirta Musi", "SNI 3553:2023"];
    let scope = ["Produksi air minum dalam kemasan"];
    for (scheme, form, told, named) in [
        (
            "product_sni",
            Some("type_5"),
            "Sertifikasi Produk (SPPT SNI), tipe 5",
            &sni[..],
        ),
        (
            "product_sni",
            Some("type_3"),
            "Sertifikasi Produk (SPPT SNI), tipe 3",
            &sni[..],
        ),
        (
            "quality_iso9001",
            None,
            "Sertifikasi Sistem Manajemen Mutu (SMM), ISO 9001:2015",
            &scope[..],
        ),
        (
            "green_industry",
            None,
            "Sertifikasi Industri Hijau, Standar Industri Hijau (SIH), Permenperin 39/2018",
            &scope[..],
        ),
        (
            "environment_iso14001",
            None,
            "Sertifikasi Sistem Manajemen Lingkungan, ISO 14001:2015",
            &scope[..],
        ),
        (
            "food_safety_iso22000",
            None,
            "Sertifikasi Sistem Manajemen Keamanan Pangan, ISO 22000:2018",
            &scope[..],
        ),
        (
            "ohs_iso45001",
            None,
            "Sertifikasi Sistem Manajemen Keselamatan dan Kesehatan Kerja, ISO 45001:2018",
            &scope[..],
        ),
        (
            "ohs_iso45001",
            Some("smk3"),
            "Sertifikasi Sistem Manajemen Keselamatan dan Kesehatan Kerja, SMK3 menurut PP 50/2012",
            &scope[..],
        ),
    ] {
        let mut filled = if scheme == "product_sni" {
            product()
        } else {
            application()
        };
        filled["scheme"] = json!(scheme);
        filled["facts"] = json!({"certification_type": form});
        filled["company"]["name"] = json!(format!("PT {scheme} {}", form.unwrap_or("biasa")));
        let parsed: ApplicationForm = serde_json::from_value(filled.clone()).unwrap();
        let rows: Vec<_> = Scheme::of(parsed.scheme)
            .checklist(&parsed.facts())
            .filter(|row| row.necessity == Necessity::Mandatory)
            .collect();
        let judged = |result: &str| -> Vec<serde_json::Value> {
            rows.iter().skip(1).map(|row| json!({"requirement": row.code, "result": result, "note": "Sudah dibahas."})).collect()
        };
        let view = office
            .customer
            .post("/api/v1/applications", filled)
            .await
            .expect(201);
        let case = format!("/api/v1/applications/{}", view["id"].as_str().unwrap());
        office
            .customer
            .upload(&format!("{case}/documents/{}", rows[0].code), pdf("surat"))
            .await
            .expect(201);
        office
            .customer
            .act(&format!("{case}/submission"))
            .await
            .expect(200);
        office
            .pji_staff
            .act(&format!("{case}/filing"))
            .await
            .expect(200);
        let mut items = judged("missing");
        items.push(json!({"requirement": rows[0].code, "result": "complete"}));
        office
            .operations
            .post(&format!("{case}/verification"), json!({"items": items}))
            .await
            .expect(200);
        office
            .pji_staff
            .post(&format!("{case}/audit-confirmation"), office.proposal())
            .await
            .expect(200);
        let mut answer = completion();
        answer["answers"] = rows
            .iter()
            .skip(1)
            .map(|row| json!({"requirement": row.code, "note": "Menyusul."}))
            .collect();
        office
            .customer
            .post(&format!("{case}/completion"), answer)
            .await
            .expect(200);
        office
            .operations
            .post(
                &format!("{case}/verification"),
                json!({"items": judged("not_applicable")}),
            )
            .await
            .expect(200);
        let notice = format!("{case}/audit-notice");
        office
            .operations
            .post(&notice, office.notice())
            .await
            .expect(200);
        let content = &office.operations.get(&notice).await.expect(200)["content"];
        assert_eq!(
            content["certification_type"].as_str(),
            form,
            "what is printed is initialled"
        );
        let sheets = [
            "",
            "/deficiency-sheets/1",
            "/deficiency-sheets/2",
            "/audit-confirmations/1",
            "/audit-notice",
        ];
        for path in sheets.map(|sheet| format!("{case}{sheet}")) {
            let text = text_of(&print(&office.operations, &path).await);
            assert_contains(&text, &[told]);
            // The application letter has a table of its own for products, with the brand in a
            // column.
            let words = if path == case {
                named
                    .iter()
                    .map(|word| word.trim_start_matches("merek "))
                    .collect::<Vec<_>>()
            } else {
                named.to_vec()
            };
            assert_contains(&text, &words);
            assert!(
                !text.contains("ataut"),
                "every letter names its subject: {text}"
            );
        }
    }
}
