//! The Markdown page of an SOP, laid out like the print: head, numbered steps, side rows, four
//! eyes, diagram.

use std::fmt::Write as _;

use super::view::{HeadView, MoveView, SopView, StepView};
use crate::table::Basis;
use crate::text::Term;

/// The whole page.
pub(super) fn page(sop: &SopView) -> String {
    let diagram = super::mermaid::diagram(sop);
    let SopView {
        code,
        title: Term { id, en },
        office_minutes,
        total_minutes,
        ..
    } = sop;
    let [head, steps, sides, eyes] = [
        head(&sop.head),
        numbered(&sop.steps),
        unnumbered(&sop.steps),
        four_eyes(&sop.steps),
    ];
    format!(
        "# SOP `{code}` · {id} ({en})\n\n\
         Made from the table the service runs on; do not edit.\n\n\
         ## Bagian identitas (printed head)\n\n\
         {head}\
         ## Uraian kegiatan (steps)\n\n\
         Times are minutes of working time. Basis `print`: read in the printed SOP. Basis `reading`: chosen where the print is unclear, until the office answers.\n\n\
         {steps}\n\
         Jumlah waktu baku (sum of the standard times): **{total_minutes} menit**. Bagian kantor (the office's own share, without the customer's steps): **{office_minutes} menit**.\n\n\
         ## Baris samping (side rows)\n\n\
         Rows the print does not number. One that is part of a step is done within the standard time of that step.\n\n\
         {sides}\
         {eyes}\n\
         ## Tahap (stages)\n\n\
         ```mermaid\n\
         {diagram}\
         ```\n"
    )
}

fn head(head: &HeadView) -> String {
    let lists = [
        ("Dasar hukum (legal basis)", head.legal_basis),
        (
            "Kualifikasi pelaksana (qualifications)",
            head.qualifications,
        ),
        ("Keterkaitan (related SOPs)", head.related),
        ("Perlengkapan/peralatan (equipment)", head.equipment),
        ("Peringatan (warning)", &[head.warning]),
        ("Pencatatan dan pendataan (records)", head.records),
    ];
    lists
        .into_iter()
        .fold(String::new(), |mut page, (title, items)| {
            let _ = writeln!(page, "### {title}\n");
            for (no, item) in (1..).zip(items) {
                let _ = writeln!(page, "{no}. {item}");
            }
            page + "\n"
        })
}

fn numbered(steps: &[StepView]) -> String {
    let columns = "| No. | Uraian kegiatan (step) | Pelaksana (actor) | Kelengkapan (takes) | Waktu (minutes) | Output (gives) | Tahap (from → to) | Basis |\n\
                   | --: | --- | --- | --- | --: | --- | --- | --- |\n";
    let rows = steps.iter().filter_map(|row| {
        row.step
            .zip(row.within_minutes)
            .map(|measured| (row, measured))
    });
    rows.fold(columns.to_owned(), |mut table, (row, (no, minutes))| {
        let [title, takes, gives, moves] = [
            title(row),
            papers(&row.takes),
            papers(&row.gives),
            moves(&row.moves),
        ];
        let _ = writeln!(
            table,
            "| {no} | {title} | {} | {takes} | {minutes} | {gives} | {moves} | {} |",
            row.actor_term,
            basis(row.basis)
        );
        table
    })
}

fn unnumbered(steps: &[StepView]) -> String {
    let columns = "| Bagian dari (part of) | Kegiatan (task) | Pelaksana (actor) | Tahap (from → to) | Basis |\n\
                   | --: | --- | --- | --- | --- |\n";
    steps
        .iter()
        .filter(|row| row.step.is_none())
        .fold(columns.to_owned(), |mut table, row| {
            let part_of = row
                .part_of
                .map_or_else(|| "–".to_owned(), |no| no.to_string());
            let _ = writeln!(
                table,
                "| {part_of} | {} | {} | {} | {} |",
                title(row),
                row.actor_term,
                moves(&row.moves),
                basis(row.basis)
            );
            table
        })
}

fn four_eyes(steps: &[StepView]) -> String {
    let heading = "\n## Asas empat mata (four eyes)\n\n";
    let mut rules = String::new();
    for row in steps {
        if !row.never_by.is_empty() {
            let _ = writeln!(
                rules,
                "- `{}` is never done by the person who did {} on the same draft.",
                row.task,
                either(&row.never_by)
            );
        }
        if !row.never_by_all.is_empty() {
            let all = row
                .never_by_all
                .iter()
                .map(|task| format!("`{task}`"))
                .collect::<Vec<_>>()
                .join(" and ");
            let _ = writeln!(
                rules,
                "- `{}` is never done by one person who did {all} on the same draft.",
                row.task
            );
        }
    }
    if rules.is_empty() {
        rules
    } else {
        format!("{heading}{rules}")
    }
}

fn title(row: &StepView) -> String {
    format!("{}<br>*{}*<br>`{}`", row.title.id, row.title.en, row.task)
}

fn papers(papers: &[Term]) -> String {
    let named = |paper: &Term| {
        if paper.id == paper.en {
            paper.id.to_owned()
        } else {
            format!("{} (*{}*)", paper.id, paper.en)
        }
    };
    papers.iter().map(named).collect::<Vec<_>>().join("<br>")
}

/// Stages with the same targets share a line.
fn moves(moves: &[MoveView]) -> String {
    let lines = moves.chunk_by(|one, next| one.to == next.to);
    lines
        .map(|same| {
            format!(
                "{} → {}",
                list(same.iter().map(|one| one.from)),
                list(same[0].to.iter().copied())
            )
        })
        .collect::<Vec<_>>()
        .join("<br>")
}

fn list(codes: impl Iterator<Item = &'static str>) -> String {
    codes
        .map(|code| format!("`{code}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn either(codes: &[&'static str]) -> String {
    match codes {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => format!("{} or `{last}`", list(first.iter().copied())),
    }
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Print => "print",
        Basis::Reading => "reading",
    }
}
