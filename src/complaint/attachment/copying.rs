//! From what a reporter sent to the two files that are kept. The cleaner works on a thread of its own, in silence: what it stumbles over is in nobody's log.

use zeroize::Zeroizing;

use crate::casework::file_kind::FileKind;
use crate::complaint::clean::{Unclean, clean};
use crate::complaint::papers::attached::Copies;
use crate::complaint::sealing::sealed_file::{Facts, Meta};
use crate::complaint::services::upload_limiter::UploadLimiter;
use crate::error::{Error, Result};
use crate::web::no_logs::without_logs;

/// The largest copy: what is packed again may come out larger than it was.
const LARGEST_COPY: usize = 40 << 20;

/// The clean copy beside its `original`, under the name that `named` says for its kind.
///
/// # Errors
/// Why it cannot be cleaned; `busy` when too many are being cleaned.
pub async fn copy(
    original: Zeroizing<Vec<u8>>,
    named: impl FnOnce(FileKind) -> String,
    room: &UploadLimiter,
) -> Result<Copies> {
    // Goes along, so that it is free when the work is done and not when the caller has gone.
    let seat = room.cleaner().await?;
    let cleaning = tokio::task::spawn_blocking(move || {
        let _seat = seat;
        without_logs(|| both(original))
    });
    // What a panic said may quote the file.
    let (mut meta, original, clean) = cleaning
        .await
        .map_err(|_| Error::internal("the cleaner of attachments gave up"))??;
    meta.name = named(meta.kind);
    Ok(Copies {
        meta,
        original,
        clean,
    })
}

type Both = (Meta, Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>);

fn both(original: Zeroizing<Vec<u8>>) -> Result<Both> {
    let cleaned = clean(&original).map_err(|unclean| unclean.refusal(""))?;
    let bytes = Zeroizing::new(cleaned.bytes);
    if bytes.len() > LARGEST_COPY {
        return Err(Unclean::TooComplex(cleaned.kind).refusal(""));
    }
    let meta = Meta {
        name: String::new(),
        kind: cleaned.kind,
        left_out: cleaned.left_out as u64,
        original: Facts::of(&original),
        clean: Facts::of(&bytes),
    };
    Ok((meta, original, bytes))
}
