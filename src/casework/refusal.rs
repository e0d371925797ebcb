//! What the gate's refusal says to a caller.

use crate::error::{Code, Error, Text, fault, text};
use crate::sop::gate::Refusal;
use crate::sop::table::{Stage as _, Task};

/// Why the file itself does not allow a task that the gate would let through: its time is over, or nothing is left to do. The task is refused as wrong
/// content, and `next` says the same beforehand.
#[derive(Debug, Clone, Copy)]
pub struct Closed {
    /// Where in the body the refusal points.
    pub pointer: &'static str,
    /// The code of the fault.
    pub code: &'static str,
    /// Why, in Indonesian.
    pub id: &'static str,
    /// Why, in English.
    pub en: &'static str,
}

impl From<Closed> for Error {
    fn from(
        Closed {
            pointer,
            code,
            id,
            en,
        }: Closed,
    ) -> Self {
        Self::invalid(vec![fault(pointer, code, id, en)])
    }
}

/// The gate's no as an error with the step's name and the office's word for its actor.
#[must_use]
pub fn refused<T: Task>(refusal: Refusal<T>) -> Error {
    let code = match refusal {
        Refusal::Unseen => Code::NotFound,
        Refusal::NotYours(_) => Code::NotYourStep,
        Refusal::FourEyes(_) => Code::FourEyes,
        Refusal::OutOfOrder(_) => Code::OutOfOrder,
    };
    match reason(refusal) {
        Some(Text { id, en }) => Error::new(code).detail(id, en),
        None => Error::new(code),
    }
}

/// Why not, in both languages; nothing for a file that may not be known of.
#[must_use]
pub fn reason<T: Task>(refusal: Refusal<T>) -> Option<Text> {
    let row = |task| T::sop().row(task);
    match refusal {
        Refusal::Unseen => None,
        Refusal::NotYours(task) => {
            let (title, actor) = (row(task).title, row(task).actor);
            Some(text(
                format!("“{}” dikerjakan oleh {}.", title.id, actor.office_term()),
                format!(
                    "“{}” is done by {} ({}).",
                    title.en,
                    actor.code(),
                    actor.office_term()
                ),
            ))
        }
        Refusal::FourEyes(task) if row(task).never_by.is_empty() => Some(text(
            format!(
                "“{}” tidak boleh oleh orang yang sudah mengerjakan semua yang lain atas konsep ini: perlu orang kedua.",
                row(task).title.id
            ),
            format!(
                "“{}” may not be done by the person who did everything else on this draft: a second person is needed.",
                row(task).title.en
            ),
        )),
        Refusal::FourEyes(task) => Some(text(
            format!(
                "“{}” tidak boleh oleh orang yang menyusun atau memaraf surat ini.",
                row(task).title.id
            ),
            format!(
                "“{}” may not be done by who drafted or initialled this letter.",
                row(task).title.en
            ),
        )),
        Refusal::OutOfOrder(task) => {
            let stages = row(task)
                .moves
                .iter()
                .map(|(from, _)| from.code())
                .collect::<Vec<_>>()
                .join(", ");
            let once = row(task).once;
            let (id, en) = if once {
                (
                    ", dan satu kali atas setiap konsep",
                    ", and once on each draft",
                )
            } else {
                ("", "")
            };
            Some(text(
                format!("“{}” hanya dari tahap: {stages}{id}.", row(task).title.id),
                format!(
                    "“{}” can only be done at stage: {stages}{en}.",
                    row(task).title.en
                ),
            ))
        }
    }
}
