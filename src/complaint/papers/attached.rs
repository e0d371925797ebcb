//! An attachment of a complaint (lampiran): original, clean copy and metadata. File name and kind
//! are sealed; the database shows that there is an attachment, its approximate length and its day.

use std::time::Duration;

use chrono::NaiveDate;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::complaint::sealing::sealed_file::AttachmentMeta;
use crate::ids::AttachmentId;

/// Largest file in bytes.
pub const MAX_FILE_SIZE: u64 = 10 << 20;
/// Guaranteed time of a transfer while all upload permits are taken: 35 KB a second are enough for
/// the largest file. A slow transfer may take longer while permits are free.
pub const TRANSFER_TIME: Duration = Duration::from_mins(5);
/// Most attachments of one complaint.
pub const MAX_ATTACHMENTS: i64 = 20;

/// The original, opened by a disclosure only, and its clean copy for the handlers.
pub struct Copies {
    /// Metadata of both.
    pub meta: AttachmentMeta,
    /// The file as received.
    pub original: Zeroizing<Vec<u8>>,
    /// The clean copy.
    pub clean: Zeroizing<Vec<u8>>,
}

/// An attachment of a complaint, without the reporter's file name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ComplaintAttachment)]
pub struct AttachmentView {
    /// Id of the attachment.
    pub id: AttachmentId,
    /// Number among the attachments of the complaint, from 1.
    #[schema(example = 1)]
    pub seq: i32,
    /// Day of receipt (WIB).
    #[schema(value_type = String, format = Date, example = "2026-07-07")]
    pub on: NaiveDate,
    /// Media type, detected by content.
    #[schema(example = "image/jpeg")]
    pub media_type: String,
    /// Size of the clean copy in bytes.
    #[schema(example = 482_113)]
    pub size: u64,
    /// Number of visible objects left out of the copy because they cannot be cleaned.
    #[schema(example = 0)]
    pub left_out: u64,
}

impl AttachmentView {
    /// Makes the view from the metadata.
    pub fn of(id: AttachmentId, seq: i32, on: NaiveDate, meta: &AttachmentMeta) -> Self {
        Self {
            id,
            seq,
            on,
            media_type: meta.kind.media_type().to_owned(),
            size: meta.clean.size,
            left_out: meta.left_out,
        }
    }
}

/// Attachments in the order of receipt.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Attachments {
    /// The attachments.
    pub items: Vec<AttachmentView>,
}
