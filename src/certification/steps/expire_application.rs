//! Side exit, by the service: a confirmation that was not answered in time. The job was queued in the transaction that sent the sheet.

use chrono::TimeDelta;

use crate::casework::desk::take_for_the_service;
use crate::casework::workflow::RequestTime;
use crate::certification::confirmation::{self, Expiry};
use crate::certification::sop::{Stage, Task};
use crate::database::Database;
use crate::error::{Code, Result};
use crate::ids::ApplicationId;

/// Expires the application if proposal `seq` is still the one at hand and its time has passed by the service's clock. Gives the time that is left when it has
/// not: the job engine goes by the database's clock, which may be ahead, so the job must run again. Otherwise does nothing. Safe to run again.
///
/// # Errors
/// When the server refuses.
pub async fn expire_application(
    database: &Database,
    request_time: &RequestTime,
    id: ApplicationId,
    seq: i16,
) -> Result<Option<TimeDelta>> {
    let mut file =
        match take_for_the_service(database, request_time, (), id, Task::ExpireApplication).await {
            Ok(file) => file,
            Err(refusal) if matches!(refusal.code(), Some(Code::OutOfOrder | Code::NotFound)) => {
                return Ok(None);
            }
            Err(other) => return Err(other),
        };
    match confirmation::expiry(&mut file, seq).await? {
        Expiry::Settled => Ok(None),
        Expiry::Early(left) => Ok(Some(left)),
        Expiry::Due => file.hand_over(Stage::Expired).await.map(|_| None),
    }
}
