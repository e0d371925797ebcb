//! Many callers do the same act at once: one of them does it.

use std::rc::Rc;

use futures_util::future::join_all;
use uuid::Uuid;

use super::{World, writers::headers};
use crate::Outcome;
use crate::client::{Connection, request};
use crate::operations::id;
use crate::process::Server;
use crate::wbs::operations::form;

const CALLERS: usize = 32;

/// For each of many applications, filings of all callers at once, each with a key of its own; and
/// for each of many complaints, submissions of all callers at once under one key.
pub async fn measure(world: &Rc<World>, server: Server, long: bool) -> Outcome<(Server, String)> {
    let rounds: u64 = if long { 1_000 } else { 50 };
    let opened = join_all((0..CALLERS).map(|_| Connection::open(server.address))).await;
    let mut connections: Vec<Connection> = opened.into_iter().collect::<Result<_, _>>()?;
    let mut losers = 0;
    for n in 1..=rounds {
        let path = format!("/api/v1/applications/{}/filing", id(&world.batch, n));
        let asked = |caller: usize| {
            let token = &world.tokens.staff[caller % world.tokens.staff.len()];
            let key = Uuid::new_v4().simple().to_string();
            request("POST", &path, &headers(&key, Some(token)), None)
        };
        let answers = at_once(&mut connections, asked).await?;
        let winners = answers.iter().filter(|(status, _)| *status < 300).count();
        losers += answers.iter().filter(|(status, _)| *status == 409).count();
        if winners != 1
            || answers
                .iter()
                .any(|(status, _)| *status >= 300 && *status != 409)
        {
            return Err(format!("{winners} callers filed one application: {answers:?}").into());
        }
        world.record.borrow_mut().filed.push(n);
    }
    let mut repeats = 0;
    for _ in 0..rounds {
        let key = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let complaint = form(false);
        let asked = |_| {
            request(
                "POST",
                "/api/v1/complaints",
                &headers(&key, None),
                Some(&complaint),
            )
        };
        let answers = at_once(&mut connections, asked).await?;
        let mut codes: Vec<String> = answers
            .iter()
            .filter(|(status, _)| *status < 300)
            .map(|(_, said)| said["receipt_code"].as_str().unwrap_or_default().to_owned())
            .collect();
        repeats += codes.len();
        codes.dedup();
        let busy = |status: u16, said: &serde_json::Value| {
            status == 409 && said["code"] == "idempotency_in_flight"
        };
        if codes.len() != 1
            || answers
                .iter()
                .any(|(status, said)| *status >= 300 && !busy(*status, said))
        {
            return Err(format!("one key made {} complaints: {answers:?}", codes.len()).into());
        }
        world.record.borrow_mut().receipts.append(&mut codes);
    }
    let text = format!(
        "- {rounds} applications, each filed by {CALLERS} callers at once: one winner each, {losers} answered 409\n- {rounds} complaints, each submitted by {CALLERS} callers at once under one key: one complaint each, {repeats} answers with its receipt"
    );
    Ok((server, text))
}

/// Sends one request of each caller at the same time, and returns the answers.
async fn at_once(
    connections: &mut [Connection],
    asked: impl Fn(usize) -> Vec<u8>,
) -> Outcome<Vec<(u16, serde_json::Value)>> {
    let sending = connections
        .iter_mut()
        .enumerate()
        .map(async |(caller, connection)| {
            let reply = connection.exchange(&asked(caller)).await?;
            let said = serde_json::from_slice(connection.body(&reply)).unwrap_or_default();
            Ok::<_, std::io::Error>((reply.status, said))
        });
    Ok(join_all(sending)
        .await
        .into_iter()
        .collect::<Result<_, _>>()?)
}
