//! What the gate's refusal says to a caller.

use crate::error::{Code, Error};
use crate::sop::gate::Refusal;
use crate::sop::table::Task;

/// The gate's no as an error with the step's name and the office's word for its actor.
#[must_use]
pub fn refused<T: Task>(refusal: Refusal<T>) -> Error {
    let (code, task) = match refusal {
        Refusal::Unseen => return Error::new(Code::NotFound),
        Refusal::NotYours(task) => (Code::NotYourStep, task),
        Refusal::FourEyes(task) => (Code::FourEyes, task),
        Refusal::OutOfOrder(task) => (Code::OutOfOrder, task),
    };
    let row = T::sop().row(task);
    let stages = row.moves.iter().map(|(from, _)| crate::sop::table::Stage::code(*from)).collect::<Vec<_>>().join(", ");
    let (id, en) = match refusal {
        Refusal::Unseen => (String::new(), String::new()),
        Refusal::NotYours(_) => (
            format!("“{}” dikerjakan oleh {}.", row.title.id, row.actor.office_term()),
            format!("“{}” is done by {} ({}).", row.title.en, row.actor.code(), row.actor.office_term()),
        ),
        Refusal::FourEyes(_) => (
            format!("“{}” tidak boleh oleh orang yang menyusun atau memaraf surat ini.", row.title.id),
            format!("“{}” may not be done by who drafted or initialled this letter.", row.title.en),
        ),
        Refusal::OutOfOrder(_) => {
            (format!("“{}” hanya dari tahap: {stages}.", row.title.id), format!("“{}” can only be done at stage: {stages}.", row.title.en))
        }
    };
    Error::new(code).detail(id, en)
}
