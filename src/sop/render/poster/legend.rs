//! What stands below the table: what boxes and arrows mean, and what can be done without moving the file.

use super::columns::{BACK, LINE, MARGIN, OUT, SIZE, WIDTH, count};
use super::stations::Road;
use crate::drawing::Sheet;
use crate::drawing::shape::{Anchor, Rect, at};
use crate::drawing::sheet::{INK, SOFT};
use crate::drawing::text::{width, wrap};

/// The notes, in lines.
pub(super) fn notes(road: &Road<'_>) -> Vec<String> {
    let staying: Vec<String> = road
        .staying
        .iter()
        .map(|row| format!("{} ({})", row.title_id, row.actor_term))
        .collect();
    let mut notes = vec![
        "Dibuat dari tabel SOP yang dijalankan layanan. Waktu dalam menit kerja; satu hari kerja = 450 menit. Tahap ditulis dengan kodenya."
            .to_owned(),
    ];
    if !staying.is_empty() {
        notes.push(format!(
            "Tindakan yang tidak memindahkan berkas: {}.",
            staying.join("; ")
        ));
    }
    notes
        .iter()
        .flat_map(|note| wrap(note, SIZE, false, WIDTH - 2.0 * MARGIN))
        .collect()
}

/// The room below the table.
pub(super) fn height(notes: &[String]) -> f64 {
    62.0 + count(notes.len()) * LINE + 12.0
}

/// Puts it below `top`.
pub(super) fn put(sheet: &mut Sheet, top: f64, notes: &[String]) {
    let y = top + 28.0;
    let mut x = MARGIN;
    for (fill, dashed, round, name) in [
        ("#cfe3f3", false, 0.0, "langkah bernomor dengan waktu baku"),
        ("#ffffff", false, 0.0, "bagian dari langkah"),
        ("#e4e4e4", false, 7.0, "oleh layanan sendiri"),
        ("#fdeccf", true, 0.0, "jalan samping"),
    ] {
        let bar = sheet.fill(
            Rect {
                x,
                y: y - 11.0,
                w: 26.0,
                h: 14.0,
            },
            fill,
        );
        (bar.outline, bar.dashed, bar.round) = (INK, dashed, round);
        sheet.write(at(x + 32.0, y), name, SIZE, Anchor::Start);
        x += 56.0 + width(name, SIZE, false);
    }
    for (colour, dashed, name) in [
        (INK, false, "jalan utama"),
        (INK, true, "atau, dalam langkah yang sama"),
        (BACK, true, "kembali"),
        (OUT, false, "jalan keluar ke baris S, atau akhir"),
    ] {
        sheet
            .arrow(vec![at(x, y - 4.0), at(x + 34.0, y - 4.0)], colour, 1.2)
            .dashed = dashed;
        sheet.write(at(x + 42.0, y), name, SIZE, Anchor::Start);
        x += 66.0 + width(name, SIZE, false);
    }
    for (place, line) in notes.iter().enumerate() {
        sheet
            .write(
                at(MARGIN, y + 26.0 + count(place) * LINE),
                line.as_str(),
                SIZE,
                Anchor::Start,
            )
            .colour = SOFT;
    }
}
