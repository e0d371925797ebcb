//! Conflicts of interest: who may not know of a complaint, found before anybody sees it. Whoever is named by the reporter, or by name in the text, is
//! barred; when that breaks the chain of the SOP, the complaint goes outside the office, unseen by the head (design: whistleblowing 4.6).

use serde::{Deserialize, Serialize};

use super::file::OF_A_TEAM;
use super::form::Content;
use super::sop::{SOP, Stage};
use crate::identity::roster::RosterEntry;
use crate::ids::UserId;
use crate::sop::role::Role;
use crate::sop::table::Actor;

/// Why somebody is barred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConflictKind)]
pub enum Bar {
    /// Named by the reporter as the one who did it (terlapor).
    Accused,
    /// Named somewhere in the text (diduga).
    Suspected,
    /// Stepped back (mengundurkan diri).
    Recused,
    /// Declared by the conflict officer (ditetapkan).
    Declared,
}

impl Bar {
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
        [Self::Accused, Self::Suspected, Self::Recused, Self::Declared].into_iter().find(|bar| bar.code() == code)
    }
}

/// Everybody of `roster` whom `content` concerns: accused when the reporter names them, suspected when the text does.
#[must_use]
pub fn screen(content: &Content, roster: &[RosterEntry]) -> Vec<(UserId, Bar)> {
    let named: Vec<Vec<String>> = content.accused.iter().map(|accused| words(&accused.name)).collect();
    let posts: Vec<Vec<String>> =
        content.accused.iter().flat_map(|accused| [Some(accused.name.as_str()), accused.position.as_deref()]).flatten().map(words).collect();
    let told = [Some(content.subject.as_str()), Some(content.account.as_str()), content.place.as_deref(), content.occurred.as_deref()];
    let told: Vec<Vec<String>> = told.into_iter().flatten().map(words).collect();
    let concerns = |entry: &RosterEntry| {
        let name = words(&entry.display_name);
        let in_post = || entry.roles.iter().any(|role| posts.iter().any(|post| holds(post, &words(role.office_term()))));
        if named.iter().any(|given| shares_a_name(given, &name)) || in_post() {
            Some(Bar::Accused)
        } else {
            told.iter().any(|text| speaks_of(text, &name)).then_some(Bar::Suspected)
        }
    };
    roster.iter().filter_map(|entry| concerns(entry).map(|bar| (entry.user, bar))).collect()
}

/// The roles of the office that the road of the SOP passes through, but for those of a team: without one of them the chain is broken.
#[must_use]
pub fn chain() -> Vec<Role> {
    let road = SOP.rows.iter().filter(|row| row.no.is_some() && row.targets(Stage::Written).is_none());
    let persons = road.filter_map(|row| match row.actor {
        Actor::Person(roles) => roles.first().copied().filter(|role| !OF_A_TEAM.contains(role)),
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
        if *role == Role::Head { people.iter().all(|user| free(&user)) } else { people.iter().any(|user| free(&user)) }
    })
}

fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect()
}

/// Titles and initials name nobody.
fn tells(word: &str) -> bool {
    word.chars().count() >= 3 && !["drs", "dra", "bapak", "pak", "ibu", "bin", "binti", "demo"].contains(&word)
}

fn shares_a_name(given: &[String], name: &[String]) -> bool {
    given.iter().any(|word| tells(word) && name.contains(word))
}

/// The whole name, or two neighbouring words of it.
fn speaks_of(text: &[String], name: &[String]) -> bool {
    let name: Vec<_> = name.iter().filter(|word| tells(word)).cloned().collect();
    match name.len() {
        0 => false,
        1 => text.contains(&name[0]),
        _ => name.windows(2).any(|pair| holds(text, pair)),
    }
}

fn holds(text: &[String], part: &[String]) -> bool {
    !part.is_empty() && text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::form::Accused;

    fn roster() -> Vec<RosterEntry> {
        let entry = |n: u128, name: &str, role| RosterEntry {
            user: UserId(uuid::Uuid::from_u128(n)),
            display_name: name.to_owned(),
            roles: [role].into_iter().collect(),
        };
        vec![entry(1, "Ir. Sari Puspita", Role::Head), entry(2, "Budi Darmawan", Role::PjiLead), entry(3, "Darmawan Saleh", Role::TeamStaff)]
    }

    fn content(account: &str, accused: &[(&str, Option<&str>)]) -> Content {
        let accused = accused.iter().map(|(name, position)| Accused { name: (*name).to_owned(), position: position.map(str::to_owned) });
        Content { subject: "Pungutan".to_owned(), account: account.to_owned(), place: None, occurred: None, accused: accused.collect() }
    }

    fn found(content: &Content) -> Vec<(u128, Bar)> {
        screen(content, &roster()).into_iter().map(|(user, bar)| (user.0.as_u128(), bar)).collect()
    }

    #[test]
    fn whoever_is_named_is_accused_with_everybody_of_that_name() {
        assert_eq!(found(&content("Uang diminta di loket.", &[("pak darmawan", None)])), [(2, Bar::Accused), (3, Bar::Accused)]);
    }

    #[test]
    fn a_post_names_its_holder() {
        assert_eq!(found(&content("Uang diminta.", &[("tidak tahu", Some("Kepala Balai"))])), [(1, Bar::Accused)]);
    }

    #[test]
    fn a_name_in_the_text_is_a_suspicion_and_half_a_name_is_none() {
        assert_eq!(found(&content("Saya melihat Sari  PUSPITA menerimanya.", &[])), [(1, Bar::Suspected)]);
        assert_eq!(found(&content("Baju sari dan batik dijual di loket.", &[])), []);
    }

    #[test]
    fn a_barred_head_breaks_the_chain_whoever_else_there_is() {
        let (head, deputy, lead, other) =
            (UserId(uuid::Uuid::from_u128(1)), UserId(uuid::Uuid::from_u128(4)), UserId(uuid::Uuid::from_u128(2)), UserId(uuid::Uuid::from_u128(5)));
        let holders = |leads: &[UserId]| vec![(Role::Head, vec![head, deputy]), (Role::PjiLead, leads.to_vec())];
        assert!(chain_holds(&holders(&[lead]), &[]));
        assert!(!chain_holds(&holders(&[lead]), &[head]));
        assert!(!chain_holds(&holders(&[lead]), &[lead]));
        assert!(chain_holds(&holders(&[lead, other]), &[lead]));
        assert!(!chain_holds(&holders(&[]), &[]));
        assert_eq!(chain(), [Role::Head, Role::PjiLead]);
    }
}
