//! A page of the record as JSON.

use serde::Serialize;

use super::row::RealizationRow;
use super::summary::RealizationSummary;

/// A page of the record; the first page includes the sums of all rows.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RealizationPage {
    /// Rows, in the order of receipt.
    pub items: Vec<RealizationRow>,
    /// The `cursor` of the next page; null on the last.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// The sums of every row under the same filter; null on later pages, and with `summary=false`.
    #[schema(required)]
    pub summary: Option<RealizationSummary>,
}
