//! Indonesian labels for the codes of a complaint.

use crate::complaint::papers::form::Category;

/// Label of a category.
pub(super) fn category(category: Category) -> &'static str {
    match category {
        Category::Corruption => "Korupsi atau suap",
        Category::Gratuity => "Gratifikasi",
        Category::ConflictOfInterest => "Benturan kepentingan",
        Category::AbuseOfAuthority => "Penyalahgunaan wewenang",
        Category::Procurement => "Pelanggaran dalam pengadaan",
        Category::Service => "Pelanggaran dalam pelayanan",
        Category::Other => "Lainnya",
    }
}

/// Label of a channel.
pub(super) fn channel(channel: &str) -> &'static str {
    match channel {
        "paper" => "formulir kertas di kantor",
        _ => "sistem elektronik",
    }
}
