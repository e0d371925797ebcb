//! Keyset pagination: `limit` and an opaque `cursor` that is signed and bound to the list and its
//! filter.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::error::{Code, Error, Result};
use crate::secrecy::SealingKey;
use crate::web::params::invalid_parameter;

/// The page size when the caller gives none.
pub const DEFAULT_SIZE: i64 = 20;
/// The largest page size.
pub const MAX_SIZE: i64 = 200;
/// Length of the MAC in a cursor, in bytes.
const MAC_BYTES: usize = 16;

/// A page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Pass it as `cursor` to get the next page; null on the last page.
    pub next_cursor: Option<String>,
    /// The number of items in all pages; only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
}

impl<T> Page<T> {
    /// Converts every item of the page.
    pub fn map<U>(self, with: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(with).collect(),
            next_cursor: self.next_cursor,
            count: self.count,
        }
    }

    /// Converts the items of the page and omits those without a value; the first error is returned.
    pub fn try_filter_map<U>(self, with: impl FnMut(T) -> Option<Result<U>>) -> Result<Page<U>> {
        Ok(Page {
            items: self
                .items
                .into_iter()
                .filter_map(with)
                .collect::<Result<_>>()?,
            next_cursor: self.next_cursor,
            count: self.count,
        })
    }

    /// Converts every item of the page; the first error is returned.
    pub fn try_map<U>(self, mut with: impl FnMut(T) -> Result<U>) -> Result<Page<U>> {
        self.try_filter_map(|item| Some(with(item)))
    }
}

/// Signs and verifies cursors.
#[derive(Debug, Clone)]
pub struct Cursor {
    key: SealingKey,
}

impl Cursor {
    /// Uses `key` for signatures.
    pub fn new(key: SealingKey) -> Self {
        Self { key }
    }

    /// Decodes the key after which the page begins, if a cursor was given for this `list` with this
    /// `filter`.
    ///
    /// # Errors
    /// `invalid_cursor` when the cursor was changed, or made for another list or filter.
    pub fn read<K: DeserializeOwned>(
        &self,
        cursor: Option<&str>,
        list: &str,
        filter: &impl Serialize,
    ) -> Result<Option<K>> {
        let Some(cursor) = cursor else {
            return Ok(None);
        };
        let refusal = || Error::new(Code::InvalidCursor);
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refusal())?;
        let (mac, place) = bytes.split_at_checked(MAC_BYTES).ok_or_else(refusal)?;
        if !bool::from(mac.ct_eq(&self.mac(place, list, filter)?)) {
            return Err(refusal());
        }
        serde_json::from_slice(place)
            .map(Some)
            .map_err(|_| refusal())
    }

    /// Builds a page from `rows`, which must have been selected with a limit one above `limit`;
    /// `place` returns the keyset key of a row.
    pub fn page<T, K: Serialize>(
        &self,
        mut rows: Vec<T>,
        limit: i64,
        list: &str,
        filter: &impl Serialize,
        place: impl Fn(&T) -> K,
    ) -> Result<Page<T>> {
        let limit = usize::try_from(limit).unwrap_or_default();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let end = rows.last().filter(|_| more).map(place);
        let next_cursor = end
            .map(|place| self.write(&place, list, filter))
            .transpose()?;
        Ok(Page {
            items: rows,
            next_cursor,
            count: None,
        })
    }

    fn write(&self, place: &impl Serialize, list: &str, filter: &impl Serialize) -> Result<String> {
        let place = serde_json::to_vec(place).map_err(Error::internal)?;
        let mac = self.mac(&place, list, filter)?;
        Ok(URL_SAFE_NO_PAD.encode([mac.as_slice(), &place].concat()))
    }

    fn mac(&self, place: &[u8], list: &str, filter: &impl Serialize) -> Result<[u8; MAC_BYTES]> {
        let filter = serde_json::to_vec(filter).map_err(Error::internal)?;
        let message = [list.as_bytes(), b"\0", &filter, b"\0", place].concat();
        let tag = self.key.tag(&message);
        Ok(std::array::from_fn(|i| tag[i]))
    }
}

/// The requested page size.
///
/// # Errors
/// `invalid_parameter` outside 1 to 200.
pub fn page_size(limit: Option<i64>) -> Result<i64> {
    match limit.unwrap_or(DEFAULT_SIZE) {
        size @ 1..=MAX_SIZE => Ok(size),
        _ => Err(invalid_parameter(
            "limit",
            "limit harus 1 sampai 200.",
            "limit must be 1 to 200.",
        )),
    }
}

/// The query parameters of a list without a filter.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The number of items, 1 to 200; 20 by default.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}
