//! The hash covers every field, and no byte can move between fields.

use super::*;
use crate::secrecy::MasterKey;

fn link() -> Link {
    Link {
        seq: 7,
        office_id: Uuid::from_u128(1),
        at: Some("2026-07-06T01:02:03.000004Z".parse().unwrap()),
        on_date: NaiveDate::from_ymd_opt(2026, 7, 6).unwrap(),
        actor_id: Some(Uuid::from_u128(2)),
        actor_kind: "staff".to_owned(),
        actor_roles: vec!["head".to_owned(), "pji_lead".to_owned()],
        acting: Some("plh".to_owned()),
        action: "dispose".to_owned(),
        object_ref: vec![3; 32],
        step: Some(2),
        from_stage: Some("screened".to_owned()),
        to_stage: Some("disposed".to_owned()),
        round: 1,
        draft: 2,
        detail: Some(vec![4; 60]),
        prev_hash: [5; 32],
        hash: [0; 32],
        mac: [0; 32],
    }
}

#[test]
fn a_change_of_any_field_changes_the_hash() {
    let changes: &[fn(&mut Link)] = &[
        |link| link.seq += 1,
        |link| link.office_id = Uuid::from_u128(9),
        |link| link.at = link.at.map(|at| at + chrono::TimeDelta::microseconds(1)),
        |link| link.at = None,
        |link| link.on_date = link.on_date.succ_opt().unwrap(),
        |link| link.actor_id = Some(Uuid::from_u128(9)),
        |link| link.actor_id = None,
        |link| link.actor_kind = "service".to_owned(),
        |link| drop(link.actor_roles.pop()),
        |link| link.actor_roles.reverse(),
        |link| link.actor_roles = vec!["headpji_lead".to_owned()],
        |link| link.acting = Some("plt".to_owned()),
        |link| link.acting = None,
        |link| link.acting = Some(String::new()),
        |link| link.action = "forward".to_owned(),
        |link| link.object_ref[31] ^= 1,
        |link| link.step = Some(3),
        |link| link.step = None,
        |link| link.from_stage = None,
        |link| link.to_stage = None,
        |link| (link.from_stage, link.to_stage) = (None, link.from_stage.take()),
        |link| std::mem::swap(&mut link.from_stage, &mut link.to_stage),
        |link| link.round += 1,
        |link| link.draft += 1,
        |link| (link.round, link.draft) = (link.draft, link.round),
        |link| link.detail = None,
        |link| link.detail = Some(vec![4; 61]),
        |link| link.prev_hash[0] ^= 1,
    ];
    let mut hashes: Vec<_> = changes
        .iter()
        .map(|change| {
            let mut other = link();
            change(&mut other);
            other.expected_hash()
        })
        .chain([link().expected_hash()])
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(
        hashes.len(),
        changes.len() + 1,
        "no two of them share a hash"
    );
}

#[test]
fn the_form_is_settled() {
    let hash = hex::encode(link().expected_hash());
    assert_eq!(
        hash, "dd95c315da53afc6e879f2ae2db2a6aa4022a56a61c919db0c67190b5024322c",
        "chains in use hang on this form: a new one needs a new name"
    );
}

#[test]
fn a_link_is_whole_only_in_its_place_and_under_the_key() {
    let (key, other) = (
        AuditKey::new(MasterKey::random().derive("one")),
        AuditKey::new(MasterKey::random().derive("other")),
    );
    let mut joined = link();
    joined.append_to(&key, 6, &[5; 32]);
    assert_eq!((joined.seq, joined.check(&key, 6, &[5; 32])), (7, None));
    assert_eq!(joined.check(&key, 5, &[5; 32]), Some(Breach::Missing));
    assert_eq!(joined.check(&key, 6, &[6; 32]), Some(Breach::Unlinked));
    assert_eq!(joined.check(&other, 6, &[5; 32]), Some(Breach::Forged));
    joined.draft = 1;
    assert_eq!(joined.check(&key, 6, &[5; 32]), Some(Breach::Changed));
}
