//! The requests of reporters and handlers, for each competitor.

use uuid::Uuid;

use super::seed::Complaints;
use super::texts;
use crate::client::request;

/// One measured operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `POST /complaints`, anonymous and confidential in turn.
    Submit,
    /// `POST /complaints/sessions` with a valid code.
    Session,
    /// `GET /complaints?limit=50` as the head.
    List,
    /// `GET /complaints/{id}`, each for the first time that day: the service writes an access-log
    /// row for the reporter and an event of the audit trail.
    FirstLook,
    /// `GET /complaints/{id}` again on the same day.
    Case,
    /// `GET /complaints/{id}/messages`, twenty of them.
    Messages,
}

impl Operation {
    /// In the order of the table.
    pub const ALL: [Self; 6] = [
        Self::Submit,
        Self::Session,
        Self::List,
        Self::FirstLook,
        Self::Case,
        Self::Messages,
    ];

    /// The operation's name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Submit => "submit (POST)",
            Self::Session => "open a session by code",
            Self::List => "staff list of 50",
            Self::FirstLook => "open a case, first that day",
            Self::Case => "open a case again",
            Self::Messages => "its 20 messages",
        }
    }

    /// The target: milliseconds within which 95 of 100 requests are answered.
    pub fn target(self) -> f64 {
        if self == Self::Session { 15.0 } else { 40.0 }
    }
}

/// The number of long cases that are read repeatedly.
const OFTEN: u64 = 20;
/// The number of accounts that read.
pub const HEADS: u64 = 16;

/// The sequence of requests of one cell.
pub struct Requests<'a> {
    pub operation: Operation,
    pub complaints: &'a Complaints,
    /// Tokens of the heads; none for the bare server.
    pub tokens: Option<&'a [String]>,
    /// The number of requests made so far.
    pub made: u64,
}

impl Requests<'_> {
    pub fn next(&mut self) -> Option<Vec<u8>> {
        let n = self.made;
        self.made += 1;
        let (head, case) = self.head_and_case(n)?;
        let case = self.complaints.long[usize::try_from(case).ok()?];
        let (code, tag) = &self.complaints.codes
            [usize::try_from(crate::scattered(n)).ok()? % self.complaints.codes.len()];
        let Some(tokens) = self.tokens else {
            return Some(self.of_the_bare(n, head, case, tag));
        };
        let headers = format!(
            "authorization: Bearer {}\r\n",
            tokens[usize::try_from(head).ok()?]
        );
        Some(match self.operation {
            Operation::Submit => request("POST", "/api/v1/complaints", "", Some(&form(n % 2 == 1))),
            Operation::Session => request(
                "POST",
                "/api/v1/complaints/sessions",
                "",
                Some(&format!(r#"{{"receipt_code":"{code}"}}"#)),
            ),
            Operation::List => request("GET", "/api/v1/complaints?limit=50", &headers, None),
            Operation::FirstLook | Operation::Case => {
                request("GET", &format!("/api/v1/complaints/{case}"), &headers, None)
            }
            Operation::Messages => request(
                "GET",
                &format!("/api/v1/complaints/{case}/messages"),
                &headers,
                None,
            ),
        })
    }

    /// The head and the long case of request `n`; none when each head has read each case.
    fn head_and_case(&self, n: u64) -> Option<(u64, u64)> {
        let long = self.complaints.long.len() as u64;
        match self.operation {
            Operation::FirstLook => {
                (n / HEADS + OFTEN < long).then_some((n % HEADS, n / HEADS + OFTEN))
            }
            Operation::Submit
            | Operation::Session
            | Operation::List
            | Operation::Case
            | Operation::Messages => Some((n % HEADS, n / HEADS % OFTEN)),
        }
    }

    fn of_the_bare(&self, n: u64, head: u64, case: Uuid, tag: &[u8; 32]) -> Vec<u8> {
        let tag = tag
            .iter()
            .fold(String::new(), |tag, byte| tag + &format!("{byte:02x}"));
        match self.operation {
            Operation::Submit => request("POST", "/complaints", "", Some(&form(n % 2 == 1))),
            Operation::Session => request(
                "POST",
                "/complaints/sessions",
                "",
                Some(&format!(r#"{{"tag":"{tag}"}}"#)),
            ),
            Operation::List => request("GET", "/complaints", "", None),
            Operation::FirstLook | Operation::Case => {
                request("GET", &format!("/complaints/{case}/{head}"), "", None)
            }
            Operation::Messages => request(
                "GET",
                &format!("/complaints/{case}/{head}/messages"),
                "",
                None,
            ),
        }
    }
}

/// The form that a reporter sends.
pub fn form(confidential: bool) -> String {
    let identity = if confidential {
        format!(r#","identity":{}"#, texts::IDENTITY)
    } else {
        String::new()
    };
    let account = texts::account();
    format!(
        r#"{{"category":"corruption","content":{{"subject":"Pungutan di luar tarif","account":"{account}","place":"Loket penerimaan contoh","occurred":"awal Juni 2026","accused":[{{"name":"Darmawan","position":"Staf penguji"}}]}}{identity}}}"#
    )
}
