//! An attachment of a complaint (lampiran) as its readers see it. File name and kind are sealed;
//! the database shows that there is an attachment, its approximate length, its day, and whether its
//! copy has been made.

use std::time::Duration;

use chrono::NaiveDate;
use serde::Serialize;

use crate::complaint::sealing::sealed_file::{AttachmentMeta, CopyFailure, CopyOutcome};
use crate::ids::AttachmentId;

/// Largest file in bytes.
pub const MAX_FILE_SIZE: u64 = 10 << 20;
/// Guaranteed time of a transfer while all upload permits are taken: 35 KB a second are enough for
/// the largest file. A slow transfer may take longer while permits are free.
pub const TRANSFER_TIME: Duration = Duration::from_mins(5);
/// Most attachments of one complaint.
pub const MAX_ATTACHMENTS: i64 = 20;

/// State of the copy that the office reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CopyState {
    /// The copy is being made, or screened for names. Takes seconds to a minute.
    Pending,
    /// The copy can be downloaded.
    Ready,
    /// No copy can be made of this file; see `failure`.
    Failed,
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
    /// Media type of the file that was sent, detected by content. The copy is a PDF.
    #[schema(example = "image/jpeg")]
    pub media_type: String,
    /// State of the copy.
    pub copy: CopyState,
    /// Reason why no copy can be made; null unless `copy` is `failed`.
    pub failure: Option<CopyFailure>,
    /// Size of the copy in bytes; null unless `copy` is `ready`.
    #[schema(example = 482_113)]
    pub size: Option<u64>,
    /// Number of things that are not in the copy: hidden and deleted text, hidden sheets, rows and
    /// columns, pictures of other kinds, pages beyond the time of one copy. Null unless `copy` is
    /// `ready`.
    #[schema(example = 0)]
    pub left_out: Option<u64>,
}

impl AttachmentView {
    /// Makes the view from the metadata and the outcome of the copying, if there is one.
    pub fn of(
        id: AttachmentId,
        seq: i32,
        on: NaiveDate,
        meta: &AttachmentMeta,
        outcome: Option<&CopyOutcome>,
    ) -> Self {
        let (copy, failure, size, left_out) = match outcome {
            None => (CopyState::Pending, None, None, None),
            Some(CopyOutcome::Ready { file, left_out }) => {
                (CopyState::Ready, None, Some(file.size), Some(*left_out))
            }
            Some(CopyOutcome::Failed(failure)) => (CopyState::Failed, Some(*failure), None, None),
        };
        Self {
            id,
            seq,
            on,
            media_type: meta.kind.media_type().to_owned(),
            copy,
            failure,
            size,
            left_out,
        }
    }
}

/// Attachments in the order of receipt.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Attachments {
    /// The attachments.
    pub items: Vec<AttachmentView>,
}
