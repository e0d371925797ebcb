//! Texts of notifications in both languages, for the inbox and for mail. For a complaint they tell
//! only that there is work.

use super::store::Notification;
use crate::casework::announce::NotificationKind;
use crate::casework::announce::notice::DEACTIVATE_WEBHOOK;
use crate::certification::sop::{SOP as CERT, Task};
use crate::complaint::sop::{SOP as WBS, Task as ComplaintTask};
use crate::error::{Text, text};
use crate::sop::table::Task as _;
use crate::sop::text::Term;

/// The text of a notification.
pub fn text_of(told: &Notification) -> Text {
    let number = told
        .application
        .as_ref()
        .and_then(|(_, number)| number.as_deref())
        .unwrap_or("–");
    let step = title(told);
    match (NotificationKind::from_code(&told.kind), told.of_complaint) {
        (Some(NotificationKind::StepWaiting), true) => text(
            format!("Ada pengaduan yang menunggu langkah Anda: {}.", step.id),
            format!("A complaint waits for a step of yours: {}.", step.en),
        ),
        (Some(NotificationKind::StepLate), true) => text(
            format!(
                "Waktu baku suatu langkah pengaduan terpakai {}%: {}.",
                percent(told),
                step.id
            ),
            format!(
                "A step of a complaint has used {}% of its standard time: {}.",
                percent(told),
                step.en
            ),
        ),
        (Some(NotificationKind::StepWaiting), false) => text(
            format!("Permohonan {number} menunggu langkah Anda: {}.", step.id),
            format!(
                "Application {number} waits for a step of yours: {}.",
                step.en
            ),
        ),
        (Some(NotificationKind::StepLate), false) => text(
            format!(
                "Permohonan {number}: {}% waktu baku terpakai untuk langkah “{}”.",
                percent(told),
                step.id
            ),
            format!(
                "Application {number}: {}% of the standard time is used up for the step “{}”.",
                percent(told),
                step.en
            ),
        ),
        (Some(NotificationKind::WebhookDisabled), _)
            if told.task.as_deref() == Some(DEACTIVATE_WEBHOOK) =>
        {
            text(
                "Webhook Anda dimatikan oleh administrator kantor.",
                "An administrator of the office switched your webhook off.",
            )
        }
        (Some(NotificationKind::WebhookDisabled), _) => text(
            "Webhook Anda dimatikan karena panggilannya terus gagal.",
            "Your webhook was switched off because its calls kept failing.",
        ),
        (Some(NotificationKind::TrailAlarm), _) => text(
            "Jejak audit memuat tanda bahaya: penjaga identitas dan auditor internal perlu memeriksanya. Pastikan setiap peran pengaduan ada pemegangnya.",
            "The audit trail holds an alarm: custodians and internal auditors must look into it. Make sure that every role of complaints has a holder.",
        ),
        (Some(NotificationKind::DisclosureWaits), _) => text(
            "Ada permintaan pembukaan yang menunggu keputusan Anda.",
            "A request for a disclosure waits for your decision.",
        ),
        (Some(NotificationKind::DisclosureDecided), _) => text(
            "Permintaan pembukaan Anda sudah diputuskan.",
            "Your request for a disclosure was decided.",
        ),
        (Some(NotificationKind::ReporterWrote), _) => text(
            "Ada hal baru dari pelapor dalam pengaduan yang Anda tangani.",
            "There is news from the reporter of a complaint you handle.",
        ),
        (Some(NotificationKind::RetaliationWaits), _) => text(
            "Ada laporan pembalasan terhadap pelapor yang menunggu penilaian Anda.",
            "A report of retaliation against a reporter waits for you.",
        ),
        (Some(NotificationKind::AccountChanged), _) => account_changed(told),
        (Some(NotificationKind::PaymentWaits), _) if told.application.is_none() => text(
            "Ada laporan pembayaran yang menunggu keputusan Anda.",
            "A report of a payment waits for your decision.",
        ),
        (Some(NotificationKind::PaymentWaits), _) => text(
            format!("Permohonan {number}: ada pembayaran yang menunggu keputusan Anda."),
            format!("Application {number}: a payment waits for your decision."),
        ),
        (Some(NotificationKind::BillingCodeRefused), _) => text(
            format!("Permohonan {number}: permintaan kode billing ditolak."),
            format!("Application {number}: the request of a billing code was refused."),
        ),
        (Some(NotificationKind::CaseMoved) | None, _) => text(
            format!("Permohonan {number} telah berpindah tahap: {}.", step.id),
            format!("Application {number} has moved on: {}.", step.en),
        ),
    }
}

/// The acts on an account of which others are told, with their words in Indonesian and English.
const ACCOUNT_ACTS: &[(&str, Term)] = &[
    (
        "propose_deactivation",
        Term {
            id: "diusulkan dinonaktifkan",
            en: "is proposed to be deactivated",
        },
    ),
    (
        "deactivate_user",
        Term {
            id: "telah dinonaktifkan",
            en: "was deactivated",
        },
    ),
    (
        "propose_name",
        Term {
            id: "diusulkan diganti namanya",
            en: "is proposed to be renamed",
        },
    ),
    (
        "withdraw_name",
        Term {
            id: "tetap bernama demikian: usul nama lain dicabut",
            en: "keeps its name: the proposed name was withdrawn",
        },
    ),
    (
        "rename_user",
        Term {
            id: "telah diganti namanya",
            en: "was renamed",
        },
    ),
    (
        "propose_activation",
        Term {
            id: "diusulkan diaktifkan kembali",
            en: "is proposed to be activated again",
        },
    ),
    (
        "activate_user",
        Term {
            id: "telah diaktifkan kembali",
            en: "was activated again",
        },
    ),
    (
        "propose_taking_roles",
        Term {
            id: "diusulkan dicabut perannya",
            en: "is proposed to lose a role",
        },
    ),
    (
        "take_roles",
        Term {
            id: "telah dicabut perannya",
            en: "has lost a role",
        },
    ),
    (
        "print_invitation",
        Term {
            id: "dibuatkan slip untuk memilih kata sandi baru",
            en: "gets a slip for choosing a new password",
        },
    ),
    (
        "leave_team",
        Term {
            id: "tidak lagi menjadi anggota suatu tim",
            en: "is no longer a member of a team",
        },
    ),
    (
        "give_roles",
        Term {
            id: "telah diberi peran baru",
            en: "was given a role",
        },
    ),
    (
        "propose_revoking_acting",
        Term {
            id: "diusulkan berhenti sebagai Plh./Plt.",
            en: "is proposed to stop acting for the head",
        },
    ),
    (
        "revoke_acting",
        Term {
            id: "tidak lagi bertindak sebagai Plh./Plt.",
            en: "no longer acts for the head",
        },
    ),
];

fn account_changed(told: &Notification) -> Text {
    let name = told.account.as_ref().map_or("–", |(_, name)| name.as_str());
    let changed = Term {
        id: "diubah",
        en: "was changed",
    };
    let Term { id, en } = told
        .task
        .as_deref()
        .and_then(|task| ACCOUNT_ACTS.iter().find(|(code, _)| *code == task))
        .map_or(changed, |(_, words)| *words);
    text(
        format!("Akun {name} {id}."),
        format!("The account of {name} {en}."),
    )
}

fn percent(told: &Notification) -> i16 {
    told.percent.unwrap_or_default()
}

/// Every code that `task` of a notification may have.
pub(super) fn task_codes() -> impl Iterator<Item = &'static str> {
    Task::all()
        .map(Task::code)
        .chain(ComplaintTask::all().map(ComplaintTask::code))
        .chain(ACCOUNT_ACTS.iter().map(|(code, _)| *code))
        .chain([DEACTIVATE_WEBHOOK])
}

/// The title of the step.
fn title(told: &Notification) -> Term {
    let task = told.task.as_deref().unwrap_or_default();
    let title = if told.of_complaint {
        ComplaintTask::from_code(task).map(|task| WBS.row(task).title)
    } else {
        Task::from_code(task).map(|task| CERT.row(task).title)
    };
    title.unwrap_or(Term { en: "", id: "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ApplicationId, NotificationId};

    fn told(kind: NotificationKind, task: &str, of_complaint: bool) -> Notification {
        let id = uuid::Uuid::nil();
        Notification {
            id: NotificationId(id),
            kind: kind.code().to_owned(),
            application: (!of_complaint)
                .then(|| (ApplicationId(id), Some("P-2026-00001".to_owned()))),
            of_complaint,
            webhook: None,
            account: None,
            step: Some(2),
            task: Some(task.to_owned()),
            stage: None,
            percent: Some(75),
            at: "2026-07-06T01:00:00Z".parse().unwrap(),
            read_at: None,
        }
    }

    #[test]
    fn of_an_application_the_number_is_said_and_of_a_complaint_only_that_there_is_work() {
        let said = text_of(&told(
            NotificationKind::StepWaiting,
            "file_application",
            false,
        ));
        assert_eq!(
            said.en,
            "Application P-2026-00001 waits for a step of yours: File the application in the customer's folder and tell operations."
        );
        let said = text_of(&told(
            NotificationKind::StepWaiting,
            "dispose_complaint",
            true,
        ));
        assert_eq!(
            said.id,
            "Ada pengaduan yang menunggu langkah Anda: Memerintahkan Ketua Tim PJI menanggapi pengaduan."
        );
        let said = text_of(&told(NotificationKind::ReporterWrote, "", true));
        assert_eq!(
            said.en,
            "There is news from the reporter of a complaint you handle."
        );
        assert!(
            text_of(&told(NotificationKind::StepLate, "file_application", false))
                .id
                .contains("75% waktu baku")
        );
    }
}
