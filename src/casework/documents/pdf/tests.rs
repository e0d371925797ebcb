//! Files are read as other readers read them, and hostile files within bounds.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use lopdf::encryption::crypt_filters::{
    Aes128CryptFilter, Aes256CryptFilter, CryptFilter, Rc4CryptFilter,
};
use lopdf::{EncryptionVersion, Permissions, dictionary};

use super::*;

const TEXT: &str = "Akta pendirian";

fn deflate(plain: &[u8]) -> Vec<u8> {
    let mut packing = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packing.write_all(plain).unwrap();
    packing.finish().unwrap()
}

/// Two pages with a text and a note.
fn document() -> Document {
    let mut document = Document::with_version("1.7");
    let mut content = Stream::new(
        dictionary! {},
        deflate(format!("BT /F1 12 Tf ({TEXT}) Tj ET").as_bytes()),
    );
    content.dict.set("Filter", "FlateDecode");
    let content = document.add_object(content);
    let pages = document.new_object_id();
    let note = document.add_object(dictionary! { "Type" => "Annot", "Subtype" => "Text", "Contents" => Object::string_literal("Catatan") });
    let page = |document: &mut Document| {
        let page = dictionary! { "Type" => "Page", "Parent" => pages, "Contents" => content, "Annots" => vec![note.into()] };
        Object::from(document.add_object(page))
    };
    let kids = vec![page(&mut document), page(&mut document)];
    document.objects.insert(
        pages,
        dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => 2 }.into(),
    );
    let root = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", root);
    document.trailer.set(
        "ID",
        vec![Object::string_literal("a"), Object::string_literal("b")],
    );
    document
}

fn saved(mut document: Document, modern: bool) -> Vec<u8> {
    let mut file = Vec::new();
    if modern {
        document.save_modern(&mut file)
    } else {
        document.save_to(&mut file)
    }
    .unwrap();
    file
}

/// The document encrypted by each supported method, with the name of the method.
#[expect(
    clippy::too_many_lines,
    reason = "one entry for each method of encryption"
)]
fn locked(user_password: &str) -> Vec<(&'static str, Document)> {
    let (permissions, owner_password) = (Permissions::empty(), "pemilik");
    let filters = |filter: Arc<dyn CryptFilter>| BTreeMap::from([(b"StdCF".to_vec(), filter)]);
    let (stream_filter, string_filter) = (b"StdCF".to_vec(), b"StdCF".to_vec());
    let ways: [&dyn Fn(&Document) -> EncryptionState; 6] = [
        &|document| {
            EncryptionVersion::V1 {
                document,
                owner_password,
                user_password,
                permissions,
            }
            .try_into()
            .unwrap()
        },
        &|document| {
            EncryptionVersion::V2 {
                document,
                owner_password,
                user_password,
                permissions,
                key_length: 128,
            }
            .try_into()
            .unwrap()
        },
        &|document| {
            let (crypt_filters, stream_filter, string_filter) = (
                filters(Arc::new(Rc4CryptFilter)),
                stream_filter.clone(),
                string_filter.clone(),
            );
            let encrypt_metadata = true;
            EncryptionVersion::V4 {
                document,
                encrypt_metadata,
                crypt_filters,
                stream_filter,
                string_filter,
                owner_password,
                user_password,
                permissions,
            }
            .try_into()
            .unwrap()
        },
        &|document| {
            let (crypt_filters, stream_filter, string_filter) = (
                filters(Arc::new(Aes128CryptFilter)),
                stream_filter.clone(),
                string_filter.clone(),
            );
            let encrypt_metadata = false;
            EncryptionVersion::V4 {
                document,
                encrypt_metadata,
                crypt_filters,
                stream_filter,
                string_filter,
                owner_password,
                user_password,
                permissions,
            }
            .try_into()
            .unwrap()
        },
        &|_| {
            let (crypt_filters, stream_filter, string_filter) = (
                filters(Arc::new(Aes256CryptFilter)),
                stream_filter.clone(),
                string_filter.clone(),
            );
            let (encrypt_metadata, file_encryption_key) = (true, &[7; 32]);
            #[expect(deprecated, reason = "Acrobat 9 wrote it")]
            let version = EncryptionVersion::R5 {
                encrypt_metadata,
                crypt_filters,
                file_encryption_key,
                stream_filter,
                string_filter,
                owner_password,
                user_password,
                permissions,
            };
            version.try_into().unwrap()
        },
        &|_| {
            let (crypt_filters, stream_filter, string_filter) = (
                filters(Arc::new(Aes256CryptFilter)),
                stream_filter.clone(),
                string_filter.clone(),
            );
            let (encrypt_metadata, file_encryption_key) = (true, &[7; 32]);
            EncryptionVersion::V5 {
                encrypt_metadata,
                crypt_filters,
                file_encryption_key,
                stream_filter,
                string_filter,
                owner_password,
                user_password,
                permissions,
            }
            .try_into()
            .unwrap()
        },
    ];
    let names = [
        "RC4, 40 bits",
        "RC4, 128 bits",
        "RC4 by a filter",
        "AES-128",
        "AES-256, revision 5",
        "AES-256",
    ];
    let lock = |way: &dyn Fn(&Document) -> EncryptionState| {
        let mut document = document();
        let state = way(&document);
        document.encrypt(&state).unwrap();
        document
    };
    names.into_iter().zip(ways.map(lock)).collect()
}

/// A file with an empty user password is decrypted, with each method and file structure.
#[test]
fn a_file_with_an_owners_password_alone_is_read_as_if_it_had_none() {
    let is_table = |object: &Object| {
        object
            .as_stream()
            .is_ok_and(|stream| stream.dict.has_type(b"XRef"))
    };
    let mut plain = read(&saved(document(), false)).unwrap();
    plain.objects.retain(|_, object| !is_table(object));
    for (way, document) in locked("") {
        let lock = document
            .trailer
            .get(b"Encrypt")
            .unwrap()
            .as_reference()
            .unwrap();
        let file = saved(document, false);
        let padded = [b"\r\n\r\n".as_slice(), &file, &[0; 5_000]].concat();
        for file in [astray(&file), padded, file] {
            assert!(!is_locked(&file), "{way}");
            let mut read = read(&file).unwrap_or_else(|stop| panic!("{way}: {stop:?}"));
            read.objects
                .retain(|id, object| *id != lock && !is_table(object));
            same(&read.objects, &plain.objects);
        }
    }
}

/// The same file with a wrong table offset.
fn astray(file: &[u8]) -> Vec<u8> {
    let at = file
        .windows(9)
        .rposition(|word| word == b"startxref")
        .unwrap();
    [&file[..at], b"startxref\n7\n%%EOF\n"].concat()
}

/// Files encrypted by another program, with object streams and linearized.
#[test]
fn what_another_program_locked_is_opened_or_known_to_need_a_password() {
    let open = [
        include_bytes!("../../../../tests/samples/open-rc4-40.pdf").as_slice(),
        include_bytes!("../../../../tests/samples/open-rc4-128.pdf"),
        include_bytes!("../../../../tests/samples/open-aes128.pdf"),
        include_bytes!("../../../../tests/samples/open-aes256.pdf"),
    ];
    for (number, file) in open.into_iter().enumerate() {
        for file in [file.to_vec(), astray(file)] {
            assert!(!is_locked(&file), "{number}");
            let read = read(&file).unwrap_or_else(|stop| panic!("{number}: {stop:?}"));
            let page = read.page_iter().next().unwrap();
            let content = String::from_utf8(read.get_page_content(page)).unwrap();
            assert!(content.contains("(Kuitansi palsu)"), "{number}: {content}");
            let note = read
                .objects
                .values()
                .find_map(|object| object.as_dict().ok()?.get(b"Contents").ok()?.as_str().ok());
            assert_eq!(note, Some(b"Lihat tanggal".as_slice()), "{number}");
        }
    }
    for file in [
        include_bytes!("../../../../tests/samples/locked-aes128.pdf").as_slice(),
        include_bytes!("../../../../tests/samples/locked-aes256.pdf"),
    ] {
        for file in [file.to_vec(), astray(file)] {
            assert!(is_locked(&file) && read(&file).err() == Some(ReadError::Locked));
        }
    }
}

/// A file that needs a password is recognized.
#[test]
fn a_file_that_needs_a_password_is_locked() {
    for (way, document) in locked("rahasia") {
        let file = saved(document, false);
        for file in [astray(&file), file] {
            assert!(is_locked(&file), "{way}");
            assert_eq!(read(&file).err(), Some(ReadError::Locked), "{way}");
        }
    }
    assert!(
        !is_locked(&saved(document(), false)) && !is_locked(b"%PDF-1.7\n%%EOF") && !is_locked(b"")
    );
}

/// Certificate encryption, an unknown handler and a missing dictionary count as locked.
#[test]
fn a_lock_that_is_not_understood_is_locked() {
    for lock in [
        "<</Filter/Adobe.PubSec/V 4/SubFilter/adbe.pkcs7.s5>>",
        "<</Filter/Standard/V 3/R 3/O()/U()/P -4>>",
        "<</Filter/Standard>>",
        "[]",
        "9 0 R",
        "<<>>",
    ] {
        let file = simple([lock.as_bytes().to_vec()]);
        let at = file
            .windows(9)
            .position(|word| word == b"/Root 1 0")
            .unwrap();
        let file = [&file[..at], b"/Encrypt 4 0 R", &file[at..]].concat();
        assert!(is_locked(&file), "{lock}");
        assert_eq!(read(&file).err(), Some(ReadError::Locked), "{lock}");
    }
    let mentioned = simple([
        stream("", b"BT (/Encrypt 4 0 R) Tj ET"),
        b"(/Encrypt)".to_vec(),
    ]);
    assert!(
        !is_locked(&mentioned) && read(&mentioned).is_ok(),
        "what only speaks of locks is not locked"
    );
}

/// A file of `objects`, numbered from 1: the first is the catalog, the second the page tree. `more`
/// adds false entries to the table.
fn file(objects: &[Vec<u8>], more: impl Fn(&[usize]) -> Vec<usize>) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (object, number) in objects.iter().zip(1..) {
        offsets.push(file.len());
        file.extend([format!("{number} 0 obj ").as_bytes(), object, b" endobj\n"].concat());
    }
    offsets.extend(more(&offsets));
    let at = file.len();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1);
    for offset in &offsets {
        writeln!(table, "{offset:010} 00000 n ").unwrap();
    }
    file.extend(format!("{table}trailer\n<</Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n").into_bytes());
    file
}

fn simple(more: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    file(&pages().into_iter().chain(more).collect::<Vec<_>>(), |_| {
        Vec::new()
    })
}

fn pages() -> [Vec<u8>; 3] {
    [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R>>",
    ]
    .map(|object| object.as_bytes().to_vec())
}

fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    [
        format!("<<{entries}/Length {}>>stream\n", content.len()).as_bytes(),
        content,
        b"\nendstream",
    ]
    .concat()
}

fn packed(entries: &str, content: &[u8]) -> Vec<u8> {
    stream(&format!("{entries}/Filter/FlateDecode"), &deflate(content))
}

fn others(file: &[u8]) -> BTreeMap<ObjectId, Object> {
    Document::load_mem(file).unwrap().objects
}

/// Compares objects without the start position of streams.
fn same(ours: &BTreeMap<ObjectId, Object>, theirs: &BTreeMap<ObjectId, Object>) {
    assert_eq!(
        ours.keys().collect::<Vec<_>>(),
        theirs.keys().collect::<Vec<_>>()
    );
    for (id, object) in ours {
        match (object, &theirs[id]) {
            (Object::Stream(ours), Object::Stream(theirs)) => assert_eq!(
                (&ours.dict, &ours.content),
                (&theirs.dict, &theirs.content),
                "{id:?}"
            ),
            (ours, theirs) => assert_eq!(ours, theirs, "{id:?}"),
        }
    }
}

#[test]
fn what_is_read_is_what_others_read() {
    for modern in [false, true] {
        let file = saved(document(), modern);
        same(&read(&file).unwrap().objects, &others(&file));
    }
    let texts = r"[(a\(b\)\\ (in) \101\7\r\
c)(d
e) <4 1 4> <> /A#42#4 -1 +2 .5 -.5 4. 007 99999999999999999999 true false null 3 0 R <</A<</B[]>>>> % comment
]";
    let file = simple([
        texts.as_bytes().to_vec(),
        stream("", b"1\r\n2"),
        b"<</Length 7 0 R>>stream\nendstream\nendstream".to_vec(),
        b"9".to_vec(),
    ]);
    let ours = read(&file).unwrap().objects;
    let list = ours[&(4, 0)].as_array().unwrap();
    assert_eq!(list[0].as_str().unwrap(), b"a(b)\\ (in) A\x07\rc");
    assert_eq!(list[1].as_str().unwrap(), b"d\ne");
    assert_eq!(
        (list[2].as_str().unwrap(), list[3].as_str().unwrap()),
        (b"A@".as_slice(), b"".as_slice())
    );
    assert_eq!(list[4], Object::Name(b"AB#4".to_vec()));
    assert_eq!(
        list[5..11],
        [
            (-1).into(),
            2.into(),
            0.5.into(),
            (-0.5).into(),
            4.0.into(),
            7.into()
        ]
    );
    assert_eq!(list[11], Object::Real(1e20));
    assert_eq!(
        list[12..16],
        [
            true.into(),
            false.into(),
            Object::Null,
            Object::Reference((3, 0))
        ]
    );
    assert_eq!(
        ours[&(6, 0)].as_stream().unwrap().content,
        b"endstream",
        "its length stands elsewhere"
    );
}

#[test]
fn a_file_whose_table_is_wrong_is_read_as_it_is_found() {
    for modern in [false, true] {
        let file = saved(document(), modern);
        let at = file
            .windows(9)
            .rposition(|word| word == b"startxref")
            .unwrap();
        let astray = [&file[..at], b"startxref\n7\n%%EOF\n"].concat();
        let (ours, whole) = (read(&astray).unwrap(), read(&file).unwrap());
        assert_eq!(ours.catalog().unwrap(), whole.catalog().unwrap());
        same(&ours.objects, &whole.objects);
    }
    let moved = [b"%PDF-1.7\n% a line more\n".as_slice(), &simple([])[9..]].concat();
    assert_eq!(read(&moved).unwrap().objects.len(), 3);
    let mut wrong = simple([stream("", b"1 0 obj\nnull")]);
    let at = wrong
        .windows(7)
        .position(|word| word == b"/Length")
        .unwrap();
    wrong[at + 8] = b'9';
    assert_eq!(
        read(&wrong).unwrap().objects[&(4, 0)]
            .as_stream()
            .unwrap()
            .content,
        b"1 0 obj\nnull"
    );
}

#[test]
fn lengths_may_stand_in_streams_of_objects() {
    let index = simple([
        packed("/Type/ObjStm/N 1/First 4", b"9 0 5"),
        stream("/Length 9 0 R", b"12345"),
    ]);
    // The entry that counts is the last.
    let at = index
        .windows(9)
        .rposition(|word| word == b"/Length 5")
        .unwrap();
    let index = [&index[..at], b"/Extra 5 ".as_slice(), &index[at + 9..]].concat();
    assert_eq!(
        read(&index).unwrap().objects[&(5, 0)]
            .as_stream()
            .unwrap()
            .content,
        b"12345"
    );
}

#[test]
fn a_place_is_read_once_however_often_a_table_names_it() {
    let objects: Vec<Vec<u8>> = pages()
        .into_iter()
        .chain([stream("", &b"x".repeat(100_000))])
        .collect();
    let bomb = file(&objects, |offsets| vec![offsets[3]; 5_000]);
    let mut work = Budget::for_file(bomb.len());
    assert_eq!(read_within(&bomb, &mut work).unwrap().objects.len(), 4);
    assert!(
        work.read(bomb.len() * 4).is_ok(),
        "most of what may be done is left"
    );
}

#[test]
fn streams_that_lie_within_each_other_are_not_read_without_end() {
    let mut bomb = simple(std::iter::repeat_n(
        b"<</Length 0000000>>stream\nendstream".to_vec(),
        3_000,
    ));
    let end = bomb
        .windows(9)
        .rposition(|word| word == b"endstream")
        .unwrap();
    let starts: Vec<usize> = bomb
        .windows(9)
        .enumerate()
        .filter(|(_, word)| *word == b">>stream\n")
        .map(|(at, _)| at)
        .collect();
    for start in starts {
        bomb[start - 7..start].copy_from_slice(format!("{:07}", end - start - 9).as_bytes());
    }
    assert_eq!(read(&bomb).err(), Some(ReadError::TooMuch));
}

#[test]
fn members_that_lie_within_each_other_are_not_read_without_end() {
    let index: String = (10..10_010)
        .flat_map(|number| [number.to_string(), " 0 ".to_owned()])
        .collect();
    let content = format!("{index}[{}]", "0 ".repeat(1_000));
    let bomb = simple([packed(
        &format!("/Type/ObjStm/N 10000/First {}", index.len()),
        content.as_bytes(),
    )]);
    let mut work = Budget::for_file(bomb.len());
    assert_eq!(
        read_within(&bomb, &mut work).err(),
        Some(ReadError::TooMuch)
    );
}

#[test]
fn lengths_that_refer_on_and_on_do_not_exhaust_the_stack() {
    let number = 20_000;
    let chain = (0..number)
        .map(|number| format!("<</Length {} 0 R>>stream\nx\nendstream", number + 5).into_bytes());
    assert_eq!(read(&simple(chain)).unwrap().objects.len(), 3 + number);
    let wide = [format!("[{}]", "0 ".repeat(10_000)).into_bytes()];
    let all = wide.into_iter().chain(std::iter::repeat_n(
        b"<</Length 4 0 R>>stream\nx\nendstream".to_vec(),
        2_000,
    ));
    let bomb = simple(all);
    let mut work = Budget::for_file(bomb.len());
    assert_eq!(read_within(&bomb, &mut work).unwrap().objects.len(), 2_004);
    assert!(
        work.read(bomb.len() * 4).is_ok(),
        "what is no number is not read for a length"
    );
}

#[test]
fn streams_of_objects_are_unpacked_once_and_all_within_one_budget() {
    let digits = packed(
        "/Type/ObjStm/Type/ObjStm/Type/ObjStm/N 1/First 4",
        &b"1".repeat(1 << 20),
    );
    let one = simple([digits.clone()]);
    let mut work = Budget::for_file(one.len());
    let before = work.unpacked;
    assert!(read_within(&one, &mut work).is_ok());
    assert_eq!(before - work.unpacked, 1 << 20);
    let many = simple(std::iter::repeat_n(digits, 500));
    let mut work = Budget::for_file(many.len());
    work.unpacked = 5 << 20;
    assert_eq!(
        read_within(&many, &mut work).err(),
        Some(ReadError::TooMuch)
    );
    assert_eq!(work.unpacked, 0);
}

#[test]
fn streams_of_references_share_what_may_be_unpacked_and_built() {
    let mut file = b"%PDF-1.7\n".to_vec();
    let entries = vec![0; 30_000];
    for number in 0..100 {
        let previous = if number == 0 {
            String::new()
        } else {
            format!("/Prev {}", file.len() - 500)
        };
        let table = packed(
            &format!(
                "/Type/XRef/W[1 1 1]/Index[{} 10000]/Size 9{previous}",
                number * 10_000
            ),
            &entries,
        );
        let at = file.len();
        file.extend(
            [
                format!("{} 0 obj", number + 1).as_bytes(),
                &table,
                b" endobj\n",
            ]
            .concat(),
        );
        // Padded, so that each table knows the offset of the one before it.
        file.resize(at + 500, b' ');
    }
    let newest = file.len() - 500;
    file.extend(format!("startxref\n{newest}\n%%EOF\n").into_bytes());
    let read = |objects, unpacked| {
        let mut work = Budget::for_file(file.len());
        (work.objects, work.unpacked) = (objects, unpacked);
        let places = table::read(&file, &mut work).map(|(places, _)| places.len());
        (places, work.unpacked)
    };
    assert_eq!(read(2_000_000, 3_000_000), (Ok(1_000_000), 0));
    assert_eq!(
        read(2_000_000, 2_999_999),
        (Err(ReadError::TooMuch), 29_999)
    );
    assert_eq!(
        read(100_000, 3_000_000),
        (Err(ReadError::TooMuch), 2_700_000)
    );
}

#[test]
fn what_is_nested_deeper_than_anybody_writes_is_refused() {
    for open in ["[", "<</A", "[<</A["] {
        assert_eq!(
            read(&simple([open.repeat(100_000).into_bytes()])).err(),
            Some(ReadError::TooMuch),
            "{open}"
        );
    }
    let text = simple([["(".repeat(100_000), ")".repeat(100_000)]
        .concat()
        .into_bytes()]);
    assert_eq!(
        read(&text).unwrap().objects[&(4, 0)]
            .as_str()
            .unwrap()
            .len(),
        199_998
    );
}
