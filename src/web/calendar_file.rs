//! iCalendar replies (RFC 5545), for calendar programs.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::{Deserialize, Serialize};

use super::reply::Reply;

/// The format of a calendar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CalendarFormat {
    /// The data as JSON.
    #[default]
    Json,
    /// iCalendar (RFC 5545).
    Ics,
}

/// A reply as JSON or as iCalendar.
#[derive(Debug)]
pub enum JsonOrCalendar<T> {
    /// The data as JSON.
    Json(Reply<T>),
    /// The iCalendar file.
    Calendar {
        /// Its name: ASCII, without quotes.
        name: &'static str,
        /// Its text.
        text: String,
    },
}

impl<T: Serialize> Responder for JsonOrCalendar<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::Json(reply) => reply.respond_to(request),
            Self::Calendar { name, text } => HttpResponse::Ok()
                .insert_header((header::CONTENT_TYPE, "text/calendar; charset=utf-8"))
                .insert_header((header::CACHE_CONTROL, "private, no-store"))
                .insert_header((
                    header::CONTENT_DISPOSITION,
                    format!("attachment; filename=\"{name}\""),
                ))
                .body(text),
        }
    }
}
