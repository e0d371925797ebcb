//! The service desk of a certification office (BSPJI Palembang): two printed SOPs as a JSON REST
//! API.
//!
//! The modules, in the order of their dependencies (each uses only those above it):
//!
//! | module | job |
//! | --- | --- |
//! | [`ids`], [`clock`], [`text`], [`sop`] | the pure kernel: typed ids, time as an argument, texts as people type them, the SOP table, its gate, working time (a crate, with the paths of a module) |
//! | [`error`], [`secrecy`] | the table of refusals; keys and sealing |
//! | [`config`], [`database`], [`journal`], [`jobs`], [`supervisor`] | settings; connections, transactions, migrations; the journal; background jobs; long-running tasks |
//! | [`web`] | HTTP: bodies, replies, problems, idempotency, pages |
//! | [`mail`] | mails to accounts: texts, queue, delivery |
//! | [`typesetting`] | letters and documents as PDF/A: forms, fonts, amounts and dates in words |
//! | [`identity`] | accounts, sessions, tokens, roles, acting for the head |
//! | [`gateways`], [`casework`] | external services; desk, clocks, documents, numbers, job context |
//! | [`letters`] | signed letters: numbers, immutable files, verification |
//! | [`audit`] | the tamper-evident audit trail of whistle-blowing |
//! | [`certification`] | SOP 1: table, schemes, steps |
//! | [`complaint`] | SOP 2: table, steps, protection of the reporter |
//! | [`notifications`], [`events`], [`webhooks`], [`escalation`] | inbox, live streams, webhooks, overdue steps |
//! | [`reporting`], [`desk`], [`problems`], [`failures`], [`guide`], [`health`], [`security_txt`], [`office`], [`demo`], [`samples`] | views across workflows, and the initial data of an office |
//! | [`openapi`], [`app`], [`start`] | the contract; all routes and layers; start and stop |
#![warn(rustdoc::broken_intra_doc_links)]

pub mod app;
pub mod audit;
pub mod backup;
pub mod casework;
pub mod certification;
pub mod clock;
pub mod complaint;
pub mod config;
pub mod database;
pub mod demo;
pub(crate) mod desk;
pub mod error;
pub mod escalation;
pub mod events;
pub(crate) mod failures;
pub mod gateways;
pub(crate) mod guide;
pub(crate) mod health;
pub mod identity;
pub mod ids;
pub(crate) mod jobs;
pub(crate) mod journal;
pub(crate) mod letters;
pub mod mail;
pub(crate) mod notifications;
pub(crate) mod office;
pub mod openapi;
pub mod problems;
pub mod reporting;
pub mod samples;
pub mod secrecy;
pub(crate) mod security_txt;
pub mod start;
pub(crate) mod supervisor;
pub(crate) mod text;
pub mod typesetting;
pub mod web;
pub mod webhooks;

pub use ::sop;
