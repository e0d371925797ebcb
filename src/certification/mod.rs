//! Certification (pelayanan sertifikasi): SOP 1 from application to dispatched audit notice.

pub mod facts;
pub mod schemes;
pub mod sop;
