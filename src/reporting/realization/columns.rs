//! The columns of the record: one list for CSV and XLSX, so that they cannot differ. Headings are
//! in the office's terms, or in English on request.

use chrono::{DateTime, NaiveDate, Utc};

use super::row::{BillingRealization, NoticeRealization, RealizationRow, StepRealization};
use super::words::{self, pick};
use crate::certification::sop::SOP;
use crate::web::problem::Language;

/// The content of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// An empty cell.
    Empty,
    /// Text, possibly from a customer.
    Text(String),
    /// A number.
    Number(i64),
    /// A time, shown in WIB.
    Moment(DateTime<Utc>),
    /// A day.
    Day(NaiveDate),
}

impl From<Option<i64>> for Cell {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }
}

impl From<Option<DateTime<Utc>>> for Cell {
    fn from(moment: Option<DateTime<Utc>>) -> Self {
        moment.map_or(Self::Empty, Self::Moment)
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.filter(|text| !text.is_empty())
            .map_or(Self::Empty, Self::Text)
    }
}

type CellReader = Box<dyn Fn(&RealizationRow) -> Cell + Send + Sync>;

/// A column.
pub struct Column {
    /// The heading.
    pub heading: String,
    /// The width in a spreadsheet, in characters.
    pub width: u8,
    reads: CellReader,
}

impl Column {
    /// The cell of `row` in this column.
    pub fn cell(&self, row: &RealizationRow) -> Cell {
        (self.reads)(row)
    }
}

/// Every column, in order.
pub fn columns(language: Language) -> Vec<Column> {
    let mut all = file_columns(language);
    for no in SOP.rows.iter().filter_map(|row| row.no) {
        all.extend(step_columns(no, language));
    }
    all.extend(total_columns(language));
    all.extend(notice_columns(language));
    all.extend(billing_columns(language));
    all
}

fn column(
    heading: impl Into<String>,
    width: u8,
    reads: impl Fn(&RealizationRow) -> Cell + Send + Sync + 'static,
) -> Column {
    Column {
        heading: heading.into(),
        width,
        reads: Box::new(reads),
    }
}

fn text(text: impl Into<String>) -> Cell {
    Cell::from(Some(text.into()))
}

fn lines<T>(all: &[T], say: impl Fn(&T) -> &str) -> Cell {
    text(all.iter().map(say).collect::<Vec<_>>().join("; "))
}

fn file_columns(language: Language) -> Vec<Column> {
    let say = |id, en| pick(language, id, en);
    vec![
        column(say("No.", "No."), 6, |row| Cell::Number(row.no)),
        column(say("Nomor permohonan", "Application number"), 17, |row| {
            row.number.clone().into()
        }),
        column(
            say("Tanggal surat permohonan", "Date of the letter"),
            14,
            |row| row.letter_date.map_or(Cell::Empty, Cell::Day),
        ),
        column(say("Diterima (WIB)", "Received (WIB)"), 17, |row| {
            Cell::Moment(row.received_at)
        }),
        column(say("Pelanggan", "Customer"), 30, |row| {
            text(row.customer.clone())
        }),
        column(say("Perusahaan", "Company"), 30, |row| {
            text(row.company.clone())
        }),
        column(say("Kabupaten/kota", "Regency"), 20, |row| {
            row.regency.clone().into()
        }),
        column(say("Provinsi", "Province"), 20, |row| {
            row.province.clone().into()
        }),
        column(say("Skema", "Scheme"), 28, move |row| {
            text(words::scheme(row.scheme, language))
        }),
        column(say("Jenis", "Kind"), 16, move |row| {
            text(words::kind(row.kind, language))
        }),
        column(say("Produk", "Products"), 28, |row| {
            lines(&row.products, |product| &product.name)
        }),
        column(say("Merek", "Brands"), 20, |row| {
            lines(&row.products, |product| &product.brand)
        }),
        column(say("Nomor SNI", "Standards"), 18, |row| {
            lines(&row.products, |product| &product.standard)
        }),
        column(say("Lingkup", "Scope"), 32, |row| row.scope.clone().into()),
        column(say("Skala usaha", "Business scale"), 12, move |row| {
            row.business_scale
                .map_or(Cell::Empty, |scale| text(words::scale(scale, language)))
        }),
        column(say("Tahap", "Stage"), 20, move |row| {
            text(words::stage(row.stage, language))
        }),
        column(say("Umur (hari)", "Age (days)"), 11, |row| {
            row.age_days.into()
        }),
        column(say("Petugas", "Officers"), 32, |row| {
            text(row.officers.join("; "))
        }),
    ]
}

fn step_columns(no: u8, language: Language) -> Vec<Column> {
    let step = move |row: &RealizationRow, of: fn(&StepRealization) -> Cell| {
        row.steps
            .iter()
            .find(|step| step.step == no)
            .map_or(Cell::Empty, of)
    };
    let heading = |id: &str, en: &str| match language {
        Language::Indonesian => format!("Langkah {no}: {id}"),
        Language::English => format!("Step {no}: {en}"),
    };
    let (yes, not) = (pick(language, "ya", "yes"), pick(language, "tidak", "no"));
    vec![
        column(heading("mulai (WIB)", "begun (WIB)"), 17, move |row| {
            step(row, |step| step.started_at.into())
        }),
        column(heading("selesai (WIB)", "ended (WIB)"), 17, move |row| {
            step(row, |step| step.ended_at.into())
        }),
        column(heading("menit kerja", "minutes"), 12, move |row| {
            step(row, |step| step.used_minutes.into())
        }),
        column(heading("standar", "standard"), 12, move |row| {
            step(row, |step| step.standard_minutes.into())
        }),
        column(heading("selisih", "difference"), 12, move |row| {
            step(row, |step| step.difference_minutes.into())
        }),
        column(heading("tepat waktu", "on time"), 12, move |row| {
            let kept = row
                .steps
                .iter()
                .find(|step| step.step == no)
                .and_then(|step| step.on_time);
            kept.map_or(Cell::Empty, |kept| text(if kept { yes } else { not }))
        }),
    ]
}

fn total_columns(language: Language) -> Vec<Column> {
    let say = |id, en| pick(language, id, en);
    let count = |count: usize| Cell::Number(i64::try_from(count).unwrap_or(i64::MAX));
    vec![
        column(
            say("Putaran kekurangan", "Deficient rounds"),
            12,
            move |row| count(row.deficiency_rounds),
        ),
        column(say("Butir kurang", "Items missing"), 12, move |row| {
            count(row.deficiency_items)
        }),
        column(
            say("Kekurangan terbanyak", "Most often missing"),
            40,
            move |row| {
                let most = &row.deficiencies[..row.deficiencies.len().min(3)];
                lines(most, |one| language.select(&one.title).as_ref())
            },
        ),
        column(
            say("Menit menunggu pelanggan", "Minutes of the customer"),
            14,
            |row| Cell::Number(row.customer_minutes),
        ),
        column(say("Menit kantor", "Minutes of the office"), 12, |row| {
            Cell::Number(row.office_minutes)
        }),
        column(say("Standar kantor", "Standard of the office"), 12, |row| {
            Cell::Number(row.office_standard_minutes)
        }),
        column(
            say("Selisih kantor", "Difference of the office"),
            12,
            |row| Cell::Number(row.office_difference_minutes),
        ),
    ]
}

fn notice_columns(language: Language) -> Vec<Column> {
    let say = |id, en| pick(language, id, en);
    let notice = |row: &RealizationRow, of: fn(&NoticeRealization) -> Cell| {
        row.notice.as_ref().map_or(Cell::Empty, of)
    };
    let dates = |notice: &NoticeRealization| {
        text(
            notice
                .audit_dates
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("; "),
        )
    };
    vec![
        column(
            say("Nomor surat pemberitahuan", "Number of the notice"),
            36,
            move |row| notice(row, |one| text(one.number.clone())),
        ),
        column(say("Tanggal surat (WIB)", "Signed (WIB)"), 17, move |row| {
            notice(row, |one| Cell::Moment(one.signed_at))
        }),
        column(say("Terkirim (WIB)", "Sent (WIB)"), 17, move |row| {
            notice(row, |one| one.sent_at.into())
        }),
        column(say("Ketua tim", "Team lead"), 26, move |row| {
            notice(row, |one| one.team_lead.clone().into())
        }),
        column(say("Anggota tim", "Team members"), 32, move |row| {
            notice(row, |one| text(one.team_members.join("; ")))
        }),
        column(say("Tanggal audit", "Audit dates"), 26, move |row| {
            notice(row, dates)
        }),
        column(say("Hari audit", "Audit days"), 10, move |row| {
            notice(row, |one| {
                Cell::Number(i64::try_from(one.audit_dates.len()).unwrap_or(i64::MAX))
            })
        }),
        column(say("Biaya PNBP (Rp)", "PNBP (IDR)"), 15, move |row| {
            notice(row, |one| Cell::Number(one.pnbp_amount))
        }),
        column(
            say("Biaya perjalanan (Rp)", "Travel (IDR)"),
            15,
            move |row| notice(row, |one| Cell::Number(one.travel_amount)),
        ),
        column(say("Biaya lain (Rp)", "Other cost (IDR)"), 15, move |row| {
            notice(row, |one| Cell::Number(one.other_amount))
        }),
    ]
}

fn billing_columns(language: Language) -> Vec<Column> {
    let say = |id, en| pick(language, id, en);
    let billing = |row: &RealizationRow, of: fn(&BillingRealization) -> Cell| {
        row.billing.as_ref().map_or(Cell::Empty, of)
    };
    vec![
        column(say("Kode billing", "Billing code"), 18, move |row| {
            billing(row, |one| text(one.code.clone()))
        }),
        column(
            say("Jatuh tempo (WIB)", "Payable until (WIB)"),
            17,
            move |row| billing(row, |one| Cell::Moment(one.expires_at)),
        ),
        column(say("NTPN", "NTPN"), 19, move |row| {
            billing(row, |one| lines(&one.payments, |payment| &payment.ntpn))
        }),
        column(say("Tanggal bayar (WIB)", "Paid (WIB)"), 17, move |row| {
            billing(row, |one| one.paid_at.into())
        }),
        column(say("Status pembayaran", "Payment"), 14, move |row| {
            row.billing.as_ref().map_or(Cell::Empty, |one| {
                text(words::billing(one.status, language))
            })
        }),
        column(say("Diterima (Rp)", "Received (IDR)"), 15, move |row| {
            billing(row, |one| Cell::Number(one.account.received))
        }),
        column(
            say("Belum dibayar (Rp)", "Still owed (IDR)"),
            15,
            move |row| billing(row, |one| Cell::Number(one.account.outstanding)),
        ),
        column(
            say("Kelebihan bayar (Rp)", "Paid too much (IDR)"),
            15,
            move |row| billing(row, |one| Cell::Number(one.account.excess)),
        ),
        column(say("Nilai SKM", "Satisfaction (SKM)"), 10, |row| {
            row.satisfaction
                .map_or(Cell::Empty, |points| Cell::Number(points.into()))
        }),
        column(say("Keterangan", "Remark"), 40, |row| {
            row.remark.clone().into()
        }),
    ]
}
