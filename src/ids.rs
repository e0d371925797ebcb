//! Typed identifiers, so that ids of different kinds cannot be confused. They are UUIDs of version
//! 7; everything about a complaint gets version 4, because version 7 contains the time of creation.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::{NoContext, Timestamp, Uuid};

macro_rules! kind {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        #[schema(value_type = Uuid)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        kind!($(#[$doc])* $name);

        impl $name {
            /// A new id of version 7, which sorts by its time of creation `at`.
            pub(crate) fn at(at: DateTime<Utc>) -> Self {
                Self(version_7(at))
            }
        }
    };
}

macro_rules! timeless {
    ($(#[$doc:meta])* $name:ident) => {
        kind!($(#[$doc])* $name);

        impl $name {
            /// A new id of version 4, without its time of creation.
            pub fn random() -> Self {
                Self(Uuid::new_v4())
            }
        }
    };
}

id!(/// An office (Balai) that runs the service desk.
    OfficeId);
id!(/// A person with an account: customer or staff.
    UserId);
id!(/// A key with which a program reads (kunci integrasi).
    IntegrationId);
id!(/// A customer organisation (Pelanggan).
    CustomerId);
id!(/// A signed-in session; all its tokens carry it as `sid`.
    SessionId);
id!(/// A second factor of an account (faktor kedua).
    FactorId);
id!(/// An attempt to sign in.
    SignInId);
id!(/// An application for certification (permohonan sertifikasi).
    ApplicationId);
id!(/// One stored version of a document (dokumen).
    DocumentId);
id!(/// A deficiency sheet (lembar kekurangan dokumen).
    DeficiencySheetId);
id!(/// A signed letter (surat). Of a complaint's letter it is random, made where the letter is.
    LetterId);
id!(/// An audit notice (surat pemberitahuan audit).
    AuditNoticeId);
id!(/// An e-billing record (kode billing).
    BillingId);
id!(/// A payment of a billing (pembayaran).
    PaymentId);
id!(/// An auditor on the office's list.
    AuditorId);
id!(/// An appointment to act for an office holder (Plh./Plt.).
    AppointmentId);
id!(/// A team of the office (tim kerja).
    TeamId);
id!(/// A webhook: an address that is called with events.
    WebhookId);
id!(/// One event on its way to one webhook (kiriman).
    DeliveryId);

timeless!(/// A complaint (pengaduan).
    ComplaintId);
timeless!(/// A notification (pemberitahuan); some are of complaints.
    NotificationId);
timeless!(/// A message between reporter and office (pesan).
    MessageId);
timeless!(/// An attachment of a complaint (lampiran).
    AttachmentId);
timeless!(/// A warning to a member of staff (teguran).
    WarningId);
timeless!(/// A request to disclose part of a reporter's identity (permintaan pembukaan identitas).
    DisclosureId);
timeless!(/// A breach of confidentiality (pelanggaran kerahasiaan).
    BreachId);
timeless!(/// A report of retaliation against the reporter of a complaint (laporan pembalasan).
    RetaliationId);

/// A version 7 UUID for `at`; the random part comes from the system.
fn version_7(at: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(
        NoContext,
        seconds,
        at.timestamp_subsec_nanos(),
    ))
}
