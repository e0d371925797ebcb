//! Decides a request for disclosure. The key file is opened outside any transaction. The identity
//! is then opened in memory, the granted fields are sealed to the requester's opening code, and the
//! rest is dropped. For an original, the key file only proves the custodian; no identity is opened.
//! The decision is stored only if the request has not changed in the meantime.

use chrono::TimeDelta;
use sqlx::PgConnection;

use super::forms::{AtDisclosure, Decision, Passphrase, Withholding};
use super::notify;
use super::request::{check_not_frozen, identity_deleted, load_view};
use super::views::DisclosureView;
use crate::casework::desk::Desk;
use crate::complaint::act::{Lock, StaffAct, StaffEvent};
use crate::complaint::alarms::AlarmKind;
use crate::complaint::audit_events;
use crate::complaint::custody::custodian::CustodianPrivateKey;
use crate::complaint::custody::key_file::unwrap_queued;
use crate::complaint::custody::wrapped_key::WrappedKey;
use crate::complaint::identity::pickup::seal_for_pickup;
use crate::complaint::identity::{Identity, IdentityField};
use crate::complaint::papers::disclosure_file::{
    CustodianDecision, DisclosedOriginal, DisclosureDecisions, DisclosureRequest, State,
};
use crate::complaint::read_transaction;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::disclosures::{
    self as store, DECISION_PERIOD, DecisionOutcome, DisclosureRow,
};
use crate::complaint::store::warnings::wrapped_key;
use crate::complaint::vault;
use crate::error::{Code, Error, OrNotFound as _, Result, fault};
use crate::identity::roster;
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;
use crate::sop::role::Role;
use crate::web::Reply;

/// Time in which a grant can be opened.
const GRANT_VALIDITY: TimeDelta = TimeDelta::minutes(15);

/// A request as read before the decision.
struct UndecidedRequest {
    stored: DisclosureRow,
    request: DisclosureRequest,
    decisions: DisclosureDecisions,
    key: CaseKey,
}

/// Result of a decision.
enum DisclosureVerdict {
    /// The first of two custodians agrees.
    First,
    /// Granted, with the fields sealed to the requester's opening code.
    Grant(Vec<u8>),
    /// Denied.
    Denial,
}

/// Decides a request.
///
/// # Errors
/// `not_found`; `four_eyes` for the requester and for the first of two custodians; `conflict` when
/// the request is settled; `disclosures_frozen` while a breach is open; `overtaken` when another
/// decision was stored first; `invalid_content` for a wrong key file, a wrong passphrase, or fields
/// that were not requested; `too_many_requests` after ten wrong passphrases.
pub(super) async fn decide(
    desk: &Desk,
    at: AtDisclosure,
    form: Decision,
) -> Result<Reply<DisclosureView>> {
    let services = ComplaintServices::of(desk.request())?;
    let mut before = find_decidable(desk, at).await?;
    let Decision {
        grant,
        fields,
        reason,
        withhold_notice,
        custodian_key,
        passphrase,
    } = form;
    let fields = if grant {
        fields_to_grant(fields, &before)?
    } else {
        Vec::new()
    };
    if withhold_notice.is_some() && !before.request.purpose.needs_two_custodians() {
        return Err(only_for_law_enforcement());
    }
    let verdict = if !grant {
        DisclosureVerdict::Denial
    } else if before.request.purpose.needs_two_custodians() && before.decisions.first.is_none() {
        DisclosureVerdict::First
    } else {
        let (wrapped, passphrase) = custodian_key.zip(passphrase).ok_or_else(missing_key)?;
        DisclosureVerdict::Grant(
            seal_granted_fields(desk, &services, at, &before, &fields, (wrapped, passphrase))
                .await?,
        )
    };
    let words = CustodianDecision {
        by: desk.signed_in().user,
        reason,
        fields,
    };
    if let DisclosureVerdict::First = verdict {
        before.decisions.first = Some(words);
    } else {
        before.decisions.last = Some(words);
    }
    // A legal basis given by either custodian applies to the final decision.
    if grant && let Some(Withholding { basis }) = withhold_notice {
        before.decisions.withheld = Some(basis);
    }
    store_decision(desk, at, &before, &verdict).await
}

/// Only a law-enforcement disclosure (two custodians) may withhold the notice to the reporter; for
/// consent, protection and delivery the reporter is always told.
fn only_for_law_enforcement() -> Error {
    let (id, en) = ("Hanya untuk penegakan hukum.", "Only for law enforcement.");
    Error::invalid(vec![fault(
        "/withhold_notice",
        "only_for_law_enforcement",
        id,
        en,
    )])
}

/// Reads the request if the caller may decide it.
async fn find_decidable(desk: &Desk, at: AtDisclosure) -> Result<UndecidedRequest> {
    let now = desk.request_time().now;
    let before = read_transaction::read(desk, async |c, viewer, services| {
        let stored = store::find(c, at.id, at.disclosure, &viewer.person)
            .await?
            .or_not_found()?;
        let key = services
            .case_key(at.id, &wrapped_key(c, at.id).await?)
            .await?;
        let (request, decisions) = (stored.open_request(&key)?, stored.open_decisions(&key)?);
        Ok(UndecidedRequest {
            stored,
            request,
            decisions,
            key,
        })
    })
    .await?;
    let me = desk.signed_in().user;
    if before.stored.requester == me || before.stored.first_by == Some(me) {
        return Err(Error::new(Code::FourEyes));
    }
    if !before.stored.state.awaits_decision() || before.stored.requested_at + DECISION_PERIOD <= now
    {
        return Err(Error::new(Code::Conflict).detail(
            "Permintaan ini sudah diputuskan atau kedaluwarsa.",
            "This request is settled already.",
        ));
    }
    // Early check, before the passphrase is used; repeated under the lock.
    check_not_frozen(before.stored.frozen)?;
    Ok(before)
}

/// Returns the fields to grant: by default all that are still open to a grant.
fn fields_to_grant(
    fields: Option<Vec<IdentityField>>,
    before: &UndecidedRequest,
) -> Result<Vec<IdentityField>> {
    let open_to = before.decisions.grantable_fields(&before.request);
    let Some(fields) = fields else {
        return Ok(open_to);
    };
    let not_requested = fields
        .iter()
        .enumerate()
        .filter(|(_, field)| !open_to.contains(field));
    let not_requested: Vec<_> = not_requested
        .map(|(i, _)| {
            fault(
                format!("/fields/{i}"),
                "not_asked_for",
                "Data ini tidak diminta.",
                "This field was not requested.",
            )
        })
        .collect();
    if not_requested.is_empty() {
        Ok(fields)
    } else {
        Err(Error::invalid(not_requested))
    }
}

/// Opens the identity in memory and seals the granted fields to the requester's opening code. For
/// an original an empty set is sealed, so that the opening code is still required.
async fn seal_granted_fields(
    desk: &Desk,
    services: &ComplaintServices,
    at: AtDisclosure,
    before: &UndecidedRequest,
    fields: &[IdentityField],
    with: (WrappedKey, Passphrase),
) -> Result<Vec<u8>> {
    let pickup = hex::decode(&before.request.pickup).map_err(Error::internal)?;
    if before.request.original.is_some() {
        // No identity is opened and none may exist any more, so the current custodian key is
        // required.
        unwrap_private_key(desk, services, with, services.custodian().fingerprint()).await?;
        return seal_for_pickup(&pickup, at.disclosure, &Identity::default(), &[]);
    }
    let custodian_fingerprint = vault::custodian_fingerprint(services, at.id).await;
    let custodian_fingerprint =
        alarm_on_tampering(desk, services, at.id, custodian_fingerprint).await?;
    let private = unwrap_private_key(desk, services, with, custodian_fingerprint).await?;
    let identity = vault::open(services, at.id, &private).await;
    let identity = alarm_on_tampering(desk, services, at.id, identity).await?;
    seal_for_pickup(&pickup, at.disclosure, &identity, fields)
}

/// Opens the private key with this fingerprint from the custodian's key file. Wrong passphrases are
/// counted for each account.
async fn unwrap_private_key(
    desk: &Desk,
    services: &ComplaintServices,
    with: (WrappedKey, Passphrase),
    fingerprint: [u8; 32],
) -> Result<CustodianPrivateKey> {
    let ((wrapped, passphrase), user, now) = (with, desk.signed_in().user, desk.request_time().now);
    let required_fingerprint = hex::encode(fingerprint);
    if wrapped.fingerprint != required_fingerprint {
        return Err(wrong_key(&required_fingerprint));
    }
    services.passphrases.record_attempt(user, now)?;
    let private = unwrap_queued(wrapped, passphrase.into_inner())
        .await
        .inspect_err(|_| services.passphrases.refund(user, now))?;
    let private = private.ok_or_else(wrong_passphrase)?;
    services.passphrases.refund(user, now);
    Ok(private)
}

/// Passes on a result of the vault. A moved, changed or forged record is written to the audit trail
/// before the custodian is refused.
async fn alarm_on_tampering<T>(
    desk: &Desk,
    services: &ComplaintServices,
    case: ComplaintId,
    result: Result<T>,
) -> Result<T> {
    let error = match result {
        Ok(result) => return Ok(result),
        Err(error) => error,
    };
    match error.code() {
        Some(Code::NotFound) => Err(identity_deleted()),
        Some(Code::Internal) => {
            let event = StaffEvent::on_case(case, AlarmKind::VaultTamperedWith.code());
            audit_events::record_refusal(desk, services, event).await?;
            Err(error)
        }
        _ => Err(error),
    }
}

/// Stores the decision, if the request is unchanged, the caller is still a custodian and the
/// requester is not barred (a denial needs no free requester).
async fn store_decision(
    desk: &Desk,
    at: AtDisclosure,
    before: &UndecidedRequest,
    verdict: &DisclosureVerdict,
) -> Result<Reply<DisclosureView>> {
    let mut act = StaffAct::begin_unstored(desk, Lock::Disclosures).await?;
    let now = act.now();
    let (viewer, services, connection) = act.parts();
    if !store::lock(connection, at.id, at.disclosure).await? {
        return Err(Error::new(Code::NotFound));
    }
    let current = store::find(connection, at.id, at.disclosure, &viewer.person)
        .await?
        .or_not_found()?;
    if (current.state, current.first_by) != (before.stored.state, before.stored.first_by) {
        return Err(Error::new(Code::Overtaken));
    }
    check_not_frozen(current.frozen)?;
    must_still_be_custodian(connection, desk).await?;
    let requester = store::filter_not_barred(
        connection,
        at.id,
        &[services.keys.person_tag(current.requester).to_vec()],
    )
    .await?;
    if requester.is_empty() && !matches!(verdict, DisclosureVerdict::Denial) {
        return Err(Error::new(Code::Conflict).detail(
            "Pemohon tidak lagi menangani pengaduan ini; tolaklah permintaan ini.",
            "The requester no longer handles this complaint; deny the request.",
        ));
    }
    let (state, action, fields) = match verdict {
        DisclosureVerdict::First => (State::Seconded, "second_disclosure", None),
        DisclosureVerdict::Grant(fields) => {
            (State::Granted, "grant_disclosure", Some(fields.as_slice()))
        }
        DisclosureVerdict::Denial => (State::Denied, "deny_disclosure", None),
    };
    let outcome = DecisionOutcome {
        state,
        by: desk.signed_in().user,
        at: now,
        decisions: &before.decisions,
        expires_at: fields.map(|_| now + GRANT_VALIDITY),
        fields,
    };
    store::decide(connection, &before.key, at.disclosure, &outcome).await?;
    let of = (current.office, at.id);
    if let DisclosureVerdict::First = verdict {
        let others = notify::eligible_custodians(
            connection,
            services,
            desk,
            at.id,
            &[current.requester, desk.signed_in().user],
        )
        .await?;
        notify::notify_custodians(connection, of, &others, now).await?;
    } else {
        notify::notify_requester(connection, of, &requester, now).await?;
    }
    let view = load_view(connection, viewer, &before.key, at.id, at.disclosure).await?;
    let detail = audit_detail(&before.request, &before.decisions);
    let event = StaffEvent::on_case(at.id, action).with_detail(detail.as_str());
    act.commit(event, Reply::ok(view)).await
}

/// Detail for the audit trail: the agreed field names or the attachment number, and whether the
/// notice is withheld; never a value or a reason.
fn audit_detail(request: &DisclosureRequest, decisions: &DisclosureDecisions) -> String {
    let words = decisions.last.as_ref().or(decisions.first.as_ref());
    let fields = words
        .iter()
        .flat_map(|words| &words.fields)
        .map(|field| field.code().to_owned());
    let what = request
        .original
        .map(DisclosedOriginal::audit_label)
        .into_iter()
        .chain(fields);
    what.chain(
        decisions
            .withheld
            .iter()
            .map(|_| "notice_withheld".to_owned()),
    )
    .collect::<Vec<_>>()
    .join(" ")
}

/// Checks the role again, because it can be lost while the key file is being opened.
async fn must_still_be_custodian(connection: &mut PgConnection, desk: &Desk) -> Result<()> {
    let holders = roster::holders(
        connection,
        desk.signed_in().office,
        Role::IdentityCustodian,
        today(desk.request_time().now),
    )
    .await?;
    if holders
        .iter()
        .any(|holder| holder.user == desk.signed_in().user)
    {
        Ok(())
    } else {
        Err(Error::new(Code::Forbidden))
    }
}

fn missing_key() -> Error {
    let missing = |at: &str| {
        fault(
            at,
            "missing_field",
            "Diperlukan untuk menyetujui.",
            "Required for a grant.",
        )
    };
    Error::invalid(vec![missing("/custodian_key"), missing("/passphrase")])
}

fn wrong_key(fingerprint: &str) -> Error {
    Error::invalid(vec![fault(
        "/custodian_key/fingerprint",
        "another_key",
        format!("Diperlukan berkas kunci dengan sidik jari {fingerprint}."),
        format!("The key file with the fingerprint {fingerprint} is required."),
    )])
}

/// The refusal is the same for a wrong passphrase and a changed key file.
fn wrong_passphrase() -> Error {
    Error::invalid(vec![fault(
        "/passphrase",
        "wrong_passphrase",
        "Frasa sandi tidak membuka berkas kunci ini.",
        "The passphrase does not open this key file.",
    )])
}
