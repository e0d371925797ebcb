//! The rows of a report, page by page: each page is fetched, measured and dropped before the next,
//! so memory use does not depend on the size of the report.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use sqlx::PgConnection;

use super::filter::Filter;
use super::measure;
use super::row::RealizationRow;
use super::store::{self, RealizationCursor};
use crate::casework::calendars::Calendars;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::ids::OfficeId;

/// The number of rows fetched at a time.
const PAGE: i64 = 500;

/// The source of a report: office, filter and time.
#[derive(Clone)]
pub struct ReportSource {
    /// The database.
    pub database: Database,
    /// The calendars that measure working time.
    pub calendars: Calendars,
    /// The office.
    pub office: OfficeId,
    /// The filter.
    pub filter: Filter,
    /// The time of the report, at which running clocks are read.
    pub now: DateTime<Utc>,
}

impl ReportSource {
    /// Reads at most `limit` rows after `after`, each with its cursor.
    pub(crate) async fn page(
        &self,
        after: Option<RealizationCursor>,
        limit: i64,
    ) -> Result<Vec<(RealizationCursor, RealizationRow)>> {
        self.database
            .read(async |c| self.read(c, after, limit).await)
            .await
    }

    async fn read(
        &self,
        connection: &mut PgConnection,
        after: Option<RealizationCursor>,
        limit: i64,
    ) -> Result<Vec<(RealizationCursor, RealizationRow)>> {
        let places =
            store::list_cursors(connection, self.office, &self.filter, after, limit).await?;
        let ids: Vec<_> = places.iter().map(|place| place.id).collect();
        let kept = store::load_facts(connection, &ids, self.now).await?;
        let mut versions = BTreeMap::new();
        for version in kept.iter().map(|kept| kept.calendar_version) {
            if let std::collections::btree_map::Entry::Vacant(free) = versions.entry(version) {
                free.insert(
                    self.calendars
                        .version(connection, self.office, version)
                        .await?,
                );
            }
        }
        let rows = places.into_iter().zip(kept).map(|(place, kept)| {
            let calendar = versions
                .get(&kept.calendar_version)
                .map(Arc::clone)
                .ok_or_else(|| Error::internal("a calendar got lost"))?;
            Ok((
                place,
                measure::realization_row(kept, &calendar, self.now, place.no),
            ))
        });
        rows.collect()
    }

    /// All rows, a page at a time. A file received meanwhile comes last, so no row is skipped or
    /// repeated.
    pub(crate) fn pages(self) -> impl Stream<Item = Result<Vec<RealizationRow>>> {
        try_unfold((self, None, false), |(source, after, over)| async move {
            if over {
                return Ok(None);
            }
            let page = source.page(after, PAGE).await?;
            let last = page.last().map(|(place, _)| *place);
            let over = i64::try_from(page.len()).is_ok_and(|length| length < PAGE);
            let rows: Vec<_> = page.into_iter().map(|(_, row)| row).collect();
            Ok(Some((rows, (source, last, over))))
        })
    }
}
