//! What the reporter is told when part of their identity, or the original of an attachment, is opened: what, for what, to which role, and on which day.

use crate::complaint::identity::IdentityField;
use crate::complaint::papers::disclosure_file::{Original, Purpose};
use crate::sop::role::Role;

/// The words of the notice of an identity. The reporter reads Indonesian, as in every letter of the office.
pub fn words(fields: &[IdentityField], purpose: Purpose, role: Role) -> String {
    let fields = fields
        .iter()
        .map(|field| name_of(*field))
        .collect::<Vec<_>>()
        .join(", ");
    let (role, purpose) = (role.office_term(), end_of(purpose));
    format!(
        "Pemberitahuan otomatis: sebagian identitas Saudara telah dibuka dengan persetujuan penjaga identitas. Data: {fields}. Dibuka kepada: {role}. Keperluan: {purpose}."
    )
}

/// The words of the notice of an original: the number says which attachment, as the reporter's own list does.
pub fn words_of_original(original: Original, purpose: Purpose, role: Role) -> String {
    let (seq, role, purpose) = (original.seq, role.office_term(), end_of(purpose));
    format!(
        "Pemberitahuan otomatis: berkas asli lampiran nomor {seq} telah dibuka dengan persetujuan penjaga identitas. Dibuka kepada: {role}. Keperluan: {purpose}."
    )
}

fn name_of(field: IdentityField) -> &'static str {
    match field {
        IdentityField::Name => "nama",
        IdentityField::Nik => "NIK",
        IdentityField::Phone => "nomor telepon",
        IdentityField::Email => "surel",
        IdentityField::Address => "alamat",
        IdentityField::Relation => "hubungan dengan kantor atau perkara",
    }
}

fn end_of(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Consent => "sesuai persetujuan Saudara",
        Purpose::LawEnforcement => "penegakan hukum",
        Purpose::Delivery => "penyampaian surat jawaban",
        Purpose::Protection => "pelindungan Saudara",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::AttachmentId;

    #[test]
    fn a_notice_says_what_to_whom_and_what_for() {
        let said = words(
            &[IdentityField::Name, IdentityField::Address],
            Purpose::Delivery,
            Role::Head,
        );
        for part in ["nama, alamat", "Kepala Balai", "penyampaian surat jawaban"] {
            assert!(said.contains(part), "{said}");
        }
        let original = Original {
            attachment: AttachmentId::random(),
            seq: 3,
        };
        let said = words_of_original(original, Purpose::LawEnforcement, Role::TeamLead);
        for part in [
            "lampiran nomor 3",
            Role::TeamLead.office_term(),
            "penegakan hukum",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }
}
