//! Enforces the proof of identity that an operation needs (`web::operations::Assurance`): a second
//! factor where the office requires one, and a fresh one for sensitive acts (step-up, RFC 9470).

use chrono::{DateTime, TimeDelta, Utc};

use super::Identity;
use super::signed_in::SignedIn;
use crate::error::{Code, Error, Result};
use crate::web::operations::Found;

/// How long a proof of the second factor is fresh.
const FRESH_FOR: TimeDelta = TimeDelta::minutes(5);

/// Refuses a session that lacks the proof which the operation of the request needs. An account
/// without a second factor is not asked for a fresh one: where staff need none (the demo office),
/// step-up is off as well, and where they need one, they can do nothing before they have it.
///
/// # Errors
/// `second_factor_required`; `step_up_required` with the challenge of RFC 9470.
pub(super) fn check(
    identity: &Identity,
    found: &Found,
    caller: &SignedIn,
    now: DateTime<Utc>,
) -> Result<()> {
    if found.is_open() {
        return Ok(());
    }
    let needed = found.assurance();
    if identity.must_enrol(caller) && !needed.is_for_enrolment() {
        return Err(Error::new(Code::SecondFactorRequired));
    }
    if needed.is_fresh() {
        must_be_fresh(caller, now)?;
    }
    Ok(())
}

/// Refuses the session of an account with a second factor unless it was proved just now.
///
/// # Errors
/// `step_up_required` with the challenge of RFC 9470.
pub(super) fn must_be_fresh(caller: &SignedIn, now: DateTime<Utc>) -> Result<()> {
    let is_fresh = caller
        .state
        .proved_at
        .is_some_and(|at| now - at < FRESH_FOR);
    if caller.state.has_factor && !is_fresh {
        let challenge = format!(
            "Bearer realm=\"service-desk\", error=\"insufficient_user_authentication\", error_description=\"The second factor must be proved again\", max_age=\"{}\"",
            FRESH_FOR.num_seconds()
        );
        return Err(Error::new(Code::StepUpRequired).header("www-authenticate", challenge));
    }
    Ok(())
}
