//! The rows of a report, page by page: a page is fetched, measured and let go before the next, so that memory does not grow with the report.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use sqlx::PgConnection;

use super::filter::Filter;
use super::measure;
use super::row::RealizationRow;
use super::store::{self, Place};
use crate::casework::calendars::Calendars;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::ids::OfficeId;

/// Rows fetched at a time.
const PAGE: i64 = 500;

/// Everything a report is made from: whose office, which files, at what moment.
#[derive(Clone)]
pub struct Source {
    /// The database.
    pub database: Database,
    /// The calendars minutes are counted by.
    pub calendars: Calendars,
    /// The office whose record it is.
    pub office: OfficeId,
    /// Which files.
    pub filter: Filter,
    /// The moment it is made: clocks that run are read then.
    pub now: DateTime<Utc>,
}

impl Source {
    /// At most `limit` rows after `after`, each with its place.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn page(
        &self,
        after: Option<Place>,
        limit: i64,
    ) -> Result<Vec<(Place, RealizationRow)>> {
        self.database
            .read(async |c| self.read(c, after, limit).await)
            .await
    }

    async fn read(
        &self,
        connection: &mut PgConnection,
        after: Option<Place>,
        limit: i64,
    ) -> Result<Vec<(Place, RealizationRow)>> {
        let places = store::places(connection, self.office, &self.filter, after, limit).await?;
        let ids: Vec<_> = places.iter().map(|place| place.id).collect();
        let kept = store::kept(connection, &ids, self.now).await?;
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
            Ok((place, measure::row(kept, &calendar, self.now, place.no)))
        });
        rows.collect()
    }

    /// All rows, a page at a time. A file that is received meanwhile comes last; its place does not move.
    pub fn pages(self) -> impl Stream<Item = Result<Vec<RealizationRow>>> {
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
