//! Sums by group: open files by stage and age, deficiencies, audit days, and rows by scheme, month
//! and province.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::certification::sop::{SOP, Stage};
use crate::error::Text;
use crate::reporting::realization::row::{Deficiency, NoticeRealization, RealizationRow};
use crate::sop::table::Stage as _;

/// The upper limits of the age groups, in days since receipt; the last group is open-ended.
pub const AGES: [Option<i64>; 5] = [Some(2), Some(7), Some(14), Some(30), None];

/// Open files at one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Backlog {
    /// The stage.
    pub stage: Stage,
    /// The number of files.
    #[schema(example = 5)]
    pub count: u64,
    /// The files of each age group, youngest first.
    pub ages: Vec<AgeCount>,
}

/// The files of one age group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AgeCount {
    /// The minimum number of days since receipt.
    #[schema(example = 3)]
    pub from_days: i64,
    /// The maximum number of days; null for the oldest group.
    #[schema(required, example = 7)]
    pub to_days: Option<i64>,
    /// The number of files.
    #[schema(example = 2)]
    pub count: u64,
}

/// A document that was missing or unfit, over all rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DeficiencyTally {
    /// The row of the checklist.
    #[schema(example = "P07")]
    pub requirement: String,
    /// Name of the document.
    pub title: Text,
    /// The number of occurrences in all rounds of all files.
    #[schema(example = 7)]
    pub items: u64,
    /// The number of files.
    #[schema(example = 6)]
    pub files: u64,
}

/// The audit days of an auditor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AuditorTally {
    /// As named in the notices.
    #[schema(example = "Ir. Sri Wahyuni, M.T.")]
    pub name: String,
    /// The number of audits.
    #[schema(example = 4)]
    pub audits: u64,
    /// The days of those audits.
    #[schema(example = 9)]
    pub days: u64,
}

/// Rows of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct GroupTally {
    /// The group key.
    #[schema(example = "quality_iso9001")]
    pub key: String,
    /// The number of files.
    #[schema(example = 20)]
    pub count: u64,
    /// Open files.
    #[schema(example = 6)]
    pub open: u64,
    /// Files with the notice sent.
    #[schema(example = 13)]
    pub sent: u64,
    /// Files rejected, withdrawn or expired.
    #[schema(example = 1)]
    pub ended_aside: u64,
}

#[derive(Debug, Default)]
pub(super) struct Backlogs {
    stages: BTreeMap<&'static str, [u64; AGES.len()]>,
}

impl Backlogs {
    pub(super) fn add(&mut self, row: &RealizationRow) {
        let Some(age) = row.age_days else { return };
        let place = AGES
            .iter()
            .position(|to| to.is_none_or(|to| age <= to))
            .unwrap_or(AGES.len() - 1);
        self.stages.entry(row.stage.code()).or_default()[place] += 1;
    }

    /// In the order of the stages.
    pub(super) fn lines(self) -> Vec<Backlog> {
        let line = |stage: Stage| {
            let counts = self.stages.get(stage.code())?;
            let mut from_days = 0;
            let ages = AGES.iter().zip(counts).map(|(to_days, count)| {
                let age = AgeCount {
                    from_days,
                    to_days: *to_days,
                    count: *count,
                };
                from_days = to_days.map_or(from_days, |to| to + 1);
                age
            });
            Some(Backlog {
                stage,
                count: counts.iter().sum(),
                ages: ages.collect(),
            })
        };
        Stage::all().filter_map(line).collect()
    }
}

#[derive(Debug, Default)]
pub(super) struct Deficiencies {
    known: BTreeMap<(String, String), DeficiencyTally>,
}

impl Deficiencies {
    pub(super) fn add(&mut self, of_file: &[Deficiency]) {
        for Deficiency {
            requirement,
            title,
            rounds,
        } in of_file
        {
            // Schemes share codes, but the same code may stand for another document.
            let known = self
                .known
                .entry((requirement.clone(), title.id.to_string()))
                .or_insert_with(|| DeficiencyTally {
                    requirement: requirement.clone(),
                    title: title.clone(),
                    items: 0,
                    files: 0,
                });
            known.items += u64::from(*rounds);
            known.files += 1;
        }
    }

    pub(super) fn lines(self) -> Vec<DeficiencyTally> {
        let mut lines: Vec<_> = self.known.into_values().collect();
        lines.sort_by_key(|line| (Reverse(line.items), line.requirement.clone()));
        lines
    }
}

#[derive(Debug, Default)]
pub(super) struct AuditorDays {
    known: BTreeMap<String, (u64, u64)>,
}

impl AuditorDays {
    pub(super) fn add(&mut self, notice: Option<&NoticeRealization>) {
        let Some(notice) = notice else { return };
        let days = notice.audit_dates.len() as u64;
        for name in notice.team_lead.iter().chain(&notice.team_members) {
            let (audits, sum) = self.known.entry(name.clone()).or_default();
            *audits += 1;
            *sum += days;
        }
    }

    pub(super) fn lines(self) -> Vec<AuditorTally> {
        let mut lines: Vec<_> = self
            .known
            .into_iter()
            .map(|(name, (audits, days))| AuditorTally { name, audits, days })
            .collect();
        lines.sort_by_key(|line| Reverse(line.days));
        lines
    }
}

#[derive(Debug, Default)]
pub(super) struct Groups {
    known: BTreeMap<String, [u64; 3]>,
}

impl Groups {
    pub(super) fn add(&mut self, key: &str, row: &RealizationRow) {
        if !self.known.contains_key(key) {
            self.known.insert(key.to_owned(), [0; 3]);
        }
        if let Some(counts) = self.known.get_mut(key) {
            let place = if !SOP.is_over(row.stage) {
                0
            } else if row.stage == Stage::NoticeSent {
                1
            } else {
                2
            };
            counts[place] += 1;
        }
    }

    pub(super) fn lines(self) -> Vec<GroupTally> {
        let line = |(key, [open, sent, ended_aside]): (String, [u64; 3])| GroupTally {
            key,
            count: open + sent + ended_aside,
            open,
            sent,
            ended_aside,
        };
        self.known.into_iter().map(line).collect()
    }
}
