//! The reader of complaints within a transaction: the arguments of the visibility rule
//! `wbs.may_see`, and the session settings of row-level security.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::complaint::file::TEAM_ROLES;
use crate::complaint::sealing::keys::Keys;
use crate::error::Result;
use crate::identity::{SignedIn, teams};
use crate::ids::{ComplaintId, OfficeId, UserId};
use crate::sop::gate::Principal;
use crate::sop::role::{Role, Roles};

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
        let viewer = match caller {
            Principal::User(person) => Self::of_staff(connection, person, keys).await?,
            Principal::Reporter => Self::without_account("reporter"),
            Principal::System => Self::without_account("service"),
        };
        viewer.set_session_settings(connection, case).await?;
        Ok(viewer)
    }

    /// Sets the context of an intake clerk, which can insert and read nothing.
    pub async fn set_clerk_context(connection: &mut PgConnection) -> Result<()> {
        Self::without_account("clerk")
            .set_session_settings(connection, None)
            .await
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

    /// Sets what row-level security reads. As parameters: the text of a statement stands in the
    /// server's list of sessions and may stand in its log.
    async fn set_session_settings(
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
