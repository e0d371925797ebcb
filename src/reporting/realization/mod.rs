//! The record *Data Realisasi Layanan Sertifikasi*, which the SOP of certification asks to be kept: its rows, their sums, and the shapes it is read in.

pub mod asked;
pub mod chart;
pub mod columns;
pub mod csv;
pub mod document;
pub mod filter;
pub mod http;
pub mod measure;
pub mod pages;
pub mod reader;
pub mod row;
pub mod sla;
pub mod store;
pub mod summary;
mod sums_sheet;
pub mod words;
pub mod xlsx;
