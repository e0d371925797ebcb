//! The record *Data Realisasi Layanan Sertifikasi*, which the certification SOP requires: its rows,
//! their sums, and its formats.

mod application_row;
pub(in crate::reporting) mod cells;
pub(crate) mod chart;
pub(crate) mod columns;
pub(crate) mod csv;
pub mod document;
pub mod filter;
pub mod formats;
pub(crate) mod letter;
pub(crate) mod measure;
pub(crate) mod page;
pub mod pages;
pub(crate) mod reader;
pub mod report_request;
pub(crate) mod row;
#[cfg(test)]
mod samples;
pub(crate) mod specimens;
pub(crate) mod store;
pub(crate) mod summary;
mod summary_sheet;
pub(crate) mod words;
pub(crate) mod xlsx;
