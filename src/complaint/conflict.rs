//! Conflicts of interest: who may not know of a complaint, found before anybody sees it. Whoever is named by the reporter, or by name in the text, is
//! barred; when that breaks the chain of the SOP, the complaint goes outside the office, unseen by the head (design: whistleblowing 4.6).

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use super::file::OF_A_TEAM;
use super::names::naming::{Name, holds, means_post, speaks_of_post, words};
use super::papers::form::Content;
use super::sop::{SOP, Stage};
use crate::identity::roster::RosterEntry;
use crate::ids::UserId;
use crate::sop::role::{Role, Roles};
use crate::sop::table::Actor;

/// Why somebody is barred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConflictKind)]
pub enum ConflictKind {
    /// Named by the reporter as the one who did it (terlapor).
    Accused,
    /// Named somewhere in the text (diduga).
    Suspected,
    /// Stepped back (mengundurkan diri).
    Recused,
    /// Declared by the conflict officer (ditetapkan).
    Declared,
}

impl ConflictKind {
    /// The code kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Accused => "accused",
            Self::Suspected => "suspected",
            Self::Recused => "recused",
            Self::Declared => "declared",
        }
    }

    /// The bar with this code.
    #[must_use]
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

/// How long before or after the day of a complaint an appointment to act makes somebody suspected when it speaks of the post.
const AROUND: TimeDelta = TimeDelta::days(365);

/// Everybody of `roster` whom `content` concerns: accused when the reporter names them, or a post that they held on `day`; suspected when the text speaks of
/// them or their post, or when they acted in it at another time of that year.
#[must_use]
pub fn screen(
    content: &Content,
    roster: &[RosterEntry],
    day: NaiveDate,
) -> Vec<(UserId, ConflictKind)> {
    let asked = content
        .accused
        .iter()
        .flat_map(|accused| [Some(accused.name.as_str()), accused.position.as_deref()]);
    let posts: Vec<_> = asked.flatten().map(words).collect();
    let told = [
        Some(content.subject.as_str()),
        Some(content.account.as_str()),
        content.place.as_deref(),
        content.occurred.as_deref(),
    ];
    let spoken_of = speaks_of(told.into_iter().flatten(), roster, day);
    let concerns = |entry: &RosterEntry| {
        let in_post = |held: Roles| {
            held.iter()
                .any(|role| posts.iter().any(|post| means_post(post, role)))
        };
        if is_named(content, entry) || in_post(held_on(entry, day)) {
            Some(ConflictKind::Accused)
        } else {
            (in_post(held_around(entry, day)) || spoken_of.contains(&entry.user))
                .then_some(ConflictKind::Suspected)
        }
    };
    roster
        .iter()
        .filter_map(|entry| concerns(entry).map(|bar| (entry.user, bar)))
        .collect()
}

/// Whether the reporter names `entry` as one who did it, and not only a post.
#[must_use]
pub fn is_named(content: &Content, entry: &RosterEntry) -> bool {
    content.accused.iter().any(|accused| {
        let given = Name::of(&accused.name);
        entry.names().any(|name| Name::of(name).is_meant_by(&given))
            || is_addressed(entry, &words(&accused.name))
    })
}

/// Everybody of `roster` of whom one of `texts` speaks, by name or by post.
#[must_use]
pub fn speaks_of<'a>(
    texts: impl IntoIterator<Item = &'a str>,
    roster: &[RosterEntry],
    day: NaiveDate,
) -> Vec<UserId> {
    let texts: Vec<_> = texts.into_iter().map(words).collect();
    let posts: Roles = Role::all()
        .filter(|role| texts.iter().any(|text| speaks_of_post(text, *role)))
        .collect();
    let meant = |entry: &&RosterEntry| {
        let names: Vec<_> = entry.names().map(Name::of).collect();
        let is_meant_in = |text: &Vec<String>| {
            names.iter().any(|name| name.is_in(text)) || is_addressed(entry, text)
        };
        held_around(entry, day).iter().any(|role| posts.has(role)) || texts.iter().any(is_meant_in)
    };
    roster
        .iter()
        .filter(meant)
        .map(|entry| entry.user)
        .collect()
}

/// Whether `text` has an e-mail address of `entry`, of now or of before.
fn is_addressed(entry: &RosterEntry, text: &[String]) -> bool {
    entry
        .addresses
        .iter()
        .any(|address| holds(text, &words(address)))
}

/// What `entry` holds, and held or acted as on `day`.
pub(super) fn held_on(entry: &RosterEntry, day: NaiveDate) -> Roles {
    let acting = entry
        .acting
        .iter()
        .chain(&entry.former)
        .filter(|acting| (acting.first_day..=acting.last_day).contains(&day));
    acting.fold(entry.roles, |roles, acting| roles.with(acting.role))
}

/// What `entry` holds, and held or acted as within a year of `day`.
fn held_around(entry: &RosterEntry, day: NaiveDate) -> Roles {
    let near = entry
        .acting
        .iter()
        .chain(&entry.former)
        .filter(|acting| acting.first_day <= day + AROUND && acting.last_day >= day - AROUND);
    near.fold(entry.roles, |roles, acting| roles.with(acting.role))
}

/// The roles of the office that the road of the SOP passes through, but for those of a team: without one of them the chain is broken.
#[must_use]
pub fn chain() -> Vec<Role> {
    let road = SOP
        .rows
        .iter()
        .filter(|row| row.no.is_some() && row.targets(Stage::Written).is_none());
    let persons = road.filter_map(|row| match row.actor {
        Actor::Person(roles) => roles
            .first()
            .copied()
            .filter(|role| !OF_A_TEAM.contains(role)),
        Actor::Reporter | Actor::System => None,
    });
    persons.fold(Vec::new(), |mut roles, role| {
        if !roles.contains(&role) {
            roles.push(role);
        }
        roles
    })
}

/// Whether the office can carry the complaint: the head is not barred, and each further role that acts by itself has a holder who is not.
/// Team roles are looked at when the complaint is forwarded to a team.
#[must_use]
pub fn chain_holds(holders: &[(Role, Vec<UserId>)], barred: &[UserId]) -> bool {
    holders.iter().all(|(role, people)| {
        let free = |user: &&UserId| !barred.contains(user);
        // Nobody answers for the head in a matter of the head's own: subordinates and deputies do not judge it.
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
    use crate::identity::roster::Acting;

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
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn found(content: &Content) -> Vec<(u128, ConflictKind)> {
        found_in(content, &roster())
    }

    fn found_in(content: &Content, roster: &[RosterEntry]) -> Vec<(u128, ConflictKind)> {
        screen(content, roster, day("2026-07-06"))
            .into_iter()
            .map(|(user, bar)| (user.0.as_u128(), bar))
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
            roster[2].acting.push(Acting {
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

    /// Row 19.
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
        ] {
            assert_eq!(told(text), [(3, ConflictKind::Suspected)], "{text}");
        }
        assert_eq!(told("Kirim ke ratna.d@lain.example."), []);
        for (first_day, last_day, bar) in [
            ("2026-01-01", "2026-07-06", Some(ConflictKind::Accused)),
            ("2024-01-01", "2026-07-05", Some(ConflictKind::Suspected)),
            ("2020-01-01", "2024-05-09", None),
        ] {
            roster[2].former = vec![Acting {
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
    fn a_name_in_the_text_is_a_suspicion_and_half_a_name_is_none() {
        assert_eq!(
            found(&content("Saya melihat Sari  PUSPITA menerimanya.", &[])),
            [(1, ConflictKind::Suspected)]
        );
        assert_eq!(
            found(&content("Baju sari dan batik dijual di loket.", &[])),
            []
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
        assert!(chain_holds(&holders(&[lead]), &[]));
        assert!(!chain_holds(&holders(&[lead]), &[head]));
        assert!(!chain_holds(&holders(&[lead]), &[lead]));
        assert!(chain_holds(&holders(&[lead, other]), &[lead]));
        assert!(!chain_holds(&holders(&[]), &[]));
        assert_eq!(chain(), [Role::Head, Role::PjiLead]);
    }
}
