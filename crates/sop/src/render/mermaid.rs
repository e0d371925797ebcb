//! The diagram of an SOP for Mermaid: one state per stage, one arrow per move.

use std::fmt::Write as _;

use super::view::{SopView, StepView};

/// An arrow with its labels.
struct Arrow {
    from: &'static str,
    to: &'static str,
    labels: Vec<String>,
}

/// The whole diagram.
pub(super) fn diagram(sop: &SopView) -> String {
    let arrows = arrows(&sop.steps);
    let mut diagram = format!(
        "---\ntitle: SOP {} · {}\n---\nstateDiagram-v2\n",
        sop.code, sop.title.id
    );
    for start in sop.stages.iter().take(1) {
        let _ = writeln!(diagram, "    [*] --> {start}");
    }
    for Arrow { from, to, labels } in &arrows {
        let _ = writeln!(diagram, "    {from} --> {to} : {}", labels.join("<br/>"));
    }
    for end in &sop.ends {
        let _ = writeln!(diagram, "    {end} --> [*]");
    }
    diagram
}

/// Tasks with the same move share one arrow: of two arrows from a state to itself, Mermaid draws
/// only one.
fn arrows(steps: &[StepView]) -> Vec<Arrow> {
    let mut arrows: Vec<Arrow> = Vec::new();
    for row in steps {
        for (from, to) in row
            .moves
            .iter()
            .filter(|of| of.drawn)
            .flat_map(|of| of.to.iter().map(|to| (of.from, *to)))
        {
            match arrows
                .iter_mut()
                .find(|arrow| arrow.from == from && arrow.to == to)
            {
                Some(arrow) => arrow.labels.push(label(row)),
                None => arrows.push(Arrow {
                    from,
                    to,
                    labels: vec![label(row)],
                }),
            }
        }
    }
    arrows
}

/// `3 verify_documents (Staf Operasional)`; without the number for a side row.
fn label(row: &StepView) -> String {
    let number = row
        .step
        .or(row.part_of)
        .map(|no| format!("{no} "))
        .unwrap_or_default();
    format!("{number}{} ({})", row.task, row.actor_term)
}
