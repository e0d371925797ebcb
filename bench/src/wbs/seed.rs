//! Ten thousand complaints as the service stores them. Keys, salts, sealed texts, vault rows and
//! audit trail are made by the service's own code; only the inserts are batched. Each complaint
//! also has a row in clear text for the bare server.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _};
use service_desk::audit::{self, Event};
use service_desk::clock::Clock;
use service_desk::complaint::custody::custodian::CustodianPublicKey;
use service_desk::complaint::identity::{Identity, seal_identity};
use service_desk::complaint::intake::new_public_number;
use service_desk::complaint::papers::form::Category;
use service_desk::complaint::papers::of_staff::PaperKind;
use service_desk::complaint::receipt::code::ReceiptCode;
use service_desk::complaint::sealing::case_key::CaseKey;
use service_desk::complaint::sealing::keys::Keys;
use service_desk::complaint::sealing::keys::ShredSalt;
use service_desk::complaint::sealing::salts::Salts;
use service_desk::complaint::sop::{SOP, Stage};
use service_desk::gateways::document_store::DocumentStore;
use service_desk::ids::{ComplaintId, OfficeId, UserId};
use service_desk::secrecy::MasterKey;
use service_desk::sop::gate::Principal;
use service_desk::sop::table::Stage as _;
use service_desk::start::audit_key;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::texts;
use crate::office::Office;
use crate::{Outcome, scattered};

/// The number of complaints to read; one in ten has a long conversation.
pub const CASES: u64 = 10_000;
/// The number of messages in a long conversation.
pub const MESSAGES: i32 = 20;
/// The number of deleted complaints, and of expired activation slips: their codes are tried.
const EXPIRED_CODES: u64 = 500;
const BATCH: usize = 250;

/// The stages of most complaints, in order; each complaint is at one of them.
const USUAL_STAGES: [Stage; 8] = [
    Stage::Screened,
    Stage::Disposed,
    Stage::Forwarded,
    Stage::InResolution,
    Stage::Resolved,
    Stage::AnswerDrafted,
    Stage::Answered,
    Stage::Closed,
];

/// The codes and ids of the inserted complaints.
#[derive(Default)]
pub struct Complaints {
    /// Complaints with long conversations.
    pub long: Vec<Uuid>,
    /// Valid receipt codes, each with its tag.
    pub codes: Vec<(String, [u8; 32])>,
    /// Codes of complaints that were deleted.
    pub deleted: Vec<String>,
    /// Codes on slips that have expired.
    pub slips: Vec<String>,
}

/// The planned end of a complaint.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    Deleted,
    Slip,
}

struct Case {
    id: ComplaintId,
    n: u64,
    fate: Fate,
    code: ReceiptCode,
    salts: (ShredSalt, ShredSalt),
}

/// Inserts the complaints.
pub async fn seed(
    office: &mut Office,
    folder: &std::path::Path,
    master: &MasterKey,
    custodian: &CustodianPublicKey,
) -> Outcome<Complaints> {
    let keys = Keys::new(master);
    let salts = Salts::new(
        DocumentStore::folder(&folder.join("documents"))?,
        keys.clone(),
    );
    office.run(include_str!("people.sql")).await?;
    office.run(include_str!("plain.sql")).await?;
    let tools = Tools {
        office: OfficeId(office.id),
        keys,
        master: master.clone(),
        custodian: custodian.clone(),
        now: Clock::system().now(),
    };
    let fates = (0..CASES)
        .map(|n| (n, Fate::Kept))
        .chain((0..2 * EXPIRED_CODES).map(|n| {
            (
                n,
                if n < EXPIRED_CODES {
                    Fate::Deleted
                } else {
                    Fate::Slip
                },
            )
        }));
    let made = futures_util::stream::iter(fates).map(async |(n, fate)| {
        let id = ComplaintId::random();
        Outcome::Ok(Case {
            id,
            n,
            fate,
            code: ReceiptCode::random(),
            salts: salts.create(id).await?,
        })
    });
    let cases: Vec<Case> = made.buffer_unordered(32).try_collect().await?;
    let mut complaints = Complaints::default();
    for batch in cases.chunks(BATCH) {
        tools
            .insert_batch(office.owner(), batch, &mut complaints)
            .await?;
    }
    let deleted = "delete from wbs.complaint where public_number like 'DELETED%'";
    office.run(deleted).await?;
    office.analyze_and_checkpoint().await?;
    Ok(complaints)
}

struct Tools {
    office: OfficeId,
    keys: Keys,
    master: MasterKey,
    custodian: CustodianPublicKey,
    now: DateTime<Utc>,
}

/// The rows of a batch, column by column.
#[derive(Default)]
struct ComplaintRows {
    id: Vec<Uuid>,
    number: Vec<String>,
    category: Vec<&'static str>,
    stage: Vec<&'static str>,
    named: Vec<String>,
    waits: Vec<String>,
    team: Vec<Option<Uuid>>,
    received: Vec<NaiveDate>,
    surfaced: Vec<DateTime<Utc>>,
    since: Vec<DateTime<Utc>>,
    closed: Vec<Option<NaiveDate>>,
    wrapped: Vec<Vec<u8>>,
    receipt: Vec<Option<Vec<u8>>>,
    activation: Vec<Option<Vec<u8>>>,
    content: Vec<Vec<u8>>,
    said: Vec<String>,
    case_ref: Vec<Vec<u8>>,
    identity: Vec<Vec<u8>>,
}

/// The rows that belong to a case, of any kind: the case, the position, and the content, sealed and
/// in clear.
#[derive(Default)]
struct PartRows {
    id: Vec<Uuid>,
    case: Vec<Uuid>,
    kind: Vec<&'static str>,
    seq: Vec<i32>,
    at: Vec<DateTime<Utc>>,
    sealed: Vec<Vec<u8>>,
    said: Vec<String>,
}

impl Tools {
    async fn insert_batch(
        &self,
        owner: &mut PgConnection,
        cases: &[Case],
        complaints: &mut Complaints,
    ) -> Outcome<()> {
        let (mut rows, mut papers, mut messages, mut turns, mut events) = (
            ComplaintRows::default(),
            PartRows::default(),
            PartRows::default(),
            PartRows::default(),
            Vec::new(),
        );
        let mut barred = (Vec::new(), Vec::new(), Vec::new());
        for case in cases {
            let (key, wrapped) = self.keys.new_case(case.id, &case.salts.0);
            let road = self.row(case, &key, wrapped, &mut rows)?;
            for (stage, at) in &road {
                let step = SOP
                    .waiting_at(*stage)
                    .and_then(|row| row.no.or(row.part_of));
                turns.add(
                    case,
                    step.map_or("", |_| "office"),
                    i32::from(step.unwrap_or_default()),
                    *at,
                    Vec::new(),
                    String::new(),
                );
                for (_, kind) in PAPERS.iter().filter(|(of, _)| of == stage) {
                    let (id, text) = (Uuid::new_v4(), texts::of_paper(*kind)?);
                    papers.add_as(
                        id,
                        case,
                        kind.code(),
                        0,
                        *at,
                        key.seal("paper|sealed", id, text.as_bytes()),
                        text,
                    );
                }
            }
            let steps = road
                .windows(2)
                .map(|pair| (Some((pair[0].0.code(), pair[1].0.code())), pair[1]));
            events.extend(steps.map(|(moved, (_, at))| self.event(case, moved, at)));
            if case.fate == Fate::Kept && case.n.is_multiple_of(10) {
                complaints.long.push(case.id.0);
                for seq in 1..=MESSAGES {
                    let (id, text) = (Uuid::new_v4(), texts::message(seq));
                    let author = if seq % 2 == 0 { "reporter" } else { "office" };
                    messages.add_as(
                        id,
                        case,
                        author,
                        seq,
                        rows.surfaced[rows.surfaced.len() - 1],
                        key.seal("message|sealed", id, text.as_bytes()),
                        text,
                    );
                }
            }
            // One case in twenty accuses one of the readers.
            if case.n % 20 == 1 {
                let user = Uuid::parse_str(&format!(
                    "00000000-0000-7000-c000-{:012}",
                    1 + case.n / 20 % 16
                ))?;
                let tag = self.keys.person_tag(UserId(user)).to_vec();
                barred.0.push(case.id.0);
                barred.2.push(key.seal("conflict|sealed", case.id.0, &tag));
                barred.1.push(tag);
            }
            let shown = case.code.formatted().to_string();
            match case.fate {
                Fate::Kept => complaints
                    .codes
                    .push((shown, self.keys.receipt_tag(&case.code))),
                Fate::Deleted => complaints.deleted.push(shown),
                Fate::Slip => complaints.slips.push(shown),
            }
        }
        rows.put(owner, self.office, self.custodian.fingerprint())
            .await?;
        papers.put(owner, "insert into wbs.paper (id, case_id, kind, round, draft, at, sealed) select id, c, kind, 1, 0, at, sealed from it").await?;
        papers.put(owner, "insert into plain.paper (id, case_id, kind, at, said) select id, c, kind, at, said from it").await?;
        messages
            .put(owner, "insert into wbs.message (id, case_id, seq, author, on_date, surfaces_at, sealed, screened) select id, c, seq, kind, at::date, at, sealed, true from it")
            .await?;
        messages
            .put(owner, "insert into plain.message (id, case_id, seq, author, on_date, surfaces_at, asks, said) select id, c, seq, kind, at::date, at, false, said from it")
            .await?;
        let turned = "insert into clock_entry (office_id, case_id, at, step, round, party)
            select o.id, c, at, nullif(seq, 0)::smallint, 1, nullif(kind, '') from it, office o order by at";
        turns.put(owner, turned).await?;
        sqlx::query("insert into wbs.conflict (case_id, person_tag, kind, sealed, on_date) select *, current_date from (select c, tag, 'accused', sealed from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as x (c, tag, sealed)) x")
            .bind(barred.0)
            .bind(barred.1)
            .bind(barred.2)
            .execute(&mut *owner)
            .await?;
        Ok(audit::append(owner, &audit_key(&self.master), &events).await?)
    }

    /// Adds the row of a case, and returns the stages that the case passed with the time of each.
    fn row(
        &self,
        case: &Case,
        key: &CaseKey,
        wrapped: Vec<u8>,
        rows: &mut ComplaintRows,
    ) -> Outcome<Vec<(Stage, DateTime<Utc>)>> {
        // The cases span two years; the last three in ten are open.
        let age = TimeDelta::minutes(i64::try_from((CASES - case.n.min(CASES - 1)) * 105)?);
        let surfaced = half_a_day(self.now - age);
        let place = if case.n < CASES * 7 / 10 {
            USUAL_STAGES.len() - 1
        } else {
            usize::try_from(scattered(case.n) % 7)?
        };
        let last = if place == USUAL_STAGES.len() - 1 {
            self.now - TimeDelta::days(i64::try_from(case.n % 100)?)
        } else {
            self.now - TimeDelta::days(1)
        };
        let moments = (0..=place).map(|i| {
            if i == place {
                last.max(surfaced)
            } else {
                surfaced + TimeDelta::minutes(i64::try_from(i).unwrap_or_default())
            }
        });
        let road: Vec<_> = USUAL_STAGES.iter().copied().zip(moments).collect();
        let stage = USUAL_STAGES[place];
        let named = USUAL_STAGES[..=place]
            .iter()
            .flat_map(|stage| SOP.roles_named_at(*stage).codes())
            .collect::<std::collections::BTreeSet<_>>();
        let content = texts::content(case.n);
        let category = Category::ALL[usize::try_from(scattered(case.n) % 7)?];
        let identity: Option<Identity> = (case.n % 2 == 1)
            .then(|| serde_json::from_str(texts::IDENTITY))
            .transpose()?;
        let case_ref = self.keys.case_ref(case.id);
        let slip = case.fate == Fate::Slip;
        let number = new_public_number("WBS", surfaced.date_naive());
        rows.id.push(case.id.0);
        rows.number.push(if case.fate == Fate::Deleted {
            format!("DELETED-{number}")
        } else {
            number
        });
        rows.category.push(category.code());
        rows.stage.push(stage.code());
        rows.named
            .push(named.into_iter().collect::<Vec<_>>().join(","));
        rows.waits
            .push(SOP.roles_waited_for(stage).codes().join(","));
        let team = if case.n.is_multiple_of(100) {
            Uuid::parse_str("00000000-0000-7000-d000-000000000001")?
        } else {
            Uuid::new_v4()
        };
        rows.team.push((place >= 2).then_some(team));
        rows.received.push(surfaced.date_naive() - Days::new(1));
        rows.surfaced.push(surfaced);
        rows.since.push(last);
        rows.closed
            .push(SOP.ends_at(stage).then(|| last.date_naive()));
        rows.wrapped.push(wrapped);
        rows.receipt
            .push((!slip).then(|| self.keys.receipt_tag(&case.code).to_vec()));
        rows.activation
            .push(slip.then(|| self.keys.activation_tag(&case.code).to_vec()));
        rows.content
            .push(key.seal_json("content|sealed", case.id.0, &content)?);
        rows.said.push(serde_json::to_string(&content)?);
        rows.identity.push(seal_identity(
            &self.custodian,
            &self.keys,
            &case_ref,
            &case.salts.1,
            identity.as_ref(),
        )?);
        rows.case_ref.push(case_ref.to_vec());
        Ok(road)
    }

    fn event(
        &self,
        case: &Case,
        moved: Option<(&'static str, &'static str)>,
        at: DateTime<Utc>,
    ) -> Event<'static> {
        let (office, object) = (self.office, self.keys.case_ref(case.id));
        Event {
            office,
            at: Some(at),
            on: at.date_naive(),
            actor: Principal::System,
            action: "bench",
            object,
            step: None,
            stages: moved,
            round_and_draft: (1, 0),
            detail: None,
        }
    }
}

/// The document that is written on the way into a stage.
const PAPERS: [(Stage, PaperKind); 5] = [
    (Stage::Disposed, PaperKind::Disposition),
    (Stage::Forwarded, PaperKind::Forwarding),
    (Stage::Resolved, PaperKind::Resolution),
    (Stage::AnswerDrafted, PaperKind::Answer),
    (Stage::Answered, PaperKind::Signature),
];

fn half_a_day(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp() / 43_200 * 43_200, 0).unwrap_or(at)
}

impl PartRows {
    fn add(
        &mut self,
        case: &Case,
        kind: &'static str,
        seq: i32,
        at: DateTime<Utc>,
        sealed: Vec<u8>,
        said: String,
    ) {
        self.add_as(Uuid::new_v4(), case, kind, seq, at, sealed, said);
    }

    #[expect(clippy::too_many_arguments, reason = "one for each column")]
    fn add_as(
        &mut self,
        id: Uuid,
        case: &Case,
        kind: &'static str,
        seq: i32,
        at: DateTime<Utc>,
        sealed: Vec<u8>,
        said: String,
    ) {
        self.id.push(id);
        self.case.push(case.id.0);
        self.kind.push(kind);
        self.seq.push(seq);
        self.at.push(at);
        self.sealed.push(sealed);
        self.said.push(said);
    }

    async fn put(&self, owner: &mut PgConnection, insert: &str) -> Outcome<()> {
        let (into, from) = insert.split_once(" select ").ok_or("no select")?;
        let statement = format!(
            "with it as (select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::timestamptz[], $6::bytea[], $7::text[]) as x (id, c, kind, seq, at, sealed, said))
             {into} select {from}"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(statement));
        query
            .bind(&self.id)
            .bind(&self.case)
            .bind(&self.kind)
            .bind(&self.seq)
            .bind(&self.at)
            .bind(&self.sealed)
            .bind(&self.said)
            .execute(owner)
            .await?;
        Ok(())
    }
}

impl ComplaintRows {
    async fn put(
        &self,
        owner: &mut PgConnection,
        office: OfficeId,
        fingerprint: [u8; 32],
    ) -> Outcome<()> {
        let complaints = "
            insert into wbs.complaint (id, office_id, public_number, channel, category, stage, visible_to, waiting_for, team_id, received_on, surfaces_at,
                stage_since, closed_on, calendar_version, dek_wrapped, receipt_tag, activation_tag, activation_expires)
            select x.id, $1, x.number, case when x.activation is null then 'online' else 'paper' end, x.category, x.stage, string_to_array(x.named, ','),
                string_to_array(x.waits, ','), x.team, x.received, x.surfaced, x.since, x.closed, case when x.closed is not null then 1 end, x.wrapped, x.receipt,
                x.activation, case when x.activation is not null then current_date - 10 end
            from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::date[], $10::timestamptz[], $11::timestamptz[],
                $12::date[], $13::bytea[], $14::bytea[], $15::bytea[])
                as x (id, number, category, stage, named, waits, team, received, surfaced, since, closed, wrapped, receipt, activation)";
        sqlx::query(complaints)
            .bind(office.0)
            .bind(&self.id)
            .bind(&self.number)
            .bind(&self.category)
            .bind(&self.stage)
            .bind(&self.named)
            .bind(&self.waits)
            .bind(&self.team)
            .bind(&self.received)
            .bind(&self.surfaced)
            .bind(&self.since)
            .bind(&self.closed)
            .bind(&self.wrapped)
            .bind(&self.receipt)
            .bind(&self.activation)
            .execute(&mut *owner)
            .await?;
        sqlx::query("insert into plain.complaint select * from wbs.complaint where id = any ($1)")
            .bind(&self.id)
            .execute(&mut *owner)
            .await?;
        sqlx::query("insert into wbs.content (case_id, sealed) select * from unnest($1::uuid[], $2::bytea[])")
            .bind(&self.id)
            .bind(&self.content)
            .execute(&mut *owner)
            .await?;
        sqlx::query("insert into plain.content (case_id, said) select * from unnest($1::uuid[], $2::text[])")
            .bind(&self.id)
            .bind(&self.said)
            .execute(&mut *owner)
            .await?;
        let identities = "insert into vault.identity (case_ref, fingerprint, sealed) select x.ref, $2, x.sealed from unnest($1::bytea[], $3::bytea[]) as x (ref, sealed)";
        sqlx::query(identities)
            .bind(&self.case_ref)
            .bind(fingerprint.as_slice())
            .bind(&self.identity)
            .execute(owner)
            .await?;
        Ok(())
    }
}
