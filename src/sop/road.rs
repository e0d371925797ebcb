//! The ordinary road of a table: which rows lead onwards from a stage, and what lies behind a task. Side exits and what may leave a file where it is are no
//! part of it.

use super::table::{Row, Sop, Task};

impl<T: Task> Row<T> {
    /// Whether it is an ordinary way onwards from `stage`. One that may leave the file where it is, as a conflict mostly does, is none; nor is a side exit.
    #[must_use]
    pub fn leads_on(&self, stage: T::Stage) -> bool {
        self.shows
            && self
                .targets(stage)
                .is_some_and(|to| to.iter().all(|to| *to != stage))
    }
}

impl<T: Task> Sop<T> {
    /// Whether `stage` lies behind `task`: the task leads to it, or the ordinary road does from where the task leads.
    #[must_use]
    pub fn is_behind(&'static self, task: T, stage: T::Stage) -> bool {
        let mut behind: Vec<_> = self
            .row(task)
            .moves
            .iter()
            .flat_map(|(_, to)| to.iter().copied())
            .collect();
        let mut seen = 0;
        while let Some(at) = behind.get(seen).copied() {
            let ways = self
                .rows
                .iter()
                .filter(|row| row.leads_on(at))
                .filter_map(|row| row.targets(at));
            let further: Vec<_> = ways
                .flatten()
                .copied()
                .filter(|to| !behind.contains(to))
                .collect();
            behind.extend(further);
            seen += 1;
        }
        behind.contains(&stage)
    }
}
