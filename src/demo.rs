//! The demo office of `cargo run`: one account per role and one team, with passwords generated on
//! the first run and stored in the data folder, example tariffs, and a file at each stage of both
//! SOPs. Private mode only: a given `DATABASE_URL` never gets any of it.

mod act;
mod applications;
mod caller;
mod complaints;
pub mod files;

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use crate::certification::tariffs::examples;
use crate::error::{Error, Result};
use crate::identity::organisation::Organisation;
use crate::identity::password::Passwords;
use crate::identity::password_rules::Password;
use crate::identity::seed::{NewUser, create_customer, create_team, create_user};
use crate::ids::{OfficeId, UserId};
use crate::secrecy::random_bytes;
use crate::sop::role::{Role, Roles};

/// The file with the accounts, in the data folder.
const FILE: &str = "demo-accounts.json";

/// The team of the demo's team lead and team staff.
const TEAM: &str = "Tim Pengujian dan Kalibrasi";

/// A demo account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoAccount {
    /// The role of the account.
    pub role: Role,
    /// For signing in.
    pub email: String,
    /// For signing in.
    pub password: String,
}

/// The demo accounts: those of an earlier run, or new ones.
pub(crate) async fn accounts(
    connection: &mut PgConnection,
    passwords: &Passwords,
    office: OfficeId,
    folder: &Path,
    now: DateTime<Utc>,
) -> Result<Vec<DemoAccount>> {
    let path = folder.join(FILE);
    if let Ok(text) = tokio::fs::read(&path).await {
        return serde_json::from_slice(&text).map_err(Error::internal);
    }
    let (mut accounts, mut team) = (Vec::new(), Vec::new());
    for role in Role::all() {
        let (user, account) = account(connection, passwords, office, role, now).await?;
        accounts.push(account);
        if matches!(role, Role::TeamLead | Role::TeamStaff) {
            team.push(user);
        }
    }
    create_team(connection, office, TEAM, &team, now).await?;
    examples::import(connection, office, now).await?;
    let text = serde_json::to_vec_pretty(&accounts).map_err(Error::internal)?;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .map_err(Error::internal)?;
    std::io::Write::write_all(&mut file, &text).map_err(Error::internal)?;
    Ok(accounts)
}

async fn account(
    connection: &mut PgConnection,
    passwords: &Passwords,
    office: OfficeId,
    role: Role,
    now: DateTime<Utc>,
) -> Result<(UserId, DemoAccount)> {
    let email = format!("{}@demo.example", role.code().replace('_', "-"));
    let password = hex::encode(random_bytes::<9>());
    let hash = passwords.hash(Password::new(password.clone())).await?;
    let customer = if role == Role::Customer {
        Some(create_customer(connection, office, &organisation(), now).await?)
    } else {
        None
    };
    let name = format!("{} (demo)", role.office_term());
    let new = NewUser {
        office,
        customer,
        email: &email,
        display_name: &name,
        password_hash: &hash,
        roles: Roles::NONE.with(role),
    };
    let user = create_user(connection, &new, now).await?;
    Ok((
        user,
        DemoAccount {
            role,
            email,
            password,
        },
    ))
}

fn organisation() -> Organisation {
    serde_json::from_value(serde_json::json!({
        "name": "PT Tirta Musi Sejahtera (demo)",
        "address": {"street": "Jl. Perindustrian II No. 12", "city": "Palembang", "province": "Sumatera Selatan", "postal_code": "30152"},
    }))
    .expect("the demo organisation is written as the API takes it")
}
