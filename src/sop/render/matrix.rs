//! The rights of an SOP as a ✔/✘ matrix, for the reviewer's eye: every task at every stage for every role, as the gate itself answers.

use std::fmt::Write as _;

use crate::sop::rights::{Asker, barred_pairs, may, stages_open_to};
use crate::sop::role::Role;
use crate::sop::table::{Sop, Stage as _, Task};

/// The section of this SOP: one line per task and stage, one column per role that may do anything at all.
#[must_use]
pub fn matrix<T: Task>(sop: &'static Sop<T>) -> String {
    let (able, unable): (Vec<_>, Vec<_>) = Asker::all()
        .partition(|who| T::all().any(|task| stages_open_to(sop, *who, task).next().is_some()));
    format!(
        "## SOP `{}` · {} ({})\n\n{}\n✘ at every task and every stage: {}.\n\n### Yang melihat berkas (who sees a file)\n\n{}\n### Asas empat mata (four eyes)\n\n{}",
        sop.code,
        sop.title.id,
        sop.title.en,
        table(&header(&able), &lines(sop, &able)),
        unable
            .iter()
            .map(|who| format!("`{}`", who.code()))
            .collect::<Vec<_>>()
            .join(", "),
        seen(sop),
        four_eyes(sop),
    )
}

fn header(able: &[Asker]) -> Vec<String> {
    let roles = able.iter().map(|who| who.code().to_owned());
    ["step", "task", "at stage"]
        .map(str::to_owned)
        .into_iter()
        .chain(roles)
        .collect()
}

/// A line for each task and stage at which somebody may do it, and one for a task that nobody may ever do.
fn lines<T: Task>(sop: &'static Sop<T>, able: &[Asker]) -> Vec<Vec<String>> {
    let line = |task: T, stage: Option<T::Stage>| {
        let row = sop.row(task);
        let step = match (row.no, row.part_of) {
            (Some(no), _) => no.to_string(),
            (None, Some(no)) => format!("in {no}"),
            (None, None) => "–".to_owned(),
        };
        let mark = |who: &Asker| {
            if stage.is_some_and(|stage| may(sop, *who, task, stage)) {
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
            .filter(|stage| able.iter().any(|who| may(sop, *who, task, *stage)))
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

/// Aligned, so that a changed right is one changed mark in the diff.
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

/// From which stage of the road each role sees a file.
fn seen<T: Task>(sop: &'static Sop<T>) -> String {
    let first =
        |role| T::Stage::all().find(|stage| sop.roles_named_at(*stage).any(|named| named == role));
    let lines = Role::all().filter_map(|role| {
        first(role).map(|stage| format!("- `{}` from `{}` on\n", role.code(), stage.code()))
    });
    lines.collect()
}

fn four_eyes<T: Task>(sop: &'static Sop<T>) -> String {
    let pairs = barred_pairs(sop);
    if pairs.is_empty() {
        return "No task bars another.\n".to_owned();
    }
    pairs.iter().fold(String::new(), |mut list, (done, task)| {
        let _ = writeln!(
            list,
            "- whoever did `{}` may not do `{}` on the same draft",
            done.code(),
            task.code()
        );
        list
    })
}
