//! The rows and roles a file waits for: the ones `next` offers and notifications address. A side
//! exit is open to its actor, but the file does not wait for it.

use super::role::Role;
use super::table::{Actor, Row, Sop, Task};

impl<T: Task> Sop<T> {
    /// The rows a file at `stage` waits for: the numbered ones that start there; else the parts of
    /// the measured step; else, where no step is measured, the rows of people that lead onwards.
    pub fn rows_waited_for(&'static self, stage: T::Stage) -> Vec<&'static Row<T>> {
        let starting = || {
            self.rows.iter().filter(move |row| {
                row.targets(stage).is_some() && matches!(row.actor, Actor::Person(_))
            })
        };
        let measured = self.waiting_at(stage).and_then(|row| row.no);
        match measured {
            Some(no)
                if self
                    .step(no)
                    .is_some_and(|row| row.targets(stage).is_some()) =>
            {
                starting().filter(|row| row.no.is_some()).collect()
            }
            Some(no) => starting().filter(|row| row.part_of == Some(no)).collect(),
            None => starting().filter(|row| row.leads_on(stage)).collect(),
        }
    }

    /// The roles of those rows.
    pub fn roles_waited_for(&'static self, stage: T::Stage) -> Vec<Role> {
        let rows = self.rows_waited_for(stage);
        Role::all()
            .filter(|role| rows.iter().any(|row| row.actor.admits(*role)))
            .collect()
    }

    /// The tasks that bar a person from those rows (four eyes).
    pub fn never_by_waited_for(&'static self, stage: T::Stage) -> Vec<T> {
        self.rows_waited_for(stage)
            .into_iter()
            .flat_map(|row| row.never_by.iter().copied())
            .collect()
    }
}
