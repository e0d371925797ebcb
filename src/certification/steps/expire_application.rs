//! Side exit, by the service: expires an application after an unanswered confirmation. The job is
//! queued in the transaction that sends the sheet.

use chrono::TimeDelta;

use crate::casework::desk::take_as_service;
use crate::casework::workflow::RequestTime;
use crate::certification::confirmation::{self, Expiry};
use crate::certification::sop::{Stage, Task};
use crate::database::Database;
use crate::error::{Code, Result};
use crate::ids::ApplicationId;

/// Expires the application if proposal `seq` is still current and its deadline has passed by the
/// service's clock. Returns the time left if the deadline has not passed: the job engine uses the
/// database's clock, which may be ahead, so the job must run again. Idempotent.
pub async fn expire_application(
    database: &Database,
    request_time: &RequestTime,
    id: ApplicationId,
    seq: i16,
) -> Result<Option<TimeDelta>> {
    let mut file =
        match take_as_service(database, request_time, (), id, Task::ExpireApplication).await {
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
