//! `POST /me/password`.

use actix_web::{HttpRequest, post};
use serde::Deserialize;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::{FieldError, Result};
use crate::identity::address::Address;
use crate::identity::password_rules::{Owner, Password, too_long};
use crate::identity::secret_body::key_body_digest;
use crate::identity::signed_in::SignedIn;
use crate::identity::{Identity, change_password as change};
use crate::web::body::Validate;
use crate::web::{Body, IdempotentWrite, Provided, Reply};

/// The current and the new password.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The current password (kata sandi saat ini).
    #[schema(value_type = String, format = "password", example = "kuda benar baterai", max_length = 200)]
    pub current_password: Password,
    /// 12 to 200 characters, not breached, not easy to guess from your own data (kata sandi baru).
    #[schema(value_type = String, format = "password", example = "perahu hijau menuju hulu", min_length = 12, max_length = 200)]
    pub new_password: Password,
}

impl Validate for PasswordChange {
    /// Rules about the owner's names are checked later, when the account is known.
    fn errors(&self) -> Vec<FieldError> {
        let current = self
            .current_password
            .is_too_long()
            .then(|| too_long("/current_password"));
        [
            current,
            self.new_password
                .field_error(Owner::default(), "/new_password"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Change the password (ganti kata sandi).
///
/// Needs the current password. All other sessions of the user end; the current one continues.
#[utoipa::path(tag = "identity", request_body = PasswordChange, responses((status = 204, description = "The password is changed")))]
#[post("/me/password")]
pub async fn change_password(
    caller: SignedIn,
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<PasswordChange>,
) -> Result<Reply<()>> {
    let (Provided(identity), Provided(database), Body(form)) = (identity, database, form);
    let address = Address::from_request(&request, &identity.proxies);
    let checked = change::check(
        &identity,
        &database,
        &caller,
        form.current_password,
        form.new_password,
        address,
    )
    .await?;
    key_body_digest(&request, &identity);
    let mut work =
        IdempotentWrite::begin(&database, &request, caller.user.0, clock.0.now()).await?;
    change::change(&mut work, &caller, checked).await?;
    work.finish(Reply::no_content()).await
}
