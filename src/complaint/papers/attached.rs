//! An attachment of a complaint (lampiran): two files and what is known of them. Names and kinds are sealed with them; what is left in clear is that there is
//! one, about how long it is, and on which day it came.

use std::time::Duration;

use chrono::NaiveDate;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::complaint::sealing::sealed_file::Meta;
use crate::ids::AttachmentId;

/// The largest file, in bytes.
pub const LARGEST: u64 = 10 << 20;
/// How long a file may take to arrive or to be fetched while every seat is taken: 35 KB a second are enough. With seats to spare, a slow line may take longer.
pub const FAIR: Duration = Duration::from_mins(5);
/// The most attachments of one complaint.
pub const MOST: i64 = 20;

/// The original, which opens by a disclosure alone, with its clean copy, which handlers may read.
pub struct Copies {
    /// What is known of both.
    pub meta: Meta,
    /// As it came.
    pub original: Zeroizing<Vec<u8>>,
    /// As handlers may read it.
    pub clean: Zeroizing<Vec<u8>>,
}

/// An attachment of a complaint. What the reporter called it is not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ComplaintAttachment)]
pub struct AttachmentView {
    /// Its id.
    pub id: AttachmentId,
    /// Its place among the attachments of the complaint, from 1 on.
    #[schema(example = 1)]
    pub seq: i32,
    /// On which day it came (WIB).
    #[schema(value_type = String, format = Date, example = "2026-07-07")]
    pub on: NaiveDate,
    /// What its content is.
    #[schema(example = "image/jpeg")]
    pub media_type: String,
    /// Of the clean copy, in bytes.
    #[schema(example = 482_113)]
    pub size: u64,
    /// How many visible things had to be left out of the copy because they cannot be cleaned.
    #[schema(example = 0)]
    pub left_out: u64,
}

impl AttachmentView {
    /// Of what was written down about it.
    #[must_use]
    pub fn of(id: AttachmentId, seq: i32, on: NaiveDate, meta: &Meta) -> Self {
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

/// Attachments in the order they came.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Attachments {
    /// The attachments.
    pub items: Vec<AttachmentView>,
}
