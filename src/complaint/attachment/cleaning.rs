//! Makes the clean copy of an uploaded file. The cleaner runs on a blocking thread without logs,
//! because its messages may quote the file.

use zeroize::Zeroizing;

use crate::casework::file_kind::FileKind;
use crate::complaint::clean::{Unclean, clean};
use crate::complaint::papers::attached::Copies;
use crate::complaint::sealing::sealed_file::{AttachmentMeta, FileInfo};
use crate::complaint::services::upload_limiter::UploadLimiter;
use crate::error::{Error, Result};
use crate::web::no_logs::without_logs;

/// Largest clean copy in bytes. A copy may be larger than its original, because it is compressed
/// anew.
const MAX_COPY_SIZE: usize = 40 << 20;

/// Makes the clean copy of `original`. `named` gives the file name for the detected kind.
///
/// # Errors
/// The reason why the file cannot be cleaned; `busy` when too many files are being cleaned.
pub async fn clean_copy(
    original: Zeroizing<Vec<u8>>,
    file_name: impl FnOnce(FileKind) -> String,
    uploads: &UploadLimiter,
) -> Result<Copies> {
    // The permit moves into the thread: it is released when the work ends, not when the caller
    // disconnects.
    let permit = uploads.acquire_cleaner().await?;
    let cleaning = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        without_logs(|| clean_file(original))
    });
    // The message of a panic may quote the file, so it is dropped.
    let (mut meta, original, clean) = cleaning
        .await
        .map_err(|_| Error::internal("the attachment cleaner panicked"))??;
    meta.name = file_name(meta.kind);
    Ok(Copies {
        meta,
        original,
        clean,
    })
}

type CleanedFile = (AttachmentMeta, Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>);

fn clean_file(original: Zeroizing<Vec<u8>>) -> Result<CleanedFile> {
    let cleaned = clean(&original).map_err(|unclean| unclean.refusal(""))?;
    let bytes = Zeroizing::new(cleaned.bytes);
    if bytes.len() > MAX_COPY_SIZE {
        return Err(Unclean::TooComplex(cleaned.kind).refusal(""));
    }
    let meta = AttachmentMeta {
        name: String::new(),
        kind: cleaned.kind,
        left_out: cleaned.left_out as u64,
        original: FileInfo::of(&original),
        clean: FileInfo::of(&bytes),
    };
    Ok((meta, original, bytes))
}
