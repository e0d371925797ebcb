//! An SOP as data: the reply of `GET /sops/{code}`, and the input of the page and the diagrams.

use serde::Serialize;
use utoipa::ToSchema;

use crate::role::Role;
use crate::table::{Actor, Basis, Head, Party, Row, Sop, Stage, Task};
use crate::text::Term;

/// A whole SOP (prosedur): its printed head and its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SopView {
    /// The code.
    #[schema(example = "cert")]
    pub code: &'static str,
    /// The name.
    pub title: Term,
    /// The printed head.
    pub head: HeadView,
    /// Every stage (tahap) in order; a file begins at the first.
    #[schema(example = json!(["draft", "submitted", "filed"]))]
    pub stages: Vec<&'static str>,
    /// The final stages, for the diagram.
    #[serde(skip)]
    pub ends: Vec<&'static str>,
    /// The rows: numbered steps in printed order, each followed by its parts, then the side rows.
    pub steps: Vec<StepView>,
    /// The office's share of the standard time: without the customer's steps, in minutes of working
    /// time.
    #[schema(example = 225)]
    pub office_minutes: u32,
    /// The sum of all standard times (waktu baku), in minutes of working time.
    #[schema(example = 285)]
    pub total_minutes: u32,
}

/// The printed head of an SOP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeadView {
    /// Dasar hukum.
    #[schema(example = json!(["Peraturan Menteri Keuangan tentang Standar Biaya Masukan"]))]
    pub legal_basis: &'static [&'static str],
    /// Kualifikasi pelaksana.
    #[schema(example = json!(["Memiliki kompetensi dalam melakukan penilaian teknis dokumen audit"]))]
    pub qualifications: &'static [&'static str],
    /// Keterkaitan: related SOPs.
    #[schema(example = json!(["SOP Pelaksanaan Sertifikasi Produk"]))]
    pub related: &'static [&'static str],
    /// Perlengkapan/peralatan.
    #[schema(example = json!(["Printer"]))]
    pub equipment: &'static [&'static str],
    /// Peringatan.
    #[schema(
        example = "Jika kegiatan Sertifikasi terhambat maka kegiatan layanan jasa teknis kepada pelanggan akan terganggu"
    )]
    pub warning: &'static str,
    /// Pencatatan dan pendataan: records kept.
    #[schema(example = json!(["Data Realisasi Layanan Sertifikasi"]))]
    pub records: &'static [&'static str],
}

/// One row of an SOP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StepView {
    /// The printed number; null for a row the print does not number.
    #[schema(required, example = 3)]
    pub step: Option<u8>,
    /// The numbered step that includes the time of this row; null for numbered rows and for side
    /// rows outside a step.
    #[schema(required, example = json!(null))]
    pub part_of: Option<u8>,
    /// The task code, as in `next` and in the timeline of a file.
    #[schema(example = "verify_documents")]
    pub task: &'static str,
    /// The title.
    pub title: Term,
    /// The roles that may do it; empty for a task of the reporter or of the service.
    #[schema(example = json!(["operations_staff"]))]
    pub actor_roles: Vec<Role>,
    /// The office's term for the actor (pelaksana).
    #[schema(example = "Staf Operasional")]
    pub actor_term: String,
    /// The party on the clock.
    pub party: Party,
    /// The moves, from stage to stage.
    pub moves: Vec<MoveView>,
    /// The standard time (waktu baku) in minutes of working time; null for a row without a number.
    #[schema(required, example = 120)]
    pub within_minutes: Option<u32>,
    /// Kelengkapan: the inputs.
    pub takes: Vec<Term>,
    /// Output: the results.
    pub gives: Vec<Term>,
    /// Four eyes (asas empat mata): one of these tasks on the same draft bars its doer from this
    /// one.
    #[schema(example = json!(["draft_audit_notice"]))]
    pub never_by: Vec<&'static str>,
    /// Four eyes: all of these tasks on the same draft bar their doer from this one; one of them
    /// alone does not.
    #[schema(example = json!(["draft_audit_notice", "initial_notice_cost"]))]
    pub never_by_all: Vec<&'static str>,
    /// `print` if the row was read in the printed SOP, `reading` if it was chosen where the print
    /// is unclear.
    pub basis: Basis,
}

/// The moves of a row from one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoveView {
    /// The stage it starts at.
    #[schema(example = "filed")]
    pub from: &'static str,
    /// The possible next stages; several when the outcome decides.
    #[schema(example = json!(["verified", "deficient"]))]
    pub to: Vec<&'static str>,
    /// False for moves that the diagrams omit: a task that is possible at every stage would draw a
    /// loop at each of them.
    #[serde(skip)]
    pub drawn: bool,
}

/// The SOP as data.
pub fn view<T: Task>(sop: &'static Sop<T>) -> SopView {
    let steps: Vec<_> = sop.rows.iter().map(step).collect();
    let minutes = |of: &dyn Fn(Party) -> bool| {
        steps
            .iter()
            .filter(|step| of(step.party))
            .filter_map(|step| step.within_minutes)
            .sum()
    };
    SopView {
        code: sop.code,
        title: sop.title,
        head: head(&sop.head),
        stages: T::Stage::all().map(Stage::code).collect(),
        ends: T::Stage::all()
            .filter(|stage| sop.ends_at(*stage))
            .map(Stage::code)
            .collect(),
        office_minutes: minutes(&|party| party == Party::Office),
        total_minutes: minutes(&|_| true),
        steps,
    }
}

fn head(head: &Head) -> HeadView {
    HeadView {
        legal_basis: head.legal_basis,
        qualifications: head.qualifications,
        related: head.related,
        equipment: head.equipment,
        warning: head.warning,
        records: head.records,
    }
}

fn step<T: Task>(row: &Row<T>) -> StepView {
    let to = |targets: &[T::Stage]| targets.iter().map(|to| to.code()).collect();
    StepView {
        step: row.no,
        part_of: row.part_of,
        task: row.task.code(),
        title: row.title,
        actor_roles: match row.actor {
            Actor::Person(roles) => roles.to_vec(),
            Actor::Reporter | Actor::System => Vec::new(),
        },
        actor_term: row.actor.office_term(),
        party: row.actor.party(),
        moves: row
            .moves
            .iter()
            .map(|(from, targets)| MoveView {
                from: from.code(),
                to: to(targets),
                drawn: !row.unshown_at.contains(from),
            })
            .collect(),
        within_minutes: row.within.map(|within| within.0),
        takes: row.takes.to_vec(),
        gives: row.gives.to_vec(),
        never_by: row.never_by.iter().map(|task| task.code()).collect(),
        never_by_all: row.never_by_all.iter().map(|task| task.code()).collect(),
        basis: row.basis,
    }
}
