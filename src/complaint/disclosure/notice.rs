//! Notices to the reporter when part of the identity or an original is opened: the part, the
//! purpose and the role. The message carries the day.

use crate::complaint::identity::IdentityField;
use crate::complaint::papers::disclosure_file::{DisclosedOriginal, DisclosurePurpose};
use crate::sop::role::Role;

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
