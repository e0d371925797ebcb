//! `GET /colleagues`: the people that a step can name.

use actix_web::get;
use serde::Serialize;
use uuid::Uuid;

use crate::database::Database;
use crate::error::Result;
use crate::identity::signed_in::Staff;
use crate::identity::store::roster::{self, Colleague};
use crate::ids::UserId;
use crate::web::page::{PageQuery, page_size};
use crate::web::{Cursor, Page, Provided, Query, Reply};

/// A member of staff.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Colleague)]
pub struct ColleagueView {
    /// The person, as warnings, conflicts of interest and teams refer to them.
    pub user_id: UserId,
    /// Their name (nama).
    #[schema(example = "Budi Santoso")]
    pub display_name: String,
}

impl From<Colleague> for ColleagueView {
    fn from(colleague: Colleague) -> Self {
        let Colleague { user, display_name } = colleague;
        Self {
            user_id: user,
            display_name,
        }
    }
}

/// List the people of the office (daftar pegawai).
///
/// Lists active staff by name, for naming a person in a warning, a conflict of interest or a paper
/// report. Shows neither roles nor contact data. For staff.
#[utoipa::path(tag = "teams", params(PageQuery), responses((status = 200, description = "A page of people", body = Page<ColleagueView>)),
    extensions(("x-roles" = json!(["staff"]))))]
#[get("/colleagues")]
pub async fn list_colleagues(
    caller: Staff,
    query: Query<PageQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<ColleagueView>>> {
    let (office, limit) = (caller.0.office, page_size(query.0.limit)?);
    let after: Option<(String, Uuid)> =
        cursor
            .0
            .read(query.0.cursor.as_deref(), "colleagues", &office.0)?;
    let rows = database
        .0
        .read(async |connection| roster::colleagues(connection, office, after, limit + 1).await)
        .await?;
    let page = cursor.0.page(rows, limit, "colleagues", &office.0, |row| {
        (row.display_name.clone(), row.user.0)
    })?;
    Ok(Reply::page(page.map(ColleagueView::from)))
}
