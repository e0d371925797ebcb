//! Turns a refusal of the permit check into a problem reply.

use crate::error::{Code, Error, Text, fault, text};
use crate::sop::gate::Refusal;
use crate::sop::table::{Stage as _, Task};

/// The reason a file does not allow a task although the permit check passes: its deadline is over,
/// or nothing is left to do. The task is refused with `invalid_content`, and `next` shows the same
/// refusal beforehand.
#[derive(Debug, Clone, Copy)]
pub struct TaskClosed {
    /// JSON pointer into the request body.
    pub pointer: &'static str,
    /// The code of the field error.
    pub code: &'static str,
    /// The reason in Indonesian.
    pub id: &'static str,
    /// The reason in English.
    pub en: &'static str,
}

impl From<TaskClosed> for Error {
    fn from(
        TaskClosed {
            pointer,
            code,
            id,
            en,
        }: TaskClosed,
    ) -> Self {
        Self::invalid(vec![fault(pointer, code, id, en)])
    }
}

/// The refusal as an error, with the step's title and the office's term for its actor.
pub fn refusal_error<T: Task>(refusal: Refusal<T>) -> Error {
    let code = match refusal {
        Refusal::Unseen => Code::NotFound,
        Refusal::NotYours(_) => Code::NotYourStep,
        Refusal::FourEyes(_) => Code::FourEyes,
        Refusal::OutOfOrder(_) => Code::OutOfOrder,
    };
    match refusal_reason(refusal) {
        Some(Text { id, en }) => Error::new(code).detail(id, en),
        None => Error::new(code),
    }
}

/// The reason for the refusal in both languages; none for a file the caller may not know of.
pub fn refusal_reason<T: Task>(refusal: Refusal<T>) -> Option<Text> {
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
                "“{}” may not be done by the person who drafted or initialled this letter.",
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
