//! The ordinary course of an SOP: the rows that lead onwards from a stage, and the stages reachable
//! after a task. Side exits, and rows that may keep the stage, are not part of it.

use super::table::{Row, Sop, Task};

impl<T: Task> Row<T> {
    /// True if this row always changes the stage when taken from `stage`. Rows that may keep the
    /// stage (as a conflict mostly does), and side exits (`shows == false`), do not count.
    pub fn leads_on(&self, stage: T::Stage) -> bool {
        self.shows
            && self
                .targets(stage)
                .is_some_and(|to| to.iter().all(|to| *to != stage))
    }
}

impl<T: Task> Sop<T> {
    /// True if `stage` is reachable after `task`: the task leads to it, or the ordinary course does
    /// from there.
    pub fn is_reachable_after(&'static self, task: T, stage: T::Stage) -> bool {
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
