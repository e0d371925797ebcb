//! The record *Data Realisasi Layanan Sertifikasi*, which the certification SOP requires: its rows,
//! their sums, and its formats.

mod application_row;
mod cells;
pub mod chart;
pub mod columns;
pub mod csv;
pub mod document;
pub mod filter;
pub mod formats;
pub mod letter;
pub mod measure;
pub mod page;
pub mod pages;
pub mod reader;
pub mod report_request;
pub mod row;
#[cfg(test)]
mod samples;
pub mod specimens;
pub mod store;
pub mod summary;
mod summary_sheet;
pub mod words;
pub mod xlsx;
