//! The service desk of a certification office (BSPJI Palembang): two printed SOPs as a JSON REST API.
//!
//! The map, in the order in which modules may use each other (each only those before it):
//!
//! | module | job |
//! | --- | --- |
//! | [`ids`], [`clock`], [`sop`] | the pure kernel: typed ids, time handed in, the SOP table, its gate, working time |
//! | [`error`], [`secrecy`] | every refusal in one table; keys and what they seal |
//! | [`config`], [`database`], [`journal`], [`jobs`], [`supervisor`] | settings; connections, units of work, migrations, the private PostgreSQL; what was done, by whom; work for later; long-running tasks |
//! | [`web`] | how we speak HTTP: bodies, replies, problems, retries, pages |
//! | [`mail`] | mails to people with an account: their words, their queue, the job that sends them |
//! | [`typesetting`] | letters and papers as PDF/A: forms, typeface, amounts and dates in words |
//! | [`identity`] | accounts, sessions, tokens, roles, acting for the head |
//! | [`gateways`], [`casework`] | the outside world; the desk, the clocks, documents, numbers, jobs |
//! | [`letters`] | signed letters: numbers, bytes that never change, who may check them |
//! | [`audit`] | the trail of whistle-blowing that nobody can rewrite unseen |
//! | [`certification`] | SOP 1: the table, the schemes, the steps |
//! | [`complaint`] | SOP 2: the table, the steps, and what protects the reporter |
//! | [`notifications`], [`events`], [`webhooks`], [`escalation`] | the inbox, live streams, calls to others, what has become late |
//! | [`reporting`], [`desk`], [`problems`], [`failures`], [`guide`], [`health`], [`office`], [`demo`], [`samples`] | what is read across workflows, and what a new office starts with |
//! | [`openapi`], [`app`], [`start`] | the contract; every route and layer; bringing the parts up and down |
#![warn(rustdoc::broken_intra_doc_links)]

pub mod app;
pub mod audit;
pub mod casework;
pub mod certification;
pub mod clock;
pub mod complaint;
pub mod config;
pub mod database;
pub mod demo;
pub mod desk;
pub mod error;
pub mod escalation;
pub mod events;
pub mod failures;
pub mod gateways;
pub mod guide;
pub mod health;
pub mod identity;
pub mod ids;
pub mod jobs;
pub mod journal;
pub mod letters;
pub mod mail;
pub mod notifications;
pub mod office;
pub mod openapi;
pub mod problems;
pub mod reporting;
pub mod samples;
pub mod secrecy;
pub mod sop;
pub mod start;
pub mod supervisor;
pub mod text;
pub mod typesetting;
pub mod web;
pub mod webhooks;
