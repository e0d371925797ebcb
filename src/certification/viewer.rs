//! The caller of a read, as the parameters of the visibility rule in SQL.

use uuid::Uuid;

use crate::identity::SignedIn;
use crate::sop::gate::Principal;

/// The caller as parameters of `may_see`: office, customer, roles. The service sees everything.
pub(super) struct Viewer {
    pub(super) office: Option<Uuid>,
    pub(super) customer: Option<Uuid>,
    pub(super) roles: Vec<String>,
    pub(super) user: Option<Uuid>,
}

impl Viewer {
    pub(super) fn of(caller: Principal<&SignedIn>) -> Self {
        match caller {
            Principal::User(person) => Self {
                office: Some(person.office.0),
                customer: person.customer.map(|customer| customer.0),
                roles: person.roles.codes(),
                user: Some(person.user.0),
            },
            Principal::Reporter | Principal::System => Self {
                office: None,
                customer: None,
                roles: Vec::new(),
                user: None,
            },
        }
    }
}
