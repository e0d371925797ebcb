//! SOP 2, WBS (penanganan whistle blowing), row for row like the print. Everything that must agree with the SOP derives from this table.
//!
//! Acts of the reporter never move a file by themselves: the moment of a move is known to the office, and must not be the moment of the act. The service
//! moves it at the next surfacing time.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::sop::role::Role;
use crate::sop::table::{
    self, Actor, Basis, Head, Move, Row, Sop, Term, Within, minutes, working_days,
};

use Stage::{
    AnswerDrafted, AnswerSigned, Answered, Closed, Disposed, Forwarded, InResolution, OutOfScope,
    Received, ReferredExternally, Reopened, Resolved, Screened, WaitingForReporter, Written,
};

/// What can be done to a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ComplaintTask)]
pub enum Task {
    /// Step 1, on line.
    SubmitComplaint,
    /// Step 1, on paper: a clerk types it in.
    EnterPaperComplaint,
    /// Between 1 and 2: screened for conflicts of interest, and shown to the office with others at once.
    SurfaceComplaint,
    /// Screened again, when somebody new is found whom it concerns.
    ScreenAgain,
    /// Step 2.
    DisposeComplaint,
    /// Step 2, the other way.
    DeclareOutOfScope,
    /// Step 3.
    ForwardComplaint,
    /// Step 4, while it is being settled.
    WarnStaff,
    /// Step 4, when the reporter did answer.
    ResumeComplaint,
    /// Step 4.
    ResolveComplaint,
    /// Step 5.
    DraftAnswer,
    /// Step 6.
    SignAnswer,
    /// Step 6, the other way.
    ReturnAnswer,
    /// Between 6 and 7.
    DeliverAnswer,
    /// Step 7.
    AcknowledgeAnswer,
    /// After 7.
    CloseComplaint,
    /// Two-way messages, the office's side.
    WriteToReporter,
    /// A handler steps back.
    RecuseFromComplaint,
    /// Outside the office, because somebody of the chain is concerned.
    ReferComplaint,
    /// Back into the office, when the suspicion was unfounded.
    RecallComplaint,
    /// The external route's answer.
    SettleExternally,
    /// Who may not know of it.
    DeclareConflict,
    /// Evidence is kept.
    HoldComplaint,
    /// Evidence need not be kept any more.
    ReleaseComplaint,
    /// A closed file is taken up again.
    ReopenComplaint,
    /// The reporter suffers or fears reprisals.
    ReportRetaliation,
    /// What was found of it, by who protects the reporter.
    AssessRetaliation,
}

/// Where a complaint is.
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
    /// On the reporter's side of the counter; kept nowhere (ditulis).
    Written,
    /// Handed in, and not yet known to anybody in the office (diterima).
    Received,
    /// Screened for conflicts, before the head (disaring).
    Screened,
    /// Ordered to be answered (didisposisi).
    Disposed,
    /// With the team concerned (diteruskan).
    Forwarded,
    /// Being settled; somebody has been warned (diproses).
    InResolution,
    /// Settled (selesai tim).
    Resolved,
    /// The letter of answer is drafted (konsep jawaban).
    AnswerDrafted,
    /// The letter of answer is signed (ditandatangani).
    AnswerSigned,
    /// The reporter can read the answer (disampaikan).
    Answered,
    /// Ditutup.
    Closed,
    /// A question was put to the reporter (menunggu pelapor).
    WaitingForReporter,
    /// Handled outside the office (dialihkan ke luar).
    ReferredExternally,
    /// Not for this procedure (di luar lingkup).
    OutOfScope,
    /// Taken up again (dibuka kembali).
    Reopened,
}

const CLERK: Actor = Actor::Person(&[Role::IntakeClerk]);
const HEAD: Actor = Actor::Person(&[Role::Head]);
const PJI_LEAD: Actor = Actor::Person(&[Role::PjiLead]);
const TEAM_LEAD: Actor = Actor::Person(&[Role::TeamLead]);
const TEAM_STAFF: Actor = Actor::Person(&[Role::TeamStaff]);
const EXTERNAL: Actor = Actor::Person(&[Role::ExternalHandler]);
const CONFLICT_OFFICER: Actor = Actor::Person(&[Role::ConflictOfficer]);
/// Who may send it outside.
const REFERRERS: Actor = Actor::Person(&[Role::Head, Role::ConflictOfficer]);
/// Who may write to the reporter: whoever decides or settles.
const WRITERS: Actor = Actor::Person(&[Role::TeamLead, Role::Head, Role::ExternalHandler]);
/// Whoever has the file in hand may find that it concerns them.
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

/// The official table. `print` rows were read on the page; `reading` rows are ours until the office answers.
#[rustfmt::skip]
pub static SOP: Sop<Task> = Sop {
    code: "wbs",
    title: title("Whistle-blowing", "Penanganan Whistle Blowing"),
    head: HEAD_OF_SOP,
    // Nobody sees a complaint but those a row names: the head may be accused.
    overseers: &[],
    watchers: &[],
    rows: &[
        //   no  task                        actor             moves                                                             within            takes             gives                 basis           title
        step(1,  Task::SubmitComplaint,      Actor::Reporter,  &[(Written, &[Received])],                                        minutes(10),      &[FORM],          &[FORM],              Basis::Print,   title("Report a violation in writing, on paper or electronically", "Melaporkan pelanggaran secara tertulis atau elektronik")),
        part(1,  Task::EnterPaperComplaint,  CLERK,            &[(Written, &[Received])],                                                                            &[FORM],                              title("Type in a report on paper", "Memasukkan pengaduan tertulis")),
        side(    Task::SurfaceComplaint,     Actor::System,    &[(Received, &[Screened, ReferredExternally])],                                                                                             title("Screen for conflicts of interest and lay it before the office", "Menyaring benturan kepentingan dan menyampaikan pengaduan")),
        step(2,  Task::DisposeComplaint,     HEAD,             &[(Screened, &[Disposed]), (Reopened, &[Disposed])],              minutes(10),      &[FORM],          &[DISPOSITION],       Basis::Reading, title("Order the PJI lead to respond", "Memerintahkan Ketua Tim PJI menanggapi pengaduan")),
        part(2,  Task::DeclareOutOfScope,    HEAD,             &[(Screened, &[OutOfScope])],                                                                         &[],                                  title("Declare it out of scope, with a reason for the reporter", "Menyatakan di luar lingkup")),
        step(3,  Task::ForwardComplaint,     PJI_LEAD,         &[(Disposed, &[Forwarded])],                                      minutes(30),      &[FORM],          &[FORWARDED_FORM],    Basis::Reading, title("Pass the report to the lead of the team concerned", "Menerima laporan dan meneruskannya kepada Ketua Tim terkait")),
        step(4,  Task::ResolveComplaint,     TEAM_LEAD,        &[(Forwarded, &[Resolved]), (InResolution, &[Resolved])],         working_days(7),  &[FORM],          &[RESPONSE, WARNING], Basis::Reading, title("Settle it with staff and warn the staff at fault", "Menyelesaikan pengaduan bersama staf dan memberi teguran")),
        part(4,  Task::WarnStaff,            TEAM_LEAD,        &[(Forwarded, &[InResolution]), (InResolution, &[InResolution])],                                     &[WARNING],                           title("Warn a member of staff before the settlement, and hear them", "Memberi teguran dan meminta keterangan staf")),
        step(5,  Task::DraftAnswer,          TEAM_STAFF,       &[(Resolved, &[AnswerDrafted])],                                  minutes(80),      &[FORM, DRAFT],   &[DRAFT],             Basis::Reading, title("Draft the letter of answer", "Membuat konsep surat jawaban")),
        Row { never_by: &[Task::DraftAnswer],
        ..step(6, Task::SignAnswer,          HEAD,             &[(AnswerDrafted, &[AnswerSigned])],                              minutes(15),      &[DRAFT],         &[ANSWER],            Basis::Reading, title("Sign the letter of answer", "Menandatangani surat jawaban")) },
        part(6,  Task::ReturnAnswer,         HEAD,             &[(AnswerDrafted, &[Resolved])],                                                                      &[],                                  title("Return the draft with a reason", "Mengembalikan konsep surat jawaban")),
        side(    Task::DeliverAnswer,        Actor::System,    &[(AnswerSigned, &[Answered])],                                                                                                             title("Lay the answer before the reporter", "Menyampaikan surat jawaban")),
        Row { once: true,
        ..step(7, Task::AcknowledgeAnswer,   Actor::Reporter,  &[(Answered, &[Answered])],                                       minutes(450),     &[ANSWER],        &[RECEIPT],           Basis::Reading, title("Receive the answer", "Menerima surat jawaban")) },
        side(    Task::CloseComplaint,       Actor::System,    &[(Answered, &[Closed])],                                                                                                                   title("Close an acknowledged or long answered complaint", "Menutup pengaduan")),
        away(    Task::WriteToReporter,      WRITERS,          &[(Screened, &[Screened]), (Forwarded, &[Forwarded, WaitingForReporter]), (InResolution, &[InResolution, WaitingForReporter]), (WaitingForReporter, &[WaitingForReporter]), (ReferredExternally, &[ReferredExternally]), (Reopened, &[Reopened]), (Answered, &[Answered]), (Closed, &[Closed])], title("Write to the reporter", "Menulis pesan kepada pelapor")),
        side(    Task::ResumeComplaint,      Actor::System,    &[(WaitingForReporter, &[InResolution])],                                                                                                   title("Go on after the reporter's answer, or without it", "Melanjutkan penyelesaian")),
        away(    Task::RecuseFromComplaint,  HANDLERS,         RECUSABLE,                                                                                                                                  title("Step back from a complaint", "Mengundurkan diri dari penanganan")),
        away(    Task::ReferComplaint,       REFERRERS,        REFERABLE,                                                                                                                                  title("Refer it outside the office", "Mengalihkan ke luar kantor")),
        away(    Task::RecallComplaint,      CONFLICT_OFFICER, &[(ReferredExternally, &[Screened])],                                                                                                       title("Bring it back when the suspicion was unfounded", "Menarik kembali pengaduan")),
        side(    Task::DeclareConflict,      CONFLICT_OFFICER, CONCERNING,                                                                                                                                   title("Say who may not know of it", "Menetapkan benturan kepentingan")),
        side(    Task::ScreenAgain,          Actor::System,    CONCERNING,                                                                                                                                   title("Screen it again when names, posts or messages are new", "Menyaring ulang benturan kepentingan")),
        side(    Task::HoldComplaint,        CONFLICT_OFFICER, STAYING,                                                                                                                                    title("Put a legal hold on it", "Menahan pemusnahan")),
        side(    Task::ReleaseComplaint,     CONFLICT_OFFICER, STAYING,                                                                                                                                    title("Lift the legal hold", "Mencabut penahanan pemusnahan")),
        side(    Task::SettleExternally,     EXTERNAL,         &[(ReferredExternally, &[Answered])],                                                                                                       title("Answer it from outside the office", "Menyampaikan jawaban dari luar kantor")),
        away(    Task::ReopenComplaint,      HEAD,             &[(Answered, &[Reopened]), (Closed, &[Reopened]), (OutOfScope, &[Reopened])],                                                                title("Take it up again", "Membuka kembali pengaduan")),
        away(    Task::ReportRetaliation,    Actor::Reporter,  ANYWHERE,                                                                                                                                    title("Report retaliation, suffered or feared", "Melaporkan pembalasan yang dialami atau dikhawatirkan")),
        away(    Task::AssessRetaliation,    CONFLICT_OFFICER, STAYING,                                                                                                                                     title("Assess a report of retaliation and protect the reporter", "Menilai laporan pembalasan dan melindungi pelapor")),
    ],
};

/// Who steps back leaves the file where it is, unless the chain breaks: then it goes outside.
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

/// A conflict may break the chain, as long as the office still has something to do.
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

/// Wherever there is a case, also before the office knows of it; it stays where it is.
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

/// Wherever the office knows of it; it stays where it is. All of the above but the first.
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
    within: Within,
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

/// A side row that does not show the file to those it names.
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

/// How long a question waits for the reporter before the settlement goes on without their answer. Ours: the print knows no questions.
pub const QUESTION_WAITS: TimeDelta = TimeDelta::days(14);
/// How long an answer lies before the reporter until the complaint is closed without their acknowledgement. Ours: the print has them come at once.
pub const ANSWER_WAITS: TimeDelta = TimeDelta::days(30);

/// Tasks and their codes: the code is the entry in the audit trail and, of what somebody asks for, the operation id and the name of the step's file.
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

/// Stages and their codes, in the order of the road.
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
