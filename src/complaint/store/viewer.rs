//! Who reads complaints, as the database is told within a transaction: the arguments of the visibility rule, and the settings of row-level security.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::casework::workflow::Asking;
use crate::complaint::file::OF_A_TEAM;
use crate::complaint::sealing::keys::Keys;
use crate::error::Result;
use crate::identity::{SignedIn, teams};
use crate::ids::{ComplaintId, OfficeId, UserId};
use crate::sop::role::{Role, Roles};

/// Somebody who reads complaints.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// How they stand: `staff`, `reporter`, `clerk` or `service`.
    pub(in crate::complaint) standing: &'static str,
    /// Their office; none for reporter and service.
    pub(in crate::complaint) office: Option<OfficeId>,
    /// Their tag in conflicts.
    pub(in crate::complaint) person: Vec<u8>,
    /// Their account, for what is written down by account; none for reporter and service.
    pub(in crate::complaint) user: Option<UserId>,
    /// Their roles that see by themselves.
    pub(in crate::complaint) roles: Vec<String>,
    /// Their roles that see what a team of theirs has.
    pub(in crate::complaint) team_roles: Vec<String>,
    /// Their teams.
    pub(in crate::complaint) teams: Vec<Uuid>,
}

impl Viewer {
    /// Says to the database, for this transaction, who asks.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn enter(
        connection: &mut PgConnection,
        who: Asking<'_>,
        case: Option<ComplaintId>,
        keys: &Keys,
    ) -> Result<Self> {
        let viewer = match who {
            Asking::Person(person) => Self::of_staff(connection, person, keys).await?,
            Asking::Reporter => Self::without_account("reporter"),
            Asking::Service => Self::without_account("service"),
        };
        viewer.declare(connection, case).await?;
        Ok(viewer)
    }

    /// Says that a clerk puts something in; they will read nothing.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn enter_as_clerk(connection: &mut PgConnection) -> Result<()> {
        Self::without_account("clerk")
            .declare(connection, None)
            .await
    }

    /// Whether conflicts and visibility are no matter: the service and the reporter of the case.
    #[must_use]
    pub fn sees_by_standing(&self) -> bool {
        self.office.is_none()
    }

    /// Under which of their roles they see a file that these roles may see, with this team: those of a team count when it is one of theirs. Whoever sees it as
    /// one thing does not read it, or act on it, as another.
    pub(super) fn roles_at(&self, visible_to: &[String], team: Option<Uuid>) -> Roles {
        let of_its_team = self
            .team_roles
            .iter()
            .filter(|_| team.is_some_and(|team| self.teams.contains(&team)));
        Roles::from_codes(
            self.roles
                .iter()
                .chain(of_its_team)
                .filter(|role| visible_to.contains(role))
                .map(String::as_str),
        )
    }

    async fn of_staff(
        connection: &mut PgConnection,
        person: &SignedIn,
        keys: &Keys,
    ) -> Result<Self> {
        Self::of_account(connection, (person.office, person.user), person.roles, keys).await
    }

    /// Somebody of the office as they would read, whoever asks.
    ///
    /// # Errors
    /// When the server refuses.
    pub(in crate::complaint) async fn of_account(
        connection: &mut PgConnection,
        (office, user): (OfficeId, UserId),
        roles: Roles,
        keys: &Keys,
    ) -> Result<Self> {
        let (of_a_team, by_themselves): (Vec<Role>, Vec<Role>) =
            roles.iter().partition(|role| OF_A_TEAM.contains(role));
        let teams = if of_a_team.is_empty() {
            Vec::new()
        } else {
            teams::teams_of(connection, user).await?
        };
        Ok(Self {
            standing: "staff",
            office: Some(office),
            person: keys.person_tag(user).to_vec(),
            user: Some(user),
            roles: by_themselves.into_iter().collect::<Roles>().codes(),
            team_roles: of_a_team.into_iter().collect::<Roles>().codes(),
            teams: teams.into_iter().map(|team| team.0).collect(),
        })
    }

    async fn declare(
        &self,
        connection: &mut PgConnection,
        case: Option<ComplaintId>,
    ) -> Result<()> {
        let teams: Vec<_> = self.teams.iter().map(Uuid::to_string).collect();
        sqlx::query!(
            r#"
            select set_config('desk.standing', $1, true) as said_standing,
                   set_config('desk.case', $2, true) as said_case,
                   set_config('desk.office', $3, true) as said_office,
                   set_config('desk.person', $4, true) as said_person,
                   set_config('desk.roles', $5, true) as said_roles,
                   set_config('desk.team_roles', $6, true) as said_team_roles,
                   set_config('desk.teams', $7, true) as said_teams,
                   set_config('desk.user', $8, true) as said_user
            "#,
            self.standing,
            case.map(|case| case.to_string()).unwrap_or_default(),
            self.office
                .map(|office| office.to_string())
                .unwrap_or_default(),
            hex::encode(&self.person),
            self.roles.join(","),
            self.team_roles.join(","),
            teams.join(","),
            self.user.map(|user| user.to_string()).unwrap_or_default(),
        )
        .fetch_one(connection)
        .await?;
        Ok(())
    }

    fn without_account(standing: &'static str) -> Self {
        Self {
            standing,
            office: None,
            person: Vec::new(),
            user: None,
            roles: Vec::new(),
            team_roles: Vec::new(),
            teams: Vec::new(),
        }
    }
}
