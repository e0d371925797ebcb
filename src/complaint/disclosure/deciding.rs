//! A custodian decides. The key file is opened aside, with no transaction open; then the identity is opened in memory, the granted fields are sealed for the
//! requester, and the rest is forgotten. For an original the key file shows only that it is the custodian who decides: no identity is opened. The decision
//! counts only if the request is still as it was.

use chrono::TimeDelta;
use sqlx::PgConnection;

use super::asking::{gone, shown};
use super::forms::{AtDisclosure, Decision, Withholding};
use super::freezing;
use super::notify;
use super::passphrase::Passphrase;
use super::views::DisclosureView;
use crate::casework::desk::Desk;
use crate::casework::workflow::Asking;
use crate::complaint::audit_events;
use crate::complaint::custody::custodian::CustodianPrivate;
use crate::complaint::custody::key_file::unwrap_aside;
use crate::complaint::custody::wrapped_key::WrappedKey;
use crate::complaint::identity::pickup::seal_for_pickup;
use crate::complaint::identity::{Identity, IdentityField};
use crate::complaint::papers::disclosure_file::{Asked, Decided, Original, State, Words};
use crate::complaint::read_transaction;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::disclosures::{self as store, Outcome, Stored, UNDECIDED};
use crate::complaint::store::viewer::Viewer;
use crate::complaint::store::warnings::wrapped_key;
use crate::complaint::vault;
use crate::error::{Code, Error, Result, fault};
use crate::identity::roster;
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;
use crate::sop::role::Role;
use crate::web::IdempotentWrite;

/// How long granted fields can be opened.
const OPEN_FOR: TimeDelta = TimeDelta::minutes(15);

/// A request as it was before the decision.
struct Before {
    stored: Stored,
    asked: Asked,
    decided: Decided,
    key: CaseKey,
}

/// What was decided.
enum Verdict {
    /// The first of two agrees.
    First,
    /// Granted: the fields, sealed for the requester.
    Grant(Vec<u8>),
    /// Refused.
    Denial,
}

/// Decides a request.
///
/// # Errors
/// `not_found`; `four_eyes` for the requester and for the first of two; `conflict` when it is settled; `disclosures_frozen` while a breach is open;
/// `overtaken` when somebody was faster;
/// `invalid_content` for a wrong key file, a wrong passphrase, or fields that nobody asked for; `too_many_requests` after ten wrong passphrases.
pub(super) async fn decide(
    desk: &Desk,
    at: AtDisclosure,
    form: Decision,
) -> Result<DisclosureView> {
    let services = ComplaintServices::of(desk.request())?;
    let mut before = look(desk, at).await?;
    let Decision {
        grant,
        fields,
        reason,
        withhold_notice,
        custodian_key,
        passphrase,
    } = form;
    let fields = if grant {
        of_those_asked(fields, &before)?
    } else {
        Vec::new()
    };
    if withhold_notice.is_some() && !before.asked.purpose.needs_two() {
        return Err(needs_the_law());
    }
    let verdict = if !grant {
        Verdict::Denial
    } else if before.asked.purpose.needs_two() && before.decided.first.is_none() {
        Verdict::First
    } else {
        let (wrapped, passphrase) = custodian_key.zip(passphrase).ok_or_else(key_is_missing)?;
        Verdict::Grant(open(desk, &services, at, &before, &fields, (wrapped, passphrase)).await?)
    };
    let words = Words {
        by: desk.who().user,
        reason,
        fields,
    };
    if let Verdict::First = verdict {
        before.decided.first = Some(words);
    } else {
        before.decided.last = Some(words);
    }
    // Whichever of the two knows the ground, it holds.
    if grant && let Some(Withholding { basis }) = withhold_notice {
        before.decided.withheld = Some(basis);
    }
    settle(desk, &services, at, &before, &verdict).await
}

/// Silence is a matter of law and of two: whoever consented, or is to be protected or written to, may know.
fn needs_the_law() -> Error {
    let (id, en) = ("Hanya untuk penegakan hukum.", "Only for law enforcement.");
    Error::invalid(vec![fault(
        "/withhold_notice",
        "only_for_law_enforcement",
        id,
        en,
    )])
}

/// The request, if this custodian may decide it.
async fn look(desk: &Desk, at: AtDisclosure) -> Result<Before> {
    let now = desk.request_time().now;
    let before = read_transaction::read(desk, async |c, viewer, services| {
        let stored = store::find(c, at.id, at.disclosure, &viewer.person)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let key = services.open(at.id, &wrapped_key(c, at.id).await?).await?;
        let (asked, decided) = (stored.asked(&key)?, stored.decided(&key)?);
        Ok(Before {
            stored,
            asked,
            decided,
            key,
        })
    })
    .await?;
    let me = desk.who().user;
    if before.stored.requester == me || before.stored.first_by == Some(me) {
        return Err(Error::new(Code::FourEyes));
    }
    if !before.stored.state.is_open() || before.stored.requested_at + UNDECIDED <= now {
        return Err(Error::new(Code::Conflict).detail(
            "Permintaan ini sudah diputuskan atau kedaluwarsa.",
            "This request is settled already.",
        ));
    }
    // Before anybody types a passphrase; asked again where it counts.
    freezing::must_not_be(before.stored.frozen)?;
    Ok(before)
}

/// The fields to grant.
fn of_those_asked(
    fields: Option<Vec<IdentityField>>,
    before: &Before,
) -> Result<Vec<IdentityField>> {
    let open_to = before.decided.open_to(&before.asked);
    let Some(fields) = fields else {
        return Ok(open_to);
    };
    let beyond = fields
        .iter()
        .enumerate()
        .filter(|(_, field)| !open_to.contains(field));
    let beyond: Vec<_> = beyond
        .map(|(i, _)| {
            fault(
                format!("/fields/{i}"),
                "not_asked_for",
                "Tidak diminta.",
                "Nobody asked for it.",
            )
        })
        .collect();
    if beyond.is_empty() {
        Ok(fields)
    } else {
        Err(Error::invalid(beyond))
    }
}

/// Opens the identity in memory and seals the granted fields for the requester; for an original nothing is sealed, so that the code is needed all the same.
async fn open(
    desk: &Desk,
    services: &ComplaintServices,
    at: AtDisclosure,
    before: &Before,
    fields: &[IdentityField],
    with: (WrappedKey, Passphrase),
) -> Result<Vec<u8>> {
    let pickup = hex::decode(&before.asked.pickup).map_err(Error::internal)?;
    if before.asked.original.is_some() {
        // No identity is touched, and there may be none any more: it takes the key that the office has now.
        unwrapped(desk, services, with, services.custodian().fingerprint()).await?;
        return seal_for_pickup(&pickup, at.disclosure, &Identity::default(), &[]);
    }
    let sealed_to = vault::sealed_to(services, at.id).await;
    let sealed_to = alarmed(desk, services, at.id, sealed_to).await?;
    let private = unwrapped(desk, services, with, sealed_to).await?;
    let identity = vault::open(services, at.id, &private).await;
    let identity = alarmed(desk, services, at.id, identity).await?;
    seal_for_pickup(&pickup, at.disclosure, &identity, fields)
}

/// The private half of the key with this fingerprint, from the custodian's file. Wrong passphrases are counted for each account.
async fn unwrapped(
    desk: &Desk,
    services: &ComplaintServices,
    with: (WrappedKey, Passphrase),
    fingerprint: [u8; 32],
) -> Result<CustodianPrivate> {
    let ((wrapped, passphrase), user, now) = (with, desk.who().user, desk.request_time().now);
    let wanted = hex::encode(fingerprint);
    if wrapped.fingerprint != wanted {
        return Err(another_key(&wanted));
    }
    services.passphrases.record_attempt(user, now)?;
    let private = unwrap_aside(wrapped, passphrase.into_inner())
        .await
        .inspect_err(|_| services.passphrases.refund(user, now))?;
    let private = private.ok_or_else(wrong_passphrase)?;
    services.passphrases.refund(user, now);
    Ok(private)
}

/// What the vault gave. That something in it was moved, changed or forged is written into the trail before the custodian is refused.
async fn alarmed<T>(
    desk: &Desk,
    services: &ComplaintServices,
    case: ComplaintId,
    given: Result<T>,
) -> Result<T> {
    let error = match given {
        Ok(given) => return Ok(given),
        Err(error) => error,
    };
    match error.code() {
        Some(Code::NotFound) => Err(gone()),
        Some(Code::Internal) => {
            let mut work =
                IdempotentWrite::without_idempotency(desk.database(), desk.request_time().now)
                    .await?;
            audit_events::act(&mut work, desk, services, case, "vault_tampered_with").await?;
            work.commit().await?;
            Err(error)
        }
        _ => Err(error),
    }
}

/// Writes the decision down, if the request is still what was decided on and everybody is still who they were.
async fn settle(
    desk: &Desk,
    services: &ComplaintServices,
    at: AtDisclosure,
    before: &Before,
    verdict: &Verdict,
) -> Result<DisclosureView> {
    let now = desk.request_time().now;
    let mut work = IdempotentWrite::without_idempotency(desk.database(), now).await?;
    let viewer = Viewer::enter(&mut work, Asking::Person(desk.who()), None, &services.keys).await?;
    freezing::hold(&mut work, desk.who()).await?;
    if !store::lock(&mut work, at.id, at.disclosure).await? {
        return Err(Error::new(Code::NotFound));
    }
    let current = store::find(&mut work, at.id, at.disclosure, &viewer.person)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    if (current.state, current.first_by) != (before.stored.state, before.stored.first_by) {
        return Err(Error::new(Code::Overtaken));
    }
    freezing::must_not_be(current.frozen)?;
    must_still_be_custodian(&mut work, desk).await?;
    let requester = store::free(
        &mut work,
        at.id,
        &[services.keys.person_tag(current.requester).to_vec()],
    )
    .await?;
    if requester.is_empty() && !matches!(verdict, Verdict::Denial) {
        return Err(Error::new(Code::Conflict).detail(
            "Pemohon tidak lagi menangani pengaduan ini; tolaklah.",
            "The requester no longer handles this complaint; deny it.",
        ));
    }
    let (state, action, fields) = match verdict {
        Verdict::First => (State::Seconded, "second_disclosure", None),
        Verdict::Grant(fields) => (State::Granted, "grant_disclosure", Some(fields.as_slice())),
        Verdict::Denial => (State::Denied, "deny_disclosure", None),
    };
    let outcome = Outcome {
        state,
        by: desk.who().user,
        at: now,
        decided: &before.decided,
        expires_at: fields.map(|_| now + OPEN_FOR),
        fields,
    };
    store::decide(&mut work, &before.key, at.disclosure, &outcome).await?;
    let of = (current.office, at.id);
    if let Verdict::First = verdict {
        let others = notify::deciders(
            &mut work,
            services,
            desk,
            at.id,
            &[current.requester, desk.who().user],
        )
        .await?;
        notify::waits(&mut work, of, &others, now).await?;
    } else {
        notify::decided(&mut work, of, &requester, now).await?;
    }
    audit_events::act_with(
        &mut work,
        desk,
        services,
        at.id,
        action,
        Some(&in_the_trail(&before.asked, &before.decided)),
    )
    .await?;
    let view = shown(&mut work, &viewer, &before.key, at.id, at.disclosure).await?;
    work.commit().await?;
    Ok(view)
}

/// The fields agreed to or the number of the attachment, and that the reporter is not told; never what is in them, nor anybody's words.
fn in_the_trail(asked: &Asked, decided: &Decided) -> String {
    let words = decided.last.as_ref().or(decided.first.as_ref());
    let fields = words
        .iter()
        .flat_map(|words| &words.fields)
        .map(|field| field.code().to_owned());
    let what = asked
        .original
        .map(Original::in_the_trail)
        .into_iter()
        .chain(fields);
    what.chain(
        decided
            .withheld
            .iter()
            .map(|_| "notice_withheld".to_owned()),
    )
    .collect::<Vec<_>>()
    .join(" ")
}

/// A role can be lost while the key file is being opened.
async fn must_still_be_custodian(connection: &mut PgConnection, desk: &Desk) -> Result<()> {
    let holders = roster::holders(
        connection,
        desk.who().office,
        Role::IdentityCustodian,
        today(desk.request_time().now),
    )
    .await?;
    if holders.iter().any(|holder| holder.user == desk.who().user) {
        Ok(())
    } else {
        Err(Error::new(Code::Forbidden))
    }
}

fn key_is_missing() -> Error {
    let missing = |at: &str| {
        fault(
            at,
            "missing_field",
            "Diperlukan untuk menyetujui.",
            "Needed for a grant.",
        )
    };
    Error::invalid(vec![missing("/custodian_key"), missing("/passphrase")])
}

fn another_key(fingerprint: &str) -> Error {
    Error::invalid(vec![fault(
        "/custodian_key/fingerprint",
        "another_key",
        format!("Perlu berkas kunci dengan sidik jari {fingerprint}."),
        format!("It takes the key file with the fingerprint {fingerprint}."),
    )])
}

/// One refusal, whatever is wrong: the passphrase, or a file that was changed.
fn wrong_passphrase() -> Error {
    Error::invalid(vec![fault(
        "/passphrase",
        "wrong_passphrase",
        "Frasa sandi tidak membuka berkas kunci ini.",
        "The passphrase does not open this key file.",
    )])
}
