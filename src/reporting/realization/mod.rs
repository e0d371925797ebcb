//! The record *Data Realisasi Layanan Sertifikasi*, which the SOP of certification asks to be kept: its rows, their sums, and the shapes it is read in.

pub mod asked;
mod cells;
pub mod chart;
pub mod columns;
pub mod csv;
pub mod document;
pub mod filter;
pub mod letter;
pub mod measure;
pub mod page;
pub mod pages;
pub mod reader;
pub mod row;
#[cfg(test)]
mod samples;
pub mod shapes;
pub mod specimens;
pub mod store;
mod stored;
pub mod summary;
mod sums_sheet;
pub mod words;
pub mod xlsx;
