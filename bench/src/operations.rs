//! The four operations, as the requests that each competitor gets.

use std::collections::HashMap;

use uuid::Uuid;

use crate::client::request;
use crate::{APPLICATIONS, scattered};

/// One measured operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `GET /applications/{id}`.
    One,
    /// `GET /applications?stage=…`, twenty.
    List,
    /// `POST /applications`.
    Create,
    /// `POST /applications/{id}/filing`: take, gate, hand over.
    Step,
}

impl Operation {
    /// In the order of the table.
    pub const ALL: [Self; 4] = [Self::One, Self::List, Self::Create, Self::Step];

    /// The operation's name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::One => "GET one application",
            Self::List => "list 20 by stage",
            Self::Create => "create (POST)",
            Self::Step => "a full step (filing)",
        }
    }
}

/// Access tokens of signed-in users.
pub struct Tokens {
    pub staff: Vec<String>,
    pub customers: Vec<String>,
}

/// The form of an application as a customer sends it.
pub const FORM: &str = r#"{"scheme":"quality_iso9001","kind":"initial","company":{"name":"PT Tirta Musi Sejahtera","nib":"1234567890123"},"site":{"name":"Pabrik Kertapati","address":"Jl. Ki Marogan No. 8","regency":"Kota Palembang","province":"Sumatera Selatan"},"scope":"Produksi air minum dalam kemasan","personnel":{"total":48,"shifts":2},"contact":{"name":"Rahmat Hidayat","email":"mutu@tirtamusi.example","phone":"+62 711 555 0101"}}"#;

/// The number of applications that are not drafts; reads choose among them at random.
pub const READABLE: u64 = APPLICATIONS / 100 * 99;

/// The id of an application. `batch` is the first part of the ids of one cell; zeros are the ids of
/// `office.sql`.
pub fn id(batch: &str, n: u64) -> String {
    format!("{batch}-0000-7000-8000-{n:012}")
}

/// The sequence of requests of one cell.
pub struct Requests<'a> {
    pub operation: Operation,
    /// Tokens for the service; none for the bare server.
    pub tokens: Option<&'a Tokens>,
    pub office: Uuid,
    pub batch: String,
    pub batch_size: u64,
    /// The number of requests made so far.
    pub made: u64,
}

impl Requests<'_> {
    pub fn next(&mut self) -> Option<Vec<u8>> {
        self.made += 1;
        let n = self.made;
        if self.operation == Operation::Step && n > self.batch_size {
            return None;
        }
        let (method, path) = match self.operation {
            Operation::One => (
                "GET",
                format!("/{}", id("00000000", 1 + scattered(n) % READABLE)),
            ),
            Operation::List => ("GET", String::new()),
            Operation::Create => ("POST", String::new()),
            Operation::Step => ("POST", format!("/{}", id(&self.batch, n))),
        };
        let body = (self.operation == Operation::Create).then_some(FORM);
        Some(match self.tokens {
            Some(tokens) => self.of_ours(method, &path, body, tokens),
            None => self.of_the_bare(method, &path, body),
        })
    }

    fn of_ours(&self, method: &str, path: &str, body: Option<&str>, tokens: &Tokens) -> Vec<u8> {
        let people = if self.operation == Operation::Create {
            &tokens.customers
        } else {
            &tokens.staff
        };
        let user = usize::try_from(self.made).unwrap_or_default() % people.len();
        let tail = match self.operation {
            Operation::One | Operation::Create => "",
            Operation::List => "?stage=verified",
            Operation::Step => "/filing",
        };
        let headers = format!("authorization: Bearer {}\r\n", people[user]);
        request(
            method,
            &format!("/api/v1/applications{path}{tail}"),
            &headers,
            body,
        )
    }

    fn of_the_bare(&self, method: &str, path: &str, body: Option<&str>) -> Vec<u8> {
        let office = self.office;
        let path = match self.operation {
            Operation::One => format!("/one{path}"),
            Operation::List => format!("/list/{office}/verified"),
            Operation::Create => format!(
                "/create/{office}/00000000-0000-7000-9000-{:012}",
                1 + self.made % 200
            ),
            Operation::Step => format!("/step/{office}{path}"),
        };
        request(method, &path, "", body)
    }
}

/// The statements that the service ran for one operation.
pub struct Recorded {
    /// The statements, with their parameters inserted.
    pub statements: Vec<String>,
    /// The id of the application in the statements.
    pub application: String,
    /// The ids that the operation generated.
    pub made: Vec<String>,
}

/// The recorded statements of each operation.
pub type Scripts = HashMap<Operation, Recorded>;
