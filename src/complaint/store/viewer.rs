//! The reader of complaints within a transaction: the arguments of the visibility rule
//! `wbs.may_see`, and the session settings of row-level security.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::complaint::file::TEAM_ROLES;
use crate::complaint::sealing::keys::Keys;
use crate::database::{Database, LocalSettings, Transaction};
use crate::error::Result;
use crate::identity::{SignedIn, teams};
use crate::ids::{ComplaintId, OfficeId, UserId};
use crate::sop::gate::Principal;
use crate::sop::role::{Role, Roles};

/// How the server plans the statements of a reading transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planning {
    /// As it finds cheapest, mostly once for all values.
    Usual,
    /// For the values of each statement. For a list, because a plan for any values expects a page to
    /// cover most of the table and scans it.
    ForValues,
}

/// A reader of complaints.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Value of `desk.standing`: `staff`, `reporter`, `clerk` or `service`.
    pub(in crate::complaint) standing: &'static str,
    /// Office; none for reporter and service.
    pub(in crate::complaint) office: Option<OfficeId>,
    /// Tag of the person in conflicts.
    pub(in crate::complaint) person: Vec<u8>,
    /// User account; none for reporter and service.
    pub(in crate::complaint) user: Option<UserId>,
    /// Roles that see complaints of the whole office.
    pub(in crate::complaint) roles: Vec<String>,
    /// Roles that see the complaints of their teams only.
    pub(in crate::complaint) team_roles: Vec<String>,
    /// Teams of the person.
    pub(in crate::complaint) teams: Vec<Uuid>,
}

impl Viewer {
    /// Sets the context of row-level security for the rest of the transaction.
    pub async fn set_context(
        connection: &mut PgConnection,
        caller: Principal<&SignedIn>,
        case: Option<ComplaintId>,
        keys: &Keys,
    ) -> Result<Self> {
        let viewer = Self::of(connection, caller, keys).await?;
        viewer.settings(case)?.apply(connection).await?;
        Ok(viewer)
    }

    /// Begins a transaction in the context of `caller`.
    pub async fn begin(
        database: &Database,
        caller: Principal<&SignedIn>,
        case: Option<ComplaintId>,
        keys: &Keys,
    ) -> Result<(Transaction, Self)> {
        let mut connection = database.connection().await?;
        let viewer = Self::of(&mut connection, caller, keys).await?;
        let transaction = Transaction::begin(connection, viewer.settings(case)?).await?;
        Ok((transaction, viewer))
    }

    /// Begins a transaction that reads in the context of `caller` (`Transaction::begin_read`), with
    /// `planning` set too.
    pub async fn begin_read(
        database: &Database,
        caller: Principal<&SignedIn>,
        case: Option<ComplaintId>,
        keys: &Keys,
        planning: Planning,
    ) -> Result<(Transaction, Self)> {
        let mut connection = database.connection().await?;
        let viewer = Self::of(&mut connection, caller, keys).await?;
        let settings = viewer.settings(case)?;
        let settings = match planning {
            Planning::Usual => settings,
            Planning::ForValues => settings.with("plan_cache_mode", "force_custom_plan")?,
        };
        let transaction = Transaction::begin_read(connection, settings).await?;
        Ok((transaction, viewer))
    }

    /// Begins a transaction in the context of an intake clerk, which can insert and read nothing.
    pub async fn begin_as_clerk(database: &Database) -> Result<Transaction> {
        let settings = Self::without_account("clerk").settings(None)?;
        Transaction::begin(database.connection().await?, settings).await
    }

    async fn of(
        connection: &mut PgConnection,
        caller: Principal<&SignedIn>,
        keys: &Keys,
    ) -> Result<Self> {
        Ok(match caller {
            Principal::User(person) => Self::of_staff(connection, person, keys).await?,
            Principal::Reporter => Self::without_account("reporter"),
            Principal::System => Self::without_account("service"),
        })
    }

    /// Whether conflicts and the visibility rule do not apply: the service and the reporter of the
    /// case.
    pub fn bypasses_visibility(&self) -> bool {
        self.office.is_none()
    }

    /// The viewer's roles that see a complaint with these `visible_to` roles and this team. Team
    /// roles count only when the team is one of the viewer's. A viewer reads and acts only under a
    /// role that sees the complaint.
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

    /// The viewer of a staff account, independent of the caller.
    pub(in crate::complaint) async fn of_account(
        connection: &mut PgConnection,
        (office, user): (OfficeId, UserId),
        roles: Roles,
        keys: &Keys,
    ) -> Result<Self> {
        let (of_a_team, by_themselves): (Vec<Role>, Vec<Role>) =
            roles.iter().partition(|role| TEAM_ROLES.contains(role));
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

    /// The settings that row-level security reads.
    fn settings(&self, case: Option<ComplaintId>) -> Result<LocalSettings> {
        let teams: Vec<_> = self.teams.iter().map(Uuid::to_string).collect();
        let text = |id: Option<String>| id.unwrap_or_default();
        LocalSettings::default()
            .with("desk.standing", self.standing)?
            .with("desk.case", &text(case.map(|id| id.to_string())))?
            .with("desk.office", &text(self.office.map(|id| id.to_string())))?
            .with("desk.person", &hex::encode(&self.person))?
            .with("desk.roles", &self.roles.join(","))?
            .with("desk.team_roles", &self.team_roles.join(","))?
            .with("desk.teams", &teams.join(","))?
            .with("desk.user", &text(self.user.map(|id| id.to_string())))
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

/// Returns the tags of those `people` that may see the complaint under the role given beside them,
/// and that have done none of the tasks `barring` on its current draft.
pub async fn with_access(
    connection: &mut PgConnection,
    case: ComplaintId,
    people: &[(UserId, Role)],
    barring: &[&str],
    keys: &Keys,
) -> Result<Vec<Vec<u8>>> {
    let users: Vec<_> = people.iter().map(|(user, _)| user.0).collect();
    let tags: Vec<_> = people
        .iter()
        .map(|(user, _)| keys.person_tag(*user).to_vec())
        .collect();
    let roles: Vec<String> = people
        .iter()
        .map(|(_, role)| role.code().to_owned())
        .collect();
    let in_a_team: Vec<bool> = people
        .iter()
        .map(|(_, role)| TEAM_ROLES.contains(role))
        .collect();
    let barring: Vec<String> = barring.iter().map(|task| (*task).to_owned()).collect();
    let case_ref = keys.case_ref(case);
    let seen = sqlx::query_scalar!(
        r#"
        select t.tag as "tag!"
        from unnest($2::uuid[], $3::bytea[], $4::text[], $5::boolean[]) as t (user_id, tag, role, in_a_team)
        join wbs.complaint c on c.id = $1
        where wbs.may_see(c, c.office_id, t.tag,
                  case when t.in_a_team then '{}' else array[t.role] end,
                  case when t.in_a_team then array[t.role] else '{}' end,
                  array(select m.team_id from team_member m join team on team.id = m.team_id and team.active where m.user_id = t.user_id))
          and not exists (
              select from audit.event e
              where e.object_ref = $6
                and e.draft = c.draft
                and c.draft > 0
                and e.action = any ($7)
                and e.actor_id = t.user_id
          )
        "#,
        case.0,
        &users,
        &tags,
        &roles,
        &in_a_team,
        case_ref.as_slice(),
        &barring,
    );
    Ok(seen.fetch_all(connection).await?)
}
