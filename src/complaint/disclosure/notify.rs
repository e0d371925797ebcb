//! Notifies the custodians that can decide a request, and then its requester; the notification never
//! holds the purpose or the result. The reporter gets a message when part of the identity or an
//! original is opened: the part, the purpose and the role. The message carries the day.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Custodians;
use crate::casework::announce::{About, Notice, NotificationKind, notify_by_tag};
use crate::casework::desk::Desk;
use crate::complaint::announcing::{sorted_tags, tagged_holders};
use crate::complaint::identity::IdentityField;
use crate::complaint::papers::disclosure_file::{DisclosedOriginal, DisclosurePurpose};
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::disclosures as store;
use crate::error::Result;
use crate::identity::AllowedRoles;
use crate::ids::{ComplaintId, OfficeId, UserId};
use crate::sop::role::Role;

/// Tags of the custodians that can decide a request today: of the office of the caller, not in
/// `but`, not barred from the complaint.
pub(super) async fn eligible_custodians(
    connection: &mut PgConnection,
    services: &ComplaintServices,
    desk: &Desk,
    case: ComplaintId,
    but: &[UserId],
) -> Result<Vec<Vec<u8>>> {
    let (of, now) = (
        (desk.signed_in().office, Custodians::ROLES),
        desk.request_time().now,
    );
    let others = tagged_holders(connection, of, but, now, services).await?;
    store::filter_not_barred(connection, case, &sorted_tags(others)).await
}

/// Notifies `deciders` that a request waits for a decision.
pub(super) async fn notify_custodians(
    connection: &mut PgConnection,
    of: (OfficeId, ComplaintId),
    deciders: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    notify_by_tag(
        connection,
        &Notice::of(
            of.0,
            About::Complaint(of.1),
            NotificationKind::DisclosureWaits,
        ),
        deciders,
        now,
    )
    .await
}

/// Notifies the requester of a decision; the notification is the same for grant and denial.
pub(super) async fn notify_requester(
    connection: &mut PgConnection,
    of: (OfficeId, ComplaintId),
    requester: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    notify_by_tag(
        connection,
        &Notice::of(
            of.0,
            About::Complaint(of.1),
            NotificationKind::DisclosureDecided,
        ),
        requester,
        now,
    )
    .await
}

/// Text of the notice for an identity, in Indonesian like every letter of the office.
pub fn identity_text(fields: &[IdentityField], purpose: DisclosurePurpose, role: Role) -> String {
    let fields = fields
        .iter()
        .map(|field| field_term(*field))
        .collect::<Vec<_>>()
        .join(", ");
    let (role, purpose) = (role.office_term(), purpose_term(purpose));
    format!(
        "Pemberitahuan otomatis: sebagian identitas Saudara telah dibuka dengan persetujuan penjaga identitas. Data: {fields}. Dibuka kepada: {role}. Keperluan: {purpose}."
    )
}

/// Text of the notice for an original. The number is the one in the reporter's list of attachments.
pub fn original_text(
    original: DisclosedOriginal,
    purpose: DisclosurePurpose,
    role: Role,
) -> String {
    let (seq, role, purpose) = (original.seq, role.office_term(), purpose_term(purpose));
    format!(
        "Pemberitahuan otomatis: berkas asli lampiran nomor {seq} telah dibuka dengan persetujuan penjaga identitas. Dibuka kepada: {role}. Keperluan: {purpose}."
    )
}

fn field_term(field: IdentityField) -> &'static str {
    match field {
        IdentityField::Name => "nama",
        IdentityField::Nik => "NIK",
        IdentityField::Phone => "nomor telepon",
        IdentityField::Email => "surel",
        IdentityField::Address => "alamat",
        IdentityField::Relation => "hubungan dengan kantor atau perkara",
    }
}

fn purpose_term(purpose: DisclosurePurpose) -> &'static str {
    match purpose {
        DisclosurePurpose::Consent => "sesuai persetujuan Saudara",
        DisclosurePurpose::LawEnforcement => "penegakan hukum",
        DisclosurePurpose::Delivery => "penyampaian surat jawaban",
        DisclosurePurpose::Protection => "pelindungan Saudara",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::AttachmentId;

    #[test]
    fn a_notice_says_what_to_whom_and_what_for() {
        let said = identity_text(
            &[IdentityField::Name, IdentityField::Address],
            DisclosurePurpose::Delivery,
            Role::Head,
        );
        for part in ["nama, alamat", "Kepala Balai", "penyampaian surat jawaban"] {
            assert!(said.contains(part), "{said}");
        }
        let original = DisclosedOriginal {
            attachment: AttachmentId::random(),
            seq: 3,
        };
        let said = original_text(original, DisclosurePurpose::LawEnforcement, Role::TeamLead);
        for part in [
            "lampiran nomor 3",
            Role::TeamLead.office_term(),
            "penegakan hukum",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }
}
