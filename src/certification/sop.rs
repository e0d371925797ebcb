//! SOP 1, CERT (pelayanan sertifikasi), row for row as in the official document. Rights, deadlines,
//! work lists and documentation derive from this table.

use serde::{Deserialize, Serialize};

use crate::sop::role::Role;
use crate::sop::table::{self, Actor, Basis, Head, Move, Row, Sop, StandardTime, minutes};
use crate::sop::text::Term;

use Stage::{
    AwaitingCustomer, Completed, Confirmed, Deficient, Draft, Expired, Filed, NoticeDrafted,
    NoticeInitialled, NoticeSent, NoticeSigned, Rejected, Submitted, Verified, Withdrawn,
};

/// The tasks on an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Step 1.
    SubmitApplication,
    /// Step 2.
    FileApplication,
    /// Step 3.
    VerifyDocuments,
    /// Step 4.
    ProposeAudit,
    /// Step 5.
    CompleteApplication,
    /// Step 6.
    DraftAuditNotice,
    /// Step 6: initials for the letter.
    InitialNoticeLetter,
    /// Step 6: initials for the cost.
    InitialNoticeCost,
    /// Step 7.
    SignAuditNotice,
    /// Step 7: the draft is returned.
    ReturnAuditNotice,
    /// Step 8.
    DispatchAuditNotice,
    /// The customer changes a draft.
    AmendApplication,
    /// The customer attaches a document.
    AttachDocument,
    /// Side exit: the SS lead rejects the application.
    RejectApplication,
    /// Side exit: the customer withdraws the application.
    WithdrawApplication,
    /// Side exit: the service expires an unanswered application.
    ExpireApplication,
    /// The audit time is calculated; it never changes the stage.
    RecordAuditTime,
    /// A payment is recorded; it never changes the stage.
    RecordPayment,
    /// The payment office or its statement reports a payment.
    ReceivePayment,
    /// A new billing code takes the place of one that was not paid; the letter stays.
    ReplaceBilling,
    /// The code that a replacement asked for has come from the payment office.
    IssueBilling,
    /// A billing code is cancelled; the letter stays.
    CancelBilling,
    /// A signed letter, sent or not, is withdrawn and drafted anew.
    VoidAuditNotice,
}

/// The stages of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The customer is writing the draft (konsep).
    Draft,
    /// Submitted (diajukan).
    Submitted,
    /// Filed in the customer's folder (terdaftar).
    Filed,
    /// Documents are missing or unfit (kurang).
    Deficient,
    /// Documents are complete, and the next step is an (other) audit proposal: the sheet is
    /// "nihil", or the customer refused the last proposal.
    Verified,
    /// Waiting for the customer (menunggu pelanggan).
    AwaitingCustomer,
    /// Answered by the customer (dilengkapi).
    Completed,
    /// Documents are complete and the proposal is accepted (lengkap).
    Confirmed,
    /// The notice is drafted (konsep surat).
    NoticeDrafted,
    /// Both initials are given (diparaf).
    NoticeInitialled,
    /// Signed (ditandatangani).
    NoticeSigned,
    /// Sent with team and e-billing (terkirim).
    NoticeSent,
    /// Ditolak.
    Rejected,
    /// Dibatalkan.
    Withdrawn,
    /// Kedaluwarsa.
    Expired,
}

const CUSTOMER: Actor = Actor::Person(&[Role::Customer]);
const PJI_STAFF: Actor = Actor::Person(&[Role::PjiStaff]);
const OPS_STAFF: Actor = Actor::Person(&[Role::OperationsStaff]);
const SS_LEAD: Actor = Actor::Person(&[Role::SsLead]);
const PJI_LEAD: Actor = Actor::Person(&[Role::PjiLead]);
const HEAD: Actor = Actor::Person(&[Role::Head]);
/// The roles that initial or sign the notice may return it.
const APPROVERS: Actor = Actor::Person(&[Role::Head, Role::SsLead, Role::PjiLead]);
const TREASURER: Actor = Actor::Person(&[Role::Treasurer]);
/// The roles that keep a sent file supplied with a payable code: those of step 8 and the treasury.
const BILLING_CLERKS: Actor = Actor::Person(&[Role::PjiStaff, Role::Treasurer]);

const APPLICATION_LETTER: Term = Term {
    en: "application letter",
    id: "surat permohonan",
};
const CUSTOMER_FOLDER: Term = Term {
    en: "application in the customer's folder",
    id: "surat permohonan dalam folder pelanggan",
};
const COMPLETENESS_CHECK: Term = Term {
    en: "completeness check",
    id: "verifikasi kelengkapan dokumen",
};
const DEFICIENCY_SHEET: Term = Term {
    en: "deficiency sheet",
    id: "lembar kekurangan dokumen",
};
const CONFIRMATION_SHEET: Term = Term {
    en: "audit confirmation sheet",
    id: "lembar konfirmasi audit",
};
const AUDIT_NOTICE: Term = Term {
    en: "audit notice",
    id: "surat pemberitahuan audit",
};
const E_BILLING: Term = Term {
    en: "e-billing",
    id: "e-billing",
};

const fn title(en: &'static str, id: &'static str) -> Term {
    Term { en, id }
}

/// The official table. `print` rows were read on the page; `reading` rows are ours until the office
/// answers.
#[rustfmt::skip]
pub static SOP: Sop<Task> = Sop {
    code: "cert",
    title: title("Certification service", "Pelayanan Sertifikasi"),
    head: HEAD_OF_SOP,
    overseers: &[Role::Head, Role::PjiLead, Role::SsLead],
    watchers: &[Role::InternalAuditor],
    rows: &[
        //   no  task                        actor      moves                                                                  within         takes                                    gives                                    basis           title
        step(1,  Task::SubmitApplication,    CUSTOMER,  &[(Draft, &[Submitted])],                                            minutes(30),   &[APPLICATION_LETTER],                   &[APPLICATION_LETTER],                   Basis::Print,   title("Send the application", "Mengirimkan permohonan sertifikasi")),
        step(2,  Task::FileApplication,      PJI_STAFF, &[(Submitted, &[Filed])],                                            minutes(15),   &[APPLICATION_LETTER],                   &[CUSTOMER_FOLDER],                      Basis::Reading, title("File the application in the customer's folder and tell operations", "Menyimpan file permohonan dan menginformasikan ke bagian operasional")),
        step(3,  Task::VerifyDocuments,      OPS_STAFF, &[(Filed, &[Verified, Deficient]), (Completed, &[Confirmed, Verified, Deficient])], minutes(120), &[COMPLETENESS_CHECK],     &[COMPLETENESS_CHECK, DEFICIENCY_SHEET], Basis::Reading, title("Verify the documents and issue the deficiency sheet", "Melakukan verifikasi dokumen permohonan dan menyampaikan lembar kekurangan dokumen")),
        step(4,  Task::ProposeAudit,         PJI_STAFF, &[(Verified, &[AwaitingCustomer]), (Deficient, &[AwaitingCustomer])], minutes(30),  &[CONFIRMATION_SHEET],                   &[CONFIRMATION_SHEET],                   Basis::Reading, title("Tell the customer what to complete and send the audit confirmation sheet", "Menyampaikan informasi untuk melengkapi persyaratan dan lembar konfirmasi audit")),
        step(5,  Task::CompleteApplication,  CUSTOMER,  &[(AwaitingCustomer, &[Completed, Confirmed, Verified])],            minutes(30),   &[DEFICIENCY_SHEET, CONFIRMATION_SHEET], &[DEFICIENCY_SHEET, CONFIRMATION_SHEET], Basis::Reading, title("Hand in what was missing, with the confirmation sheet", "Menyampaikan kekurangan dokumen dan lembar konfirmasi audit")),
        step(6,  Task::DraftAuditNotice,     OPS_STAFF, &[(Confirmed, &[NoticeDrafted, Verified])],                          minutes(30),   &[AUDIT_NOTICE],                         &[AUDIT_NOTICE],                         Basis::Reading, title("Draft the audit notice", "Membuat konsep surat pemberitahuan audit")),
        // One person may draft and give one paraf, or give both; the third act needs a second
        // person.
        Row { once: true, never_by_all: &[Task::DraftAuditNotice, Task::InitialNoticeCost],
        ..part(6,  Task::InitialNoticeLetter,  SS_LEAD,   &[(NoticeDrafted, &[NoticeDrafted, NoticeInitialled])],              &[],                                                    title("Initial the notice for the letter", "Paraf surat")) },
        Row { once: true, never_by_all: &[Task::DraftAuditNotice, Task::InitialNoticeLetter],
        ..part(6,  Task::InitialNoticeCost,    PJI_LEAD,  &[(NoticeDrafted, &[NoticeDrafted, NoticeInitialled])],              &[],                                                    title("Initial the notice for the cost", "Paraf biaya")) },
        Row { never_by: &[Task::DraftAuditNotice, Task::InitialNoticeLetter, Task::InitialNoticeCost],
        ..step(7, Task::SignAuditNotice,     HEAD,      &[(NoticeInitialled, &[NoticeSigned])],                              minutes(15),   &[AUDIT_NOTICE],                         &[AUDIT_NOTICE],                         Basis::Reading, title("Sign the audit notice", "Menandatangani surat pemberitahuan audit")) },
        part(7,  Task::ReturnAuditNotice,    APPROVERS, &[(NoticeDrafted, &[Confirmed]), (NoticeInitialled, &[Confirmed])],  &[],                                                    title("Return the draft with a reason", "Mengembalikan konsep surat")),
        step(8,  Task::DispatchAuditNotice,  PJI_STAFF, &[(NoticeSigned, &[NoticeSent])],                                    minutes(15),   &[AUDIT_NOTICE, E_BILLING],              &[AUDIT_NOTICE, E_BILLING],              Basis::Reading, title("Send the notice, the team and the e-billing", "Mengirimkan surat pemberitahuan audit, tim audit, biaya audit (e-billing)")),
        side(    Task::AmendApplication,     CUSTOMER,  &[(Draft, &[Draft])],                                                                                                        title("Amend the draft", "Mengubah konsep permohonan")),
        side(    Task::AttachDocument,       CUSTOMER,  &[(Draft, &[Draft]), (AwaitingCustomer, &[AwaitingCustomer])],                                                               title("Attach a document", "Mengunggah dokumen")),
        side(    Task::RejectApplication,    SS_LEAD,   &[(Filed, &[Rejected]), (Deficient, &[Rejected]), (Verified, &[Rejected]), (Completed, &[Rejected]), (Confirmed, &[Rejected])], title("Reject the application with a reason", "Menolak permohonan")),
        side(    Task::WithdrawApplication,  CUSTOMER,  WITHDRAWABLE,                                                                                                                title("Withdraw the application", "Membatalkan permohonan")),
        side(    Task::ExpireApplication,    Actor::System, &[(AwaitingCustomer, &[Expired])],                                                                                       title("Expire an unanswered confirmation", "Permohonan kedaluwarsa")),
        // The audit time belongs to the review of the application; it is not shown as a next step,
        // because only some schemes calculate it.
        Row { shows: false, ..side(Task::RecordAuditTime, OPS_STAFF, REVIEWED,                                                                                                       title("Record the audit time", "Menghitung waktu audit")) },
        // A payment may arrive at any time: while a withdrawn notice is drafted anew, and after a
        // side exit. Before a billing exists the task is not shown to the treasurer.
        Row { unshown_at: BEFORE_BILLING,
        ..side(  Task::RecordPayment,        TREASURER, PAYABLE,                                                                                                                     title("Record the payment of the e-billing", "Mencatat pembayaran e-billing")) },
        // `next` lists no task of the payment office: it is no step that a reader waits for.
        Row { shows: false, unshown_at: PAYABLE_STAGES,
        ..side(  Task::ReceivePayment,       Actor::System, PAYABLE,                                                                                                                 title("Receive the payment from the payment office", "Menerima pembayaran dari kas negara")) },
        // The letter names a code, but the code that is payable is the one in the list of billings.
        side(    Task::ReplaceBilling,       BILLING_CLERKS, &[(NoticeSent, &[NoticeSent])],                                                                                         title("Replace the unpaid billing code", "Mengganti kode billing")),
        Row { shows: false, unshown_at: PAYABLE_STAGES,
        ..side(  Task::IssueBilling,         Actor::System, &[(NoticeSent, &[NoticeSent])],                                                                                          title("Issue the replacing billing code", "Menerbitkan kode billing pengganti")) },
        Row { shows: false, unshown_at: BEFORE_BILLING,
        ..side(  Task::CancelBilling,        TREASURER, CANCELLABLE,                                                                                                                 title("Cancel the unpaid billing code", "Membatalkan kode billing")) },
        // Voiding is possible even after dispatch, so it is not shown as a next step (`shows:
        // false`): the head is not notified of letters that could be withdrawn.
        Row { shows: false, ..side(Task::VoidAuditNotice, HEAD, &[(NoticeSigned, &[Confirmed]), (NoticeSent, &[Confirmed])],                                                          title("Withdraw the signed notice with a reason", "Membatalkan surat yang telah ditandatangani")) },
    ],
};

/// The tasks that require the notice to keep to the agreement with the customer
/// (`notice/agreement.rs`). The desk checks before each of them; a draft (step 6) is checked when
/// it is made.
pub(crate) const KEEPS_AGREEMENT: &[Task] = &[Task::SignAuditNotice, Task::DispatchAuditNotice];

const WITHDRAWABLE: &[Move<Stage>] = &[
    (Draft, &[Withdrawn]),
    (Submitted, &[Withdrawn]),
    (Filed, &[Withdrawn]),
    (Deficient, &[Withdrawn]),
    (Verified, &[Withdrawn]),
    (AwaitingCustomer, &[Withdrawn]),
    (Completed, &[Withdrawn]),
    (Confirmed, &[Withdrawn]),
    (NoticeDrafted, &[Withdrawn]),
    (NoticeInitialled, &[Withdrawn]),
    (NoticeSigned, &[Withdrawn]),
];

/// The stages between the filing of an application and the notice.
const REVIEWED: &[Move<Stage>] = &[
    (Filed, &[Filed]),
    (Deficient, &[Deficient]),
    (Verified, &[Verified]),
    (AwaitingCustomer, &[AwaitingCustomer]),
    (Completed, &[Completed]),
    (Confirmed, &[Confirmed]),
];

/// The stages of a file whose notice was sent once: a withdrawn notice leads back as far as step 3.
/// The side exits come last.
const PAYABLE: &[Move<Stage>] = &[
    (Deficient, &[Deficient]),
    (Verified, &[Verified]),
    (AwaitingCustomer, &[AwaitingCustomer]),
    (Completed, &[Completed]),
    (Confirmed, &[Confirmed]),
    (NoticeDrafted, &[NoticeDrafted]),
    (NoticeInitialled, &[NoticeInitialled]),
    (NoticeSigned, &[NoticeSigned]),
    (NoticeSent, &[NoticeSent]),
    (Rejected, &[Rejected]),
    (Withdrawn, &[Withdrawn]),
    (Expired, &[Expired]),
];

/// The stages of `PAYABLE`.
const PAYABLE_STAGES: &[Stage] = &{
    let mut stages = [NoticeSent; PAYABLE.len()];
    let mut i = 0;
    while i < PAYABLE.len() {
        stages[i] = PAYABLE[i].0;
        i += 1;
    }
    stages
};

/// `PAYABLE` without the side exits, which end the code themselves: they are its last three.
const CANCELLABLE: &[Move<Stage>] = PAYABLE.split_at(PAYABLE.len() - 3).0;

/// `PAYABLE` without `NoticeSent`, the stage at which the e-billing has just been sent.
const BEFORE_BILLING: &[Stage] = &{
    let mut stages = [Rejected; PAYABLE.len() - 1];
    let (mut i, mut kept) = (0, 0);
    while i < PAYABLE.len() {
        if !matches!(PAYABLE[i].0, NoticeSent) {
            stages[kept] = PAYABLE[i].0;
            kept += 1;
        }
        i += 1;
    }
    stages
};

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
        no: None,
        part_of: Some(no),
        task,
        actor,
        moves,
        within: None,
        takes: &[],
        gives,
        never_by: &[],
        never_by_all: &[],
        once: false,
        shows: true,
        unshown_at: &[],
        title,
        basis: Basis::Reading,
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

const HEAD_OF_SOP: Head = Head {
    legal_basis: &[
        "Peraturan Menteri Perindustrian Republik Indonesia Nomor 1 Tahun 2022 tentang Organisasi dan Tata Kerja Unit Pelaksana Teknis di Lingkungan Badan Standardisasi dan Kebijakan Jasa Industri",
        "Peraturan Menteri Pendayagunaan Aparatur Negara dan Reformasi Birokrasi RI No. 35 Tahun 2012 tentang Pedoman Penyusunan Standar Operasional Prosedur Administrasi Pemerintahan",
        "Peraturan Menteri Keuangan tentang Standar Biaya Masukan",
    ],
    qualifications: &[
        "Mengetahui mekanisme pelaksanaan kegiatan layanan sertifikasi Produk, Sertifikasi Sistem Mutu, Sertifikasi Industri Hijau, Lingkungan, Sistem Keamanan Pangan dan Sistem Manajemen Keselamatan dan Kesehatan Kerja",
        "Memiliki kompetensi dalam melakukan audit Mutu Produk, Sistem Mutu, Industri Hijau, Lingkungan, Sistem Keamanan Pangan dan Sistem Manajemen Keselamatan dan Kesehatan Kerja",
        "Memiliki kompetensi dalam melakukan penilaian teknis dokumen audit",
    ],
    related: &[
        "SOP Pelaksanaan Sertifikasi Produk",
        "SOP Pelaksanaan Sertifikasi Sistem Mutu",
        "SOP Pelaksanaan Sertifikasi Industri Hijau",
        "SOP Pelaksanaan Sertifikasi Manajemen Lingkungan",
        "SOP Pelaksanaan Sertifikasi Sistem Manajemen Keamanan Pangan",
        "SOP Pelaksanaan Sertifikasi Sistem Manajemen Keselamatan dan Kesehatan Kerja",
    ],
    equipment: &["Laptop/Personal Computer", "Printer", "ATK"],
    warning: "Jika pelaksanaan penyelenggaraan kegiatan Sertifikasi terhambat maka kegiatan layanan jasa teknis kepada pelanggan akan terganggu",
    records: &["Data Realisasi Layanan Sertifikasi"],
};

/// Tasks and their codes, in the order of `Task`, because `code` takes its place as index. The code
/// is the operation id, the name of the step's file, and the entry in the journal. Exceptions: the
/// two initials share the operation and file `initial_audit_notice`, and `expire_application` is a
/// job without operation.
const TASKS: [(Task, &str); 23] = [
    (Task::SubmitApplication, "submit_application"),
    (Task::FileApplication, "file_application"),
    (Task::VerifyDocuments, "verify_documents"),
    (Task::ProposeAudit, "propose_audit"),
    (Task::CompleteApplication, "complete_application"),
    (Task::DraftAuditNotice, "draft_audit_notice"),
    (Task::InitialNoticeLetter, "initial_notice_letter"),
    (Task::InitialNoticeCost, "initial_notice_cost"),
    (Task::SignAuditNotice, "sign_audit_notice"),
    (Task::ReturnAuditNotice, "return_audit_notice"),
    (Task::DispatchAuditNotice, "dispatch_audit_notice"),
    (Task::AmendApplication, "amend_application"),
    (Task::AttachDocument, "attach_document"),
    (Task::RejectApplication, "reject_application"),
    (Task::WithdrawApplication, "withdraw_application"),
    (Task::ExpireApplication, "expire_application"),
    (Task::RecordAuditTime, "record_audit_time"),
    (Task::RecordPayment, "record_payment"),
    (Task::ReceivePayment, "receive_payment"),
    (Task::ReplaceBilling, "replace_billing"),
    (Task::IssueBilling, "issue_billing"),
    (Task::CancelBilling, "cancel_billing"),
    (Task::VoidAuditNotice, "void_audit_notice"),
];

/// Stages and their codes, in SOP order.
const STAGES: [(Stage, &str); 15] = [
    (Draft, "draft"),
    (Submitted, "submitted"),
    (Filed, "filed"),
    (Deficient, "deficient"),
    (Verified, "verified"),
    (AwaitingCustomer, "awaiting_customer"),
    (Completed, "completed"),
    (Confirmed, "confirmed"),
    (NoticeDrafted, "notice_drafted"),
    (NoticeInitialled, "notice_initialled"),
    (NoticeSigned, "notice_signed"),
    (NoticeSent, "notice_sent"),
    (Rejected, "rejected"),
    (Withdrawn, "withdrawn"),
    (Expired, "expired"),
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
