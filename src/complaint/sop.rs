//! SOP 2, WBS (penanganan whistle blowing), row for row as printed. Everything that must agree with
//! the SOP derives from this table.
//!
//! An act of the reporter never moves a complaint: the office sees the time of a move and would
//! learn the time of the act. The service moves the complaint at the next release time.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::sop::role::Role;
use crate::sop::table::{
    self, Actor, Basis, Head, Move, Row, Sop, StandardTime, minutes, working_days,
};
use crate::sop::text::Term;

use Stage::{
    AnswerDrafted, AnswerSigned, Answered, Closed, Disposed, Forwarded, InResolution, OutOfScope,
    Received, ReferredExternally, Reopened, Resolved, Screened, WaitingForReporter, Written,
};

/// Task of the whistle-blowing procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ComplaintTask)]
pub enum Task {
    /// Step 1, online.
    SubmitComplaint,
    /// Step 1, on paper: a clerk enters the form.
    EnterPaperComplaint,
    /// Between steps 1 and 2: the complaint is screened for conflicts of interest and released to
    /// the office together with others.
    SurfaceComplaint,
    /// The complaint is screened again because of a new name, post or message.
    ScreenAgain,
    /// Step 2.
    DisposeComplaint,
    /// Alternative to step 2.
    DeclareOutOfScope,
    /// Step 3.
    ForwardComplaint,
    /// Part of step 4, before the settlement.
    WarnStaff,
    /// Part of step 4, after the reporter's reply or without one.
    ResumeComplaint,
    /// Step 4.
    ResolveComplaint,
    /// Step 5.
    DraftAnswer,
    /// Step 6.
    SignAnswer,
    /// Alternative to step 6.
    ReturnAnswer,
    /// Between steps 6 and 7.
    DeliverAnswer,
    /// Step 7.
    AcknowledgeAnswer,
    /// After step 7.
    CloseComplaint,
    /// The office writes to the reporter.
    WriteToReporter,
    /// A handler recuses themselves.
    RecuseFromComplaint,
    /// The complaint leaves the office because of a conflict of interest.
    ReferComplaint,
    /// The complaint returns to the office because the suspicion was unfounded.
    RecallComplaint,
    /// The external handler answers.
    SettleExternally,
    /// The conflict officer declares a conflict of interest.
    DeclareConflict,
    /// A legal hold prevents deletion.
    HoldComplaint,
    /// The legal hold is lifted.
    ReleaseComplaint,
    /// A closed complaint is reopened.
    ReopenComplaint,
    /// The reporter reports retaliation, suffered or feared.
    ReportRetaliation,
    /// The conflict officer assesses a report of retaliation.
    AssessRetaliation,
}

/// Stage of a complaint.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = ComplaintStage)]
pub enum Stage {
    /// Being written by the reporter; not stored (ditulis).
    Written,
    /// Received and not yet released to the office (diterima).
    Received,
    /// Screened for conflicts, waiting for the head (disaring).
    Screened,
    /// The head ordered a response (didisposisi).
    Disposed,
    /// Forwarded to the team concerned (diteruskan).
    Forwarded,
    /// Being settled, after a warning was issued (diproses).
    InResolution,
    /// Settled by the team (selesai tim).
    Resolved,
    /// The letter of answer is drafted (konsep jawaban).
    AnswerDrafted,
    /// The letter of answer is signed (ditandatangani).
    AnswerSigned,
    /// Delivered to the reporter (disampaikan).
    Answered,
    /// Closed (ditutup).
    Closed,
    /// Waiting for the reporter's reply to a question (menunggu pelapor).
    WaitingForReporter,
    /// Handled outside the office (dialihkan ke luar).
    ReferredExternally,
    /// Not for this procedure (di luar lingkup).
    OutOfScope,
    /// Reopened (dibuka kembali).
    Reopened,
}

const CLERK: Actor = Actor::Person(&[Role::IntakeClerk]);
const HEAD: Actor = Actor::Person(&[Role::Head]);
const PJI_LEAD: Actor = Actor::Person(&[Role::PjiLead]);
const TEAM_LEAD: Actor = Actor::Person(&[Role::TeamLead]);
const TEAM_STAFF: Actor = Actor::Person(&[Role::TeamStaff]);
const EXTERNAL: Actor = Actor::Person(&[Role::ExternalHandler]);
const CONFLICT_OFFICER: Actor = Actor::Person(&[Role::ConflictOfficer]);
/// Roles that may refer a complaint outside the office.
const REFERRERS: Actor = Actor::Person(&[Role::Head, Role::ConflictOfficer]);
/// Roles that may write to the reporter.
const WRITERS: Actor = Actor::Person(&[Role::TeamLead, Role::Head, Role::ExternalHandler]);
/// Roles that may recuse themselves.
const HANDLERS: Actor = Actor::Person(&[
    Role::Head,
    Role::PjiLead,
    Role::TeamLead,
    Role::TeamStaff,
    Role::ExternalHandler,
]);

const FORM: Term = Term {
    en: "whistle-blowing form",
    id: "formulir whistle blowing",
};
const DISPOSITION: Term = Term {
    en: "disposition",
    id: "disposisi",
};
const FORWARDED_FORM: Term = Term {
    en: "complaint form, forwarded",
    id: "formulir pengaduan yang diteruskan",
};
const RESPONSE: Term = Term {
    en: "response to the complaint",
    id: "tanggapan atas pengaduan",
};
const WARNING: Term = Term {
    en: "warning",
    id: "teguran",
};
const DRAFT: Term = Term {
    en: "draft letter of answer",
    id: "konsep surat jawaban",
};
const ANSWER: Term = Term {
    en: "letter of answer",
    id: "surat jawaban",
};
const RECEIPT: Term = Term {
    en: "receipt",
    id: "tanda terima",
};

const fn title(en: &'static str, id: &'static str) -> Term {
    Term { en, id }
}

/// The official table. Basis `Print` rows are as printed; `Reading` rows are our interpretation
/// until the office confirms them.
#[rustfmt::skip]
pub static SOP: Sop<Task> = Sop {
    code: "wbs",
    title: title("Whistle-blowing", "Penanganan Whistle Blowing"),
    head: HEAD_OF_SOP,
    // Only the roles that a row names see a complaint: the head may be accused.
    overseers: &[],
    watchers: &[],
    rows: &[
        //   no  task                        actor             moves
        //   within            takes             gives                 basis           title
        step(1,  Task::SubmitComplaint,      Actor::Reporter,  &[(Written, &[Received])],                                        minutes(10),      &[FORM],          &[FORM],              Basis::Print,   title("Report a violation in writing, on paper or electronically", "Melaporkan pelanggaran secara tertulis atau elektronik")),
        part(1,  Task::EnterPaperComplaint,  CLERK,            &[(Written, &[Received])],                                                                            &[FORM],                              title("Enter a paper complaint", "Memasukkan pengaduan tertulis")),
        side(    Task::SurfaceComplaint,     Actor::System,    &[(Received, &[Screened, ReferredExternally])],                                                                                             title("Screen for conflicts of interest and release it to the office", "Menyaring benturan kepentingan dan menyampaikan pengaduan")),
        step(2,  Task::DisposeComplaint,     HEAD,             &[(Screened, &[Disposed]), (Reopened, &[Disposed])],              minutes(10),      &[FORM],          &[DISPOSITION],       Basis::Reading, title("Order the PJI lead to respond", "Memerintahkan Ketua Tim PJI menanggapi pengaduan")),
        part(2,  Task::DeclareOutOfScope,    HEAD,             &[(Screened, &[OutOfScope])],                                                                         &[],                                  title("Declare it out of scope, with a reason for the reporter", "Menyatakan di luar lingkup")),
        step(3,  Task::ForwardComplaint,     PJI_LEAD,         &[(Disposed, &[Forwarded])],                                      minutes(30),      &[FORM],          &[FORWARDED_FORM],    Basis::Reading, title("Forward the report to the lead of the team concerned", "Menerima laporan dan meneruskannya kepada Ketua Tim terkait")),
        step(4,  Task::ResolveComplaint,     TEAM_LEAD,        &[(Forwarded, &[Resolved]), (InResolution, &[Resolved])],         working_days(7),  &[FORM],          &[RESPONSE, WARNING], Basis::Reading, title("Settle the complaint with staff and warn the staff at fault", "Menyelesaikan pengaduan bersama staf dan memberi teguran")),
        part(4,  Task::WarnStaff,            TEAM_LEAD,        &[(Forwarded, &[InResolution]), (InResolution, &[InResolution])],                                     &[WARNING],                           title("Warn a member of staff before the settlement, and hear them", "Memberi teguran dan meminta keterangan staf")),
        step(5,  Task::DraftAnswer,          TEAM_STAFF,       &[(Resolved, &[AnswerDrafted])],                                  minutes(80),      &[FORM, DRAFT],   &[DRAFT],             Basis::Reading, title("Draft the letter of answer", "Membuat konsep surat jawaban")),
        Row { never_by: &[Task::DraftAnswer],
        ..step(6, Task::SignAnswer,          HEAD,             &[(AnswerDrafted, &[AnswerSigned])],                              minutes(15),      &[DRAFT],         &[ANSWER],            Basis::Reading, title("Sign the letter of answer", "Menandatangani surat jawaban")) },
        part(6,  Task::ReturnAnswer,         HEAD,             &[(AnswerDrafted, &[Resolved])],                                                                      &[],                                  title("Return the draft with a reason", "Mengembalikan konsep surat jawaban")),
        side(    Task::DeliverAnswer,        Actor::System,    &[(AnswerSigned, &[Answered])],                                                                                                             title("Deliver the answer to the reporter", "Menyampaikan surat jawaban")),
        Row { once: true,
        ..step(7, Task::AcknowledgeAnswer,   Actor::Reporter,  &[(Answered, &[Answered])],                                       minutes(450),     &[ANSWER],        &[RECEIPT],           Basis::Reading, title("Receive the answer", "Menerima surat jawaban")) },
        side(    Task::CloseComplaint,       Actor::System,    &[(Answered, &[Closed])],                                                                                                                   title("Close an acknowledged or long answered complaint", "Menutup pengaduan")),
        away(    Task::WriteToReporter,      WRITERS,          &[(Screened, &[Screened]), (Forwarded, &[Forwarded, WaitingForReporter]), (InResolution, &[InResolution, WaitingForReporter]), (WaitingForReporter, &[WaitingForReporter]), (ReferredExternally, &[ReferredExternally]), (Reopened, &[Reopened]), (Answered, &[Answered]), (Closed, &[Closed])], title("Write to the reporter", "Menulis pesan kepada pelapor")),
        side(    Task::ResumeComplaint,      Actor::System,    &[(WaitingForReporter, &[InResolution])],                                                                                                   title("Resume after the reporter's reply, or without one", "Melanjutkan penyelesaian")),
        away(    Task::RecuseFromComplaint,  HANDLERS,         RECUSABLE,                                                                                                                                  title("Recuse from a complaint", "Mengundurkan diri dari penanganan")),
        away(    Task::ReferComplaint,       REFERRERS,        REFERABLE,                                                                                                                                  title("Refer it outside the office", "Mengalihkan ke luar kantor")),
        away(    Task::RecallComplaint,      CONFLICT_OFFICER, &[(ReferredExternally, &[Screened])],                                                                                                       title("Recall the complaint when the suspicion was unfounded", "Menarik kembali pengaduan")),
        side(    Task::DeclareConflict,      CONFLICT_OFFICER, CONCERNING,                                                                                                                                   title("Declare a conflict of interest", "Menetapkan benturan kepentingan")),
        side(    Task::ScreenAgain,          Actor::System,    CONCERNING,                                                                                                                                   title("Screen it again when names, posts or messages are new", "Menyaring ulang benturan kepentingan")),
        side(    Task::HoldComplaint,        CONFLICT_OFFICER, STAYING,                                                                                                                                    title("Put a legal hold on it", "Menahan pemusnahan")),
        side(    Task::ReleaseComplaint,     CONFLICT_OFFICER, STAYING,                                                                                                                                    title("Lift the legal hold", "Mencabut penahanan pemusnahan")),
        side(    Task::SettleExternally,     EXTERNAL,         &[(ReferredExternally, &[Answered])],                                                                                                       title("Answer it from outside the office", "Menyampaikan jawaban dari luar kantor")),
        away(    Task::ReopenComplaint,      HEAD,             &[(Answered, &[Reopened]), (Closed, &[Reopened]), (OutOfScope, &[Reopened])],                                                                title("Reopen the complaint", "Membuka kembali pengaduan")),
        away(    Task::ReportRetaliation,    Actor::Reporter,  ANYWHERE,                                                                                                                                    title("Report retaliation, suffered or feared", "Melaporkan pembalasan yang dialami atau dikhawatirkan")),
        away(    Task::AssessRetaliation,    CONFLICT_OFFICER, STAYING,                                                                                                                                     title("Assess a report of retaliation and protect the reporter", "Menilai laporan pembalasan dan melindungi pelapor")),
    ],
};

/// A recusal keeps the stage, or refers the complaint outside when the chain has no free holder
/// left.
const RECUSABLE: &[Move<Stage>] = &[
    (Screened, &[Screened, ReferredExternally]),
    (Disposed, &[Disposed, ReferredExternally]),
    (Forwarded, &[Forwarded, ReferredExternally]),
    (InResolution, &[InResolution, ReferredExternally]),
    (
        WaitingForReporter,
        &[WaitingForReporter, ReferredExternally],
    ),
    (Resolved, &[Resolved, ReferredExternally]),
    (AnswerDrafted, &[AnswerDrafted, ReferredExternally]),
    (Reopened, &[Reopened, ReferredExternally]),
    (ReferredExternally, &[ReferredExternally]),
];

const REFERABLE: &[Move<Stage>] = &[
    (Screened, &[ReferredExternally]),
    (Disposed, &[ReferredExternally]),
    (Forwarded, &[ReferredExternally]),
    (InResolution, &[ReferredExternally]),
    (WaitingForReporter, &[ReferredExternally]),
    (Resolved, &[ReferredExternally]),
    (AnswerDrafted, &[ReferredExternally]),
    (Reopened, &[ReferredExternally]),
];

/// Moves of a conflict: a complaint that the office still handles may be referred outside.
const CONCERNING: &[Move<Stage>] = &[
    (Screened, &[Screened, ReferredExternally]),
    (Disposed, &[Disposed, ReferredExternally]),
    (Forwarded, &[Forwarded, ReferredExternally]),
    (InResolution, &[InResolution, ReferredExternally]),
    (
        WaitingForReporter,
        &[WaitingForReporter, ReferredExternally],
    ),
    (Resolved, &[Resolved, ReferredExternally]),
    (AnswerDrafted, &[AnswerDrafted, ReferredExternally]),
    (Reopened, &[Reopened, ReferredExternally]),
    (AnswerSigned, &[AnswerSigned]),
    (Answered, &[Answered]),
    (Closed, &[Closed]),
    (ReferredExternally, &[ReferredExternally]),
    (OutOfScope, &[OutOfScope]),
];

/// All stages of a stored complaint, also before its release; none is left.
const ANYWHERE: &[Move<Stage>] = &[
    (Received, &[Received]),
    (Screened, &[Screened]),
    (Disposed, &[Disposed]),
    (Forwarded, &[Forwarded]),
    (InResolution, &[InResolution]),
    (WaitingForReporter, &[WaitingForReporter]),
    (Resolved, &[Resolved]),
    (AnswerDrafted, &[AnswerDrafted]),
    (Reopened, &[Reopened]),
    (AnswerSigned, &[AnswerSigned]),
    (Answered, &[Answered]),
    (Closed, &[Closed]),
    (ReferredExternally, &[ReferredExternally]),
    (OutOfScope, &[OutOfScope]),
];

/// All stages after the release: `ANYWHERE` without `Received`.
const STAYING: &[Move<Stage>] = ANYWHERE.split_at(1).1;

#[expect(
    clippy::too_many_arguments,
    reason = "one argument per column of the printed table"
)]
const fn step(
    no: u8,
    task: Task,
    actor: Actor,
    moves: &'static [Move<Stage>],
    within: StandardTime,
    takes: &'static [Term],
    gives: &'static [Term],
    basis: Basis,
    title: Term,
) -> Row<Task> {
    Row {
        no: Some(no),
        part_of: None,
        task,
        actor,
        moves,
        within: Some(within),
        takes,
        gives,
        never_by: &[],
        never_by_all: &[],
        once: false,
        shows: true,
        unshown_at: &[],
        title,
        basis,
    }
}

const fn part(
    no: u8,
    task: Task,
    actor: Actor,
    moves: &'static [Move<Stage>],
    gives: &'static [Term],
    title: Term,
) -> Row<Task> {
    Row {
        part_of: Some(no),
        gives,
        ..side(task, actor, moves, title)
    }
}

const fn side(task: Task, actor: Actor, moves: &'static [Move<Stage>], title: Term) -> Row<Task> {
    Row {
        no: None,
        part_of: None,
        task,
        actor,
        moves,
        within: None,
        takes: &[],
        gives: &[],
        never_by: &[],
        never_by_all: &[],
        once: false,
        shows: true,
        unshown_at: &[],
        title,
        basis: Basis::Reading,
    }
}

/// A side row that does not give its actors access to the complaint.
const fn away(task: Task, actor: Actor, moves: &'static [Move<Stage>], title: Term) -> Row<Task> {
    Row {
        shows: false,
        ..side(task, actor, moves, title)
    }
}

const HEAD_OF_SOP: Head = Head {
    legal_basis: &[
        "Peraturan Menteri Perindustrian Nomor 49 Tahun 2006",
        "Peraturan Menteri Perindustrian Nomor 58 Tahun 2015",
        "Peraturan Menteri Pendayagunaan Aparatur Negara dan Reformasi Birokrasi RI No. 35 Tahun 2012 tentang Pedoman Penyusunan Standar Operasional Prosedur Administrasi Pemerintahan",
    ],
    qualifications: &[
        "Mengetahui prosedur penanganan whistle blowing",
        "Mampu melindungi data identitas masyarakat",
    ],
    related: &[],
    equipment: &["Laptop/Personal Computer", "Printer", "ATK"],
    warning: "Jika penanganan whistle blowing terhambat maka pelayanan kepada pelanggan akan terganggu",
    records: &["Data identitas pelapor", "Data pengaduan"],
};

/// Time to wait for the reporter's reply before the settlement resumes. Our choice: the printed SOP
/// has no questions.
pub(crate) const QUESTION_TIMEOUT: TimeDelta = TimeDelta::days(14);
/// Time from the answer to the closing without an acknowledgement. Our choice: the printed SOP
/// expects it at once.
pub(crate) const ANSWER_TIMEOUT: TimeDelta = TimeDelta::days(30);

/// Codes of the tasks: the action in the audit trail and, for a task that a request takes, the
/// operation id and file name of the step.
const TASKS: [(Task, &str); 27] = [
    (Task::SubmitComplaint, "submit_complaint"),
    (Task::EnterPaperComplaint, "enter_paper_complaint"),
    (Task::SurfaceComplaint, "surface_complaint"),
    (Task::ScreenAgain, "screen_again"),
    (Task::DisposeComplaint, "dispose_complaint"),
    (Task::DeclareOutOfScope, "declare_out_of_scope"),
    (Task::ForwardComplaint, "forward_complaint"),
    (Task::WarnStaff, "warn_staff"),
    (Task::ResumeComplaint, "resume_complaint"),
    (Task::ResolveComplaint, "resolve_complaint"),
    (Task::DraftAnswer, "draft_answer"),
    (Task::SignAnswer, "sign_answer"),
    (Task::ReturnAnswer, "return_answer"),
    (Task::DeliverAnswer, "deliver_answer"),
    (Task::AcknowledgeAnswer, "acknowledge_answer"),
    (Task::CloseComplaint, "close_complaint"),
    (Task::WriteToReporter, "write_to_reporter"),
    (Task::RecuseFromComplaint, "recuse_from_complaint"),
    (Task::ReferComplaint, "refer_complaint"),
    (Task::RecallComplaint, "recall_complaint"),
    (Task::SettleExternally, "settle_externally"),
    (Task::DeclareConflict, "declare_conflict"),
    (Task::HoldComplaint, "hold_complaint"),
    (Task::ReleaseComplaint, "release_complaint"),
    (Task::ReopenComplaint, "reopen_complaint"),
    (Task::ReportRetaliation, "report_retaliation"),
    (Task::AssessRetaliation, "assess_retaliation"),
];

/// Codes of the stages, in the order of the procedure.
const STAGES: [(Stage, &str); 15] = [
    (Written, "written"),
    (Received, "received"),
    (Screened, "screened"),
    (Disposed, "disposed"),
    (Forwarded, "forwarded"),
    (InResolution, "in_resolution"),
    (Resolved, "resolved"),
    (AnswerDrafted, "answer_drafted"),
    (AnswerSigned, "answer_signed"),
    (Answered, "answered"),
    (Closed, "closed"),
    (WaitingForReporter, "waiting_for_reporter"),
    (ReferredExternally, "referred_externally"),
    (OutOfScope, "out_of_scope"),
    (Reopened, "reopened"),
];

impl table::Task for Task {
    type Stage = Stage;

    fn all() -> impl Iterator<Item = Self> {
        TASKS.iter().map(|(task, _)| *task)
    }

    fn code(self) -> &'static str {
        TASKS[self as usize].1
    }

    fn from_code(code: &str) -> Option<Self> {
        TASKS
            .iter()
            .find(|(_, known)| *known == code)
            .map(|(task, _)| *task)
    }

    fn sop() -> &'static Sop<Self> {
        &SOP
    }
}

impl table::Stage for Stage {
    fn all() -> impl Iterator<Item = Self> {
        STAGES.iter().map(|(stage, _)| *stage)
    }

    fn code(self) -> &'static str {
        STAGES[self as usize].1
    }

    fn from_code(code: &str) -> Option<Self> {
        STAGES
            .iter()
            .find(|(_, known)| *known == code)
            .map(|(stage, _)| *stage)
    }
}
