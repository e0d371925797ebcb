//! Conflicts of interest: finds the staff members that a complaint concerns, before the office sees
//! the complaint. A staff member named by the reporter or in the text is barred. When that leaves a
//! role of the SOP without a holder, the complaint is referred outside the office, and the head
//! does not see it (design: whistleblowing 4.6).

use chrono::{NaiveDate, TimeDelta};
use names::{Directory, Mentions};
use serde::{Deserialize, Serialize};

use super::file::TEAM_ROLES;
use super::papers::form::Content;
use super::sop::{SOP, Stage};
use crate::identity::roster::RosterEntry;
use crate::ids::UserId;
use crate::sop::role::{Role, Roles};
use crate::sop::table::Actor;

/// Kind of conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConflictKind)]
pub enum ConflictKind {
    /// The reporter names the person as responsible (terlapor).
    Accused,
    /// The text mentions the person (diduga).
    Suspected,
    /// The person recused themselves (mengundurkan diri).
    Recused,
    /// The conflict officer declared the conflict (ditetapkan).
    Declared,
}

impl ConflictKind {
    /// Code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Accused => "accused",
            Self::Suspected => "suspected",
            Self::Recused => "recused",
            Self::Declared => "declared",
        }
    }

    /// Kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [
            Self::Accused,
            Self::Suspected,
            Self::Recused,
            Self::Declared,
        ]
        .into_iter()
        .find(|bar| bar.code() == code)
    }
}

/// Period before and after the day of a complaint in which an acting appointment makes a person
/// suspected when the complaint mentions the post.
const SUSPICION_WINDOW: TimeDelta = TimeDelta::days(365);

/// The staff of an office, indexed for screening.
pub struct Staff {
    entries: Vec<RosterEntry>,
    names: Directory,
}

/// A staff member that a complaint concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concerned {
    /// The person.
    pub user: UserId,
    /// Kind of conflict.
    pub kind: ConflictKind,
    /// Whether the reporter accuses the person by name, and not only by post.
    pub in_person: bool,
}

impl Staff {
    /// Makes the names and addresses of `entries` ready for comparison.
    pub fn new(entries: Vec<RosterEntry>) -> Self {
        let mut names = Directory::default();
        for entry in &entries {
            names.add(entry.names(), entry.addresses.iter().map(String::as_str));
        }
        Self { entries, names }
    }

    /// The members of staff.
    pub fn entries(&self) -> &[RosterEntry] {
        &self.entries
    }

    /// Finds the staff members that `content` concerns. Accused: the reporter names the person, or
    /// a post the person held on `day`. Suspected: a field or the text may mean the person or the
    /// post, the person acted in a named post at another time within `SUSPICION_WINDOW`, or the
    /// person leads others and the reporter says that the complaint concerns the leadership.
    pub fn screen(&self, content: &Content, day: NaiveDate) -> Vec<Concerned> {
        let accused = content.accused.iter();
        let of_fields: Vec<_> = accused
            .flat_map(|accused| {
                let name = self.names.in_field(&accused.name);
                let position = accused.position.as_deref().map(|post| Mentions {
                    named: [].into(),
                    ..self.names.in_field(post)
                });
                [Some(name), position]
            })
            .flatten()
            .collect();
        let texts = [
            Some(content.subject.as_str()),
            Some(content.account.as_str()),
            content.place.as_deref(),
            content.occurred.as_deref(),
        ];
        let of_texts: Vec<_> = texts
            .into_iter()
            .flatten()
            .map(|text| self.names.in_text(text))
            .collect();
        let kind_of = |n: usize, entry: &RosterEntry| {
            let (held, around) = (roles_on(entry, day), roles_around(entry, day));
            let in_person = of_fields.iter().any(|found| found.named.contains(&n));
            let by_post = of_fields.iter().any(|found| meet(held, found.named_posts));
            let kind = if in_person || by_post {
                Some(ConflictKind::Accused)
            } else {
                let leads = content.concerns_leadership
                    && Role::LEADERSHIP.into_iter().any(|role| around.has(role));
                let meant = of_fields
                    .iter()
                    .chain(&of_texts)
                    .any(|found| may_mean(found, n, around));
                (leads || meant).then_some(ConflictKind::Suspected)
            };
            kind.map(|kind| Concerned {
                user: entry.user,
                kind,
                in_person,
            })
        };
        self.entries
            .iter()
            .enumerate()
            .filter_map(|(n, entry)| kind_of(n, entry))
            .collect()
    }

    /// Finds the staff members that `text` may mean by name, address or post.
    pub fn find_mentioned(&self, text: &str, day: NaiveDate) -> Vec<UserId> {
        let found = self.names.in_text(text);
        self.entries
            .iter()
            .enumerate()
            .filter(|(n, entry)| may_mean(&found, *n, roles_around(entry, day)))
            .map(|(_, entry)| entry.user)
            .collect()
    }
}

/// Whether a text with these mentions may mean person `n` of the staff, who has or had `roles`.
fn may_mean(found: &Mentions, n: usize, roles: Roles) -> bool {
    found.named.contains(&n)
        || found.suspected.contains(&n)
        || meet(roles, found.named_posts)
        || meet(roles, found.suspected_posts)
}

/// Whether the two sets have a role in common.
fn meet(one: Roles, other: Roles) -> bool {
    one.iter().any(|role| other.has(role))
}

/// Roles of `entry` now, with those held or acted in on `day`.
pub(super) fn roles_on(entry: &RosterEntry, day: NaiveDate) -> Roles {
    let acting = entry
        .acting
        .iter()
        .chain(&entry.former)
        .filter(|acting| (acting.first_day..=acting.last_day).contains(&day));
    acting.fold(entry.roles, |roles, acting| roles.with(acting.role))
}

/// Roles of `entry` now, with those held or acted in within `SUSPICION_WINDOW` of `day`.
fn roles_around(entry: &RosterEntry, day: NaiveDate) -> Roles {
    let appointments = entry.acting.iter().chain(&entry.former).filter(|acting| {
        acting.first_day <= day + SUSPICION_WINDOW && acting.last_day >= day - SUSPICION_WINDOW
    });
    appointments.fold(entry.roles, |roles, acting| roles.with(acting.role))
}

/// Roles that the numbered steps of the SOP need, without team roles. The office cannot handle a
/// complaint when one of them has no free holder.
pub fn chain_roles() -> Vec<Role> {
    let numbered_rows = SOP
        .rows
        .iter()
        .filter(|row| row.no.is_some() && row.targets(Stage::Written).is_none());
    let persons = numbered_rows.filter_map(|row| match row.actor {
        Actor::Person(roles) => roles
            .first()
            .copied()
            .filter(|role| !TEAM_ROLES.contains(role)),
        Actor::Reporter | Actor::System => None,
    });
    persons.fold(Vec::new(), |mut roles, role| {
        if !roles.contains(&role) {
            roles.push(role);
        }
        roles
    })
}

/// Whether the office can handle the complaint: the head is not barred, and each other chain role
/// has a holder that is not barred. Team roles are checked when the complaint is forwarded to a
/// team.
pub fn chain_is_complete(holders: &[(Role, Vec<UserId>)], barred: &[UserId]) -> bool {
    holders.iter().all(|(role, people)| {
        let free = |user: &&UserId| !barred.contains(user);
        // A deputy or subordinate must not judge a matter that concerns the head.
        if *role == Role::Head {
            people.iter().all(|user| free(&user))
        } else {
            people.iter().any(|user| free(&user))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::papers::form::Accused;
    use crate::identity::roster::RolePeriod;

    fn roster() -> Vec<RosterEntry> {
        let entry = |n: u128, name: &str, role| RosterEntry {
            user: UserId(uuid::Uuid::from_u128(n)),
            display_name: name.to_owned(),
            active: true,
            roles: [role].into_iter().collect(),
            acting: Vec::new(),
            former: Vec::new(),
            other_names: Vec::new(),
            addresses: vec![format!("p{n}@bspji.example")],
        };
        vec![
            entry(1, "Ir. Sari Puspita", Role::Head),
            entry(2, "Budi Darmawan", Role::PjiLead),
            entry(3, "Darmawan Saleh", Role::TeamStaff),
        ]
    }

    fn content(account: &str, accused: &[(&str, Option<&str>)]) -> Content {
        let accused = accused.iter().map(|(name, position)| Accused {
            name: (*name).to_owned(),
            position: position.map(str::to_owned),
        });
        Content {
            subject: "Pungutan".to_owned(),
            account: account.to_owned(),
            place: None,
            occurred: None,
            accused: accused.collect(),
            concerns_leadership: false,
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn found(content: &Content) -> Vec<(u128, ConflictKind)> {
        found_in(content, &roster())
    }

    fn found_in(content: &Content, roster: &[RosterEntry]) -> Vec<(u128, ConflictKind)> {
        Staff::new(roster.to_vec())
            .screen(content, day("2026-07-06"))
            .into_iter()
            .map(|found| (found.user.0.as_u128(), found.kind))
            .collect()
    }

    #[test]
    fn whoever_is_named_is_accused_with_everybody_of_that_name() {
        assert_eq!(
            found(&content(
                "Uang diminta di loket.",
                &[("pak darmawan", None)]
            )),
            [(2, ConflictKind::Accused), (3, ConflictKind::Accused)]
        );
    }

    #[test]
    fn a_post_names_its_holder() {
        assert_eq!(
            found(&content(
                "Uang diminta.",
                &[("tidak tahu", Some("Kepala Balai"))]
            )),
            [(1, ConflictKind::Accused)]
        );
    }

    #[test]
    fn a_post_in_the_text_is_a_suspicion_of_its_holder() {
        assert_eq!(
            found(&content("Uang itu untuk Plt. Kepala BSPJI Palembang.", &[])),
            [(1, ConflictKind::Suspected)]
        );
        assert_eq!(
            found(&content("Saya sudah bilang ke Ketua PJI.", &[])),
            [(2, ConflictKind::Suspected)]
        );
    }

    #[test]
    fn whoever_acted_in_a_post_that_day_is_accused_with_its_holder_and_whoever_did_at_another_time_is_suspected()
     {
        let against = content("Uang diminta.", &[("tidak tahu", Some("Kepala Kantor"))]);
        for (first, last, bar) in [
            ("2026-07-06", "2026-07-06", Some(ConflictKind::Accused)),
            ("2026-07-07", "2026-07-09", Some(ConflictKind::Suspected)),
            ("2026-05-01", "2026-05-09", Some(ConflictKind::Suspected)),
            ("2024-05-01", "2024-05-09", None),
        ] {
            let mut roster = roster();
            roster[2].acting.push(RolePeriod {
                role: Role::Head,
                first_day: day(first),
                last_day: day(last),
            });
            let expected: Vec<_> = [Some((1, ConflictKind::Accused)), bar.map(|bar| (3, bar))]
                .into_iter()
                .flatten()
                .collect();
            assert_eq!(found_in(&against, &roster), expected, "{first}");
        }
    }

    /// Former names, addresses and posts count too.
    #[test]
    fn whoever_was_called_so_had_that_address_or_held_that_post_is_found() {
        let mut roster = roster();
        roster[2].other_names = vec!["Ratna Dewi".to_owned(), "Joko Susilo".to_owned()];
        roster[2].addresses.push("Ratna.D@bspji.example".to_owned());
        let accused = |name: &str| found_in(&content("Uang diminta.", &[(name, None)]), &roster);
        let told = |text: &str| found_in(&content(text, &[]), &roster);
        for name in [
            "Ratna Dewi",
            "bu Ratna",
            "joko",
            "ratna.d@bspji.example",
            "RATNA.D@BSPJI.EXAMPLE",
            "p3@bspji.example",
            "darmawan saleh",
        ] {
            assert!(
                accused(name).contains(&(3, ConflictKind::Accused)),
                "{name}"
            );
        }
        for text in [
            "Ratna Dewi menerimanya.",
            "Kirim ke ratna.d@bspji.example, katanya.",
            "Suratnya dari <p3@bspji.example>.",
            "Kirim ke ratna.d@lain.example.",
        ] {
            assert_eq!(told(text), [(3, ConflictKind::Suspected)], "{text}");
        }
        assert_eq!(told("Kirim ke r.d@lain.example."), []);
        for (first_day, last_day, bar) in [
            ("2026-01-01", "2026-07-06", Some(ConflictKind::Accused)),
            ("2024-01-01", "2026-07-05", Some(ConflictKind::Suspected)),
            ("2020-01-01", "2024-05-09", None),
        ] {
            roster[2].former = vec![RolePeriod {
                role: Role::Head,
                first_day: day(first_day),
                last_day: day(last_day),
            }];
            let expected: Vec<_> = [Some((1, ConflictKind::Accused)), bar.map(|bar| (3, bar))]
                .into_iter()
                .flatten()
                .collect();
            assert_eq!(
                found_in(
                    &content("Uang diminta.", &[("tidak tahu", Some("Kepala Balai"))]),
                    &roster
                ),
                expected,
                "{last_day}"
            );
        }
    }

    #[test]
    fn a_name_in_the_text_is_a_suspicion_and_an_ordinary_word_is_none() {
        assert_eq!(
            found(&content("Saya melihat Sari  PUSPITA menerimanya.", &[])),
            [(1, ConflictKind::Suspected)]
        );
        assert_eq!(
            found(&content("Baju sari dan batik dijual di loket.", &[])),
            []
        );
    }

    /// A possible match is a suspicion, which the conflict officer can lift.
    #[test]
    fn what_only_may_mean_somebody_is_a_suspicion_in_a_field_too() {
        for name in ["Puspitta", "S.P.", "atasan petugas"] {
            assert!(
                found(&content("Uang diminta.", &[(name, None)]))
                    .contains(&(1, ConflictKind::Suspected)),
                "{name}"
            );
        }
        let position = content("Uang diminta.", &[("tidak tahu", Some("ibu Puspita"))]);
        assert_eq!(found(&position), [(1, ConflictKind::Suspected)]);
    }

    #[test]
    fn whoever_leads_others_is_suspected_when_the_reporter_says_that_it_concerns_the_leadership() {
        let mut content = content("Uang diminta.", &[]);
        assert_eq!(found(&content), []);
        content.concerns_leadership = true;
        assert_eq!(
            found(&content),
            [(1, ConflictKind::Suspected), (2, ConflictKind::Suspected)]
        );
    }

    #[test]
    fn a_barred_head_breaks_the_chain_whoever_else_there_is() {
        let (head, deputy, lead, other) = (
            UserId(uuid::Uuid::from_u128(1)),
            UserId(uuid::Uuid::from_u128(4)),
            UserId(uuid::Uuid::from_u128(2)),
            UserId(uuid::Uuid::from_u128(5)),
        );
        let holders = |leads: &[UserId]| {
            vec![
                (Role::Head, vec![head, deputy]),
                (Role::PjiLead, leads.to_vec()),
            ]
        };
        assert!(chain_is_complete(&holders(&[lead]), &[]));
        assert!(!chain_is_complete(&holders(&[lead]), &[head]));
        assert!(!chain_is_complete(&holders(&[lead]), &[lead]));
        assert!(chain_is_complete(&holders(&[lead, other]), &[lead]));
        assert!(!chain_is_complete(&holders(&[]), &[]));
        assert_eq!(chain_roles(), [Role::Head, Role::PjiLead]);
    }
}
