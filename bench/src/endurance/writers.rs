//! Writers that act until the trial is over. An act without an answer is repeated under its key
//! until it is answered.

use std::rc::Rc;

use uuid::Uuid;

use super::{World, pause};
use crate::client::{Connection, request};
use crate::operations::{FORM, id};
use crate::wbs::operations::form;

/// The kinds of acts, in turn.
#[derive(Debug, Clone, Copy)]
enum Act {
    Create,
    File,
    Complain,
    /// A breach of confidentiality, which the audit trail records.
    Declare,
}

/// Starts `count` writers.
pub fn start(world: &Rc<World>, count: usize) -> Vec<tokio::task::JoinHandle<()>> {
    (0..count)
        .map(|n| tokio::task::spawn_local(write(Rc::clone(world), n)))
        .collect()
}

async fn write(world: Rc<World>, writer: usize) {
    let mut connection = None;
    let mut turn = writer;
    while !world.over.get() {
        let act = [Act::Create, Act::File, Act::Complain, Act::Declare][turn % 4];
        turn += 1;
        let key = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let number = world.filed_next.get();
        let staff = &world.tokens.staff[writer % world.tokens.staff.len()];
        let asked = match act {
            Act::Create => {
                let token = &world.tokens.customers[writer % world.tokens.customers.len()];
                request(
                    "POST",
                    "/api/v1/applications",
                    &headers(&key, Some(token)),
                    Some(FORM),
                )
            }
            Act::File => {
                world.filed_next.set(number + 1);
                let path = format!("/api/v1/applications/{}/filing", id(&world.batch, number));
                request("POST", &path, &headers(&key, Some(staff)), None)
            }
            Act::Complain => request(
                "POST",
                "/api/v1/complaints",
                &headers(&key, None),
                Some(&form(turn.is_multiple_of(8))),
            ),
            Act::Declare => request(
                "POST",
                "/api/v1/breaches",
                &headers(&key, Some(staff)),
                Some(&format!(
                    r#"{{"kind":"attempt_to_identify","happened":"Ada yang bertanya.","discovered_at":"{}","all":true}}"#,
                    service_desk::clock::Clock::system().now().to_rfc3339()
                )),
            ),
        };
        let Some(said) = until_answered(&world, &mut connection, &asked).await else {
            continue;
        };
        let mut record = world.record.borrow_mut();
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        match act {
            Act::Create => match text("id").parse() {
                Ok(id) => record.created.push(id),
                Err(_) => record.wrong.push(format!("a creation without id: {said}")),
            },
            Act::File => record.filed.push(number),
            Act::Complain => record.receipts.push(text("receipt_code")),
            Act::Declare => record.breaches.push(text("id")),
        }
    }
}

pub fn headers(key: &str, token: Option<&str>) -> String {
    let token = token.map_or_else(String::new, |token| {
        format!("authorization: Bearer {token}\r\n")
    });
    format!("idempotency-key: {key}\r\n{token}")
}

/// Sends the request until it is answered with success. `None` when the answer is a refusal other
/// than "later", which is recorded.
async fn until_answered(
    world: &World,
    connection: &mut Option<Connection>,
    asked: &[u8],
) -> Option<serde_json::Value> {
    let mut sent_before = false;
    loop {
        let Some(open) = connection else {
            *connection = Connection::open(world.address.get()).await.ok();
            if connection.is_none() {
                pause(10).await;
            }
            continue;
        };
        if sent_before {
            world.record.borrow_mut().repeated += 1;
        }
        sent_before = true;
        let Ok(reply) = open.exchange(asked).await else {
            world.record.borrow_mut().broken += 1;
            *connection = None;
            continue;
        };
        let said = serde_json::from_slice(open.body(&reply)).unwrap_or_default();
        let waits = open.has_header(&reply, "retry-after");
        // Sent with a refusal before the body was read (`connection: close`).
        if open.has_header(&reply, "connection") {
            *connection = None;
        }
        let code = |said: &serde_json::Value| said["code"].as_str().unwrap_or_default().to_owned();
        match (reply.status, waits) {
            (200..300, _) => return Some(said),
            (503, true) => {
                world.record.borrow_mut().refused += 1;
                pause(20).await;
            }
            // The first request with this key is not yet given up by the server.
            (409, true) if code(&said) == "idempotency_in_flight" => pause(20).await,
            (status, _) => {
                world
                    .record
                    .borrow_mut()
                    .wrong
                    .push(format!("{status}: {said}"));
                return None;
            }
        }
    }
}
