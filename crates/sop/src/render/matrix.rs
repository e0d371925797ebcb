//! The rights of an SOP as a ✔/✘ matrix for review: every task at every stage for every role, as
//! the permit check answers.

use std::fmt::Write as _;

use crate::rights::{RightsSubject, four_eyes_pairs, is_permitted, permitted_stages};
use crate::role::Role;
use crate::table::{Sop, Stage as _, Task};

/// The section of this SOP: one line per task and stage, one column per role that may do at least
/// one task.
pub fn matrix<T: Task>(sop: &'static Sop<T>) -> String {
    let (able, unable): (Vec<_>, Vec<_>) = RightsSubject::all().partition(|subject| {
        T::all().any(|task| permitted_stages(sop, *subject, task).next().is_some())
    });
    format!(
        "## SOP `{}` · {} ({})\n\n{}\n✘ at every task and every stage: {}.\n\n### Yang melihat berkas (visibility of a file)\n\n{}\n### Asas empat mata (four eyes)\n\n{}",
        sop.code,
        sop.title.id,
        sop.title.en,
        table(&header(&able), &lines(sop, &able)),
        unable
            .iter()
            .map(|subject| format!("`{}`", subject.code()))
            .collect::<Vec<_>>()
            .join(", "),
        visibility(sop),
        four_eyes(sop),
    )
}

fn header(able: &[RightsSubject]) -> Vec<String> {
    let roles = able.iter().map(|subject| subject.code().to_owned());
    ["step", "task", "at stage"]
        .map(str::to_owned)
        .into_iter()
        .chain(roles)
        .collect()
}

/// A line for each task and stage at which some role may do it, and one line for a task that no
/// role may do.
fn lines<T: Task>(sop: &'static Sop<T>, able: &[RightsSubject]) -> Vec<Vec<String>> {
    let line = |task: T, stage: Option<T::Stage>| {
        let row = sop.row(task);
        let step = match (row.no, row.part_of) {
            (Some(no), _) => no.to_string(),
            (None, Some(no)) => format!("in {no}"),
            (None, None) => "–".to_owned(),
        };
        let mark = |subject: &RightsSubject| {
            if stage.is_some_and(|stage| is_permitted(sop, *subject, task, stage)) {
                "✔"
            } else {
                "✘"
            }
            .to_owned()
        };
        [
            step,
            task.code().to_owned(),
            stage.map_or("never", |stage| stage.code()).to_owned(),
        ]
        .into_iter()
        .chain(able.iter().map(mark))
        .collect()
    };
    let open = |task: T| -> Vec<Option<T::Stage>> {
        let stages: Vec<_> = T::Stage::all()
            .filter(|stage| {
                able.iter()
                    .any(|subject| is_permitted(sop, *subject, task, *stage))
            })
            .map(Some)
            .collect();
        if stages.is_empty() {
            vec![None]
        } else {
            stages
        }
    };
    T::all()
        .flat_map(|task| open(task).into_iter().map(move |stage| (task, stage)))
        .map(|(task, stage)| line(task, stage))
        .collect()
}

/// Aligned columns, so that a changed right is one changed mark in the diff.
fn table(header: &[String], lines: &[Vec<String>]) -> String {
    let width = |column: usize| {
        lines
            .iter()
            .chain([&header.to_vec()])
            .map(|line| line[column].chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<_> = (0..header.len()).map(width).collect();
    let row = |cells: &[String]| -> String {
        let cells = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let rule: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
    lines
        .iter()
        .fold(row(header) + &row(&rule), |table, line| table + &row(line))
}

/// The first stage at which each role sees a file.
fn visibility<T: Task>(sop: &'static Sop<T>) -> String {
    let first = |role| T::Stage::all().find(|stage| sop.roles_named_at(*stage).has(role));
    let lines = Role::all().filter_map(|role| {
        first(role).map(|stage| format!("- `{}` from `{}` on\n", role.code(), stage.code()))
    });
    lines.collect()
}

fn four_eyes<T: Task>(sop: &'static Sop<T>) -> String {
    let pairs = four_eyes_pairs(sop);
    if pairs.is_empty() {
        return "No task bars another.\n".to_owned();
    }
    pairs.iter().fold(String::new(), |mut list, (done, task)| {
        let _ = writeln!(
            list,
            "- the person who did `{}` may not do `{}` on the same draft",
            done.code(),
            task.code()
        );
        list
    })
}
