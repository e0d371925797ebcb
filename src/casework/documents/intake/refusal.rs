//! Errors of refused uploads: each names the content found and the content accepted.

use crate::casework::documents::content::ContentError;
use crate::casework::file_kind::FileKind;
use crate::error::{Code, Error, fault};

pub(super) fn empty() -> Error {
    Error::invalid(vec![fault(
        "",
        "empty",
        "Berkas kosong.",
        "The file is empty.",
    )])
}

pub(super) fn broken_off() -> Error {
    Error::new(Code::MalformedBody).detail(
        "Kiriman terputus sebelum selesai.",
        "The upload broke off before its end.",
    )
}

pub(super) fn too_large(limit: u64, kind: Option<FileKind>) -> Error {
    let size = mib(limit);
    let (id, en) = kind.map_or_else(Default::default, |kind| {
        (
            format!(" untuk {}", shown(kind)),
            format!(" for {}", shown(kind)),
        )
    });
    Error::new(Code::BodyTooLarge).detail(
        format!("Paling besar {size} MiB{id}."),
        format!("At most {size} MiB{en}."),
    )
}

pub(super) fn not_accepted(found: &[FileKind], accepts: &[FileKind]) -> Error {
    unsupported(&list(found, "/"), accepts)
}

pub(super) fn not_as_declared(found: &[FileKind]) -> Error {
    let types: Vec<&str> = found.iter().map(|kind| kind.media_type()).collect();
    let (found, types) = (list(found, "/"), types.join(", "));
    Error::new(Code::UnsupportedMediaType).detail(
        format!("Isi berkas ternyata {found}; Content-Type tidak sesuai. Kirim {types} atau application/octet-stream."),
        format!("The content is {found}; Content-Type says otherwise. Send {types} or application/octet-stream."),
    )
}

pub(super) fn flaw(flaw: &ContentError, accepts: &[FileKind]) -> Error {
    match flaw {
        ContentError::Other(media_type) => unsupported(media_type, accepts),
        ContentError::Macros => Error::new(Code::UnsupportedMediaType).detail(
            "Berkas Office memuat makro. Simpan tanpa makro atau sebagai PDF.",
            "The Office file carries macros. Save it without them or as PDF.",
        ),
        ContentError::Locked(kind) => Error::invalid(vec![fault(
            "",
            "locked",
            format!(
                "Berkas {} terkunci kata sandi. Simpan tanpa kata sandi, lalu kirim lagi.",
                shown(*kind)
            ),
            format!(
                "The {} is locked with a password. Save it without one and send it again.",
                shown(*kind)
            ),
        )]),
        ContentError::Incomplete(kind) => Error::invalid(vec![fault(
            "",
            "incomplete",
            format!(
                "Berkas {} tidak utuh: akhirnya hilang atau diikuti berkas lain.",
                shown(*kind)
            ),
            format!(
                "The {} is not whole: its end is missing or followed by another file.",
                shown(*kind)
            ),
        )]),
    }
}

fn unsupported(found: &str, accepts: &[FileKind]) -> Error {
    let accepts = list(accepts, ", ");
    Error::new(Code::UnsupportedMediaType).detail(
        format!("Isi berkas ternyata {found}; yang diterima: {accepts}."),
        format!("The content is {found}; accepted are: {accepts}."),
    )
}

fn list(kinds: &[FileKind], between: &str) -> String {
    kinds
        .iter()
        .map(|kind| shown(*kind))
        .collect::<Vec<_>>()
        .join(between)
}

fn shown(kind: FileKind) -> String {
    kind.as_str().to_uppercase()
}

/// Rounded down to a tenth, so that a file of the stated size is always accepted.
fn mib(bytes: u64) -> String {
    let (whole, tenth) = (bytes >> 20, ((bytes & 0xf_ffff) * 10) >> 20);
    if tenth == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{tenth}")
    }
}
