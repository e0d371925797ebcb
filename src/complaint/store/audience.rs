//! Applies the visibility rule to many staff members at once.

use sqlx::PgConnection;

use crate::complaint::file::TEAM_ROLES;
use crate::complaint::sealing::keys::Keys;
use crate::error::Result;
use crate::ids::{ComplaintId, UserId};
use crate::sop::role::Role;

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
