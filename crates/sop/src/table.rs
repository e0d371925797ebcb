//! The data model of a printed SOP: rows of step, actor, moves, standard time, inputs and outputs.
//! Pure data; no web, no SQL.

use serde::Serialize;

use super::role::{Role, Roles};
use super::text::Term;

/// A task of a workflow: `Copy` enum, one variant per row of its table.
pub trait Task: Copy + Eq + std::fmt::Debug + Send + Sync + 'static {
    /// The stages of its files.
    type Stage: Stage;

    /// Every task, in the order of the table.
    fn all() -> impl Iterator<Item = Self>;

    /// The stable code: operation id, file name and journal entry.
    fn code(self) -> &'static str;

    /// The task with this code, if there is one.
    fn from_code(code: &str) -> Option<Self>;

    /// The table of this task.
    fn sop() -> &'static Sop<Self>;
}

/// A stage of a file: `Copy` enum.
pub trait Stage: Copy + Eq + std::fmt::Debug + Send + Sync + 'static {
    /// Every stage, in order; a file begins at the first.
    fn all() -> impl Iterator<Item = Self>;

    /// The stable code used in JSON and the database.
    fn code(self) -> &'static str;

    /// The stage with this code, if there is one.
    fn from_code(code: &str) -> Option<Self>;
}

/// The actor of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A holder of one of these roles; the first is the one the print names.
    Person(&'static [Role]),
    /// Pelapor: the holder of the file's receipt code. The reporter has no account and no role.
    Reporter,
    /// The service itself, when a deadline has passed.
    System,
}

impl Actor {
    /// The codes of the roles, or `reporter` or `system`, joined by a comma.
    pub fn code(self) -> String {
        match self {
            Self::Person(roles) => roles
                .iter()
                .map(|role| role.code())
                .collect::<Vec<_>>()
                .join(", "),
            Self::Reporter => "reporter".to_owned(),
            Self::System => "system".to_owned(),
        }
    }

    /// The office's terms.
    pub fn office_term(self) -> String {
        match self {
            Self::Person(roles) => roles
                .iter()
                .map(|role| role.office_term())
                .collect::<Vec<_>>()
                .join(" / "),
            Self::Reporter => "Pelapor".to_owned(),
            Self::System => "Sistem".to_owned(),
        }
    }

    /// True if `role` may act.
    pub fn admits(self, role: Role) -> bool {
        match self {
            Self::Person(roles) => roles.contains(&role),
            Self::Reporter | Self::System => false,
        }
    }

    /// The party on the clock while the file waits for this actor.
    pub fn party(self) -> Party {
        if self == Self::Reporter || self.admits(Role::Customer) {
            Party::Customer
        } else {
            Party::Office
        }
    }
}

/// The party on the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// Kantor: measured against the standard time.
    Office,
    /// Pelanggan, or the reporter of a complaint: measured and reported, never counted as the
    /// office's lateness.
    Customer,
}

impl Party {
    /// The code stored in the ledger.
    pub fn code(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Customer => "customer",
        }
    }
}

/// Standard time (waktu baku) in minutes of working time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandardTime(pub u32);

/// A standard time of so many minutes.
pub const fn minutes(minutes: u32) -> StandardTime {
    StandardTime(minutes)
}

/// A standard time of so many working days of 450 minutes, as the whistle-blowing SOP counts them
/// (its step 7: 450 minutes for a day).
pub const fn working_days(days: u32) -> StandardTime {
    StandardTime(days * 450)
}

/// The source of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Read in the printed SOP.
    Print,
    /// Chosen where the print is silent or damaged; an answer from the office changes the row.
    Reading,
}

/// A move the row allows: from one stage to one of several.
pub type Move<S> = (S, &'static [S]);

/// One row of the printed table.
#[derive(Debug)]
pub struct Row<T: Task> {
    /// The printed step number; none for side rows (returns, initials, exits, payment).
    pub no: Option<u8>,
    /// The numbered step that includes the time of this side row.
    pub part_of: Option<u8>,
    /// The task.
    pub task: T,
    /// The actor.
    pub actor: Actor,
    /// The moves from stage to stage; a branch lists several targets.
    pub moves: &'static [Move<T::Stage>],
    /// The standard time of a numbered step.
    pub within: Option<StandardTime>,
    /// Kelengkapan.
    pub takes: &'static [Term],
    /// Output.
    pub gives: &'static [Term],
    /// Four eyes: one of these tasks on the same draft bars its doer from this one.
    pub never_by: &'static [T],
    /// Four eyes: *all* of these tasks on the same draft bar their doer from this one. One of them
    /// alone does not.
    pub never_by_all: &'static [T],
    /// Done at most once per draft, by any person: a paraf is not given twice.
    pub once: bool,
    /// True if the row shows the file to its roles. False for rows by which a person steps back,
    /// and for rows that act on a closed file.
    pub shows: bool,
    /// Stages at which the row does not show the file although the task is possible: at these
    /// stages there may be nothing to do yet.
    pub unshown_at: &'static [T::Stage],
    /// The title, in English and in the office's terms.
    pub title: Term,
    /// The source: print or reading.
    pub basis: Basis,
}

impl<T: Task> Row<T> {
    /// The possible next stages from `from`; none when the row does not start there.
    pub fn targets(&self, from: T::Stage) -> Option<&'static [T::Stage]> {
        self.moves
            .iter()
            .find(|(at, _)| *at == from)
            .map(|(_, to)| *to)
    }

    /// True if a file at `stage` is shown to the roles of this row.
    pub fn shows_at(&self, stage: T::Stage) -> bool {
        self.shows && self.targets(stage).is_some() && !self.unshown_at.contains(&stage)
    }

    /// True if this row always changes the stage when taken from `stage`. Rows that may keep the
    /// stage (as a conflict mostly does), and side exits (`shows == false`), do not count.
    pub fn leads_on(&self, stage: T::Stage) -> bool {
        self.shows
            && self
                .targets(stage)
                .is_some_and(|to| to.iter().all(|to| *to != stage))
    }
}

/// The printed head of an SOP, which is part of the official document and served with it.
#[derive(Debug)]
pub struct Head {
    /// Dasar hukum.
    pub legal_basis: &'static [&'static str],
    /// Kualifikasi pelaksana.
    pub qualifications: &'static [&'static str],
    /// Keterkaitan.
    pub related: &'static [&'static str],
    /// Perlengkapan/peralatan.
    pub equipment: &'static [&'static str],
    /// Peringatan.
    pub warning: &'static str,
    /// Pencatatan dan pendataan.
    pub records: &'static [&'static str],
}

/// A whole SOP: its head and its rows.
#[derive(Debug)]
pub struct Sop<T: Task> {
    /// `cert` or `wbs`.
    pub code: &'static str,
    /// The title.
    pub title: Term,
    /// The printed head.
    pub head: Head,
    /// The roles that are responsible for the office's work. They see every file after step 1, also
    /// where no row names them.
    pub overseers: &'static [Role],
    /// The roles that read the record of this SOP although no row names them. They watch the
    /// office's work and do not see single files.
    pub watchers: &'static [Role],
    /// The rows, numbered ones in printed order.
    pub rows: &'static [Row<T>],
}

impl<T: Task> Sop<T> {
    /// The row of `task`.
    ///
    /// # Panics
    /// Never: a test walks every task of every table.
    pub fn row(&'static self, task: T) -> &'static Row<T> {
        self.rows
            .iter()
            .find(|row| row.task == task)
            .expect("every task has its row; a test proves it")
    }

    /// The numbered row a file at `stage` waits for; its standard time is running.
    pub fn waiting_at(&'static self, stage: T::Stage) -> Option<&'static Row<T>> {
        let starting_here = || {
            self.rows
                .iter()
                .filter(move |row| row.targets(stage).is_some())
        };
        starting_here()
            .find(|row| row.no.is_some())
            .or_else(|| starting_here().find_map(|row| row.part_of.and_then(|no| self.step(no))))
    }

    /// The row with this printed number.
    pub fn step(&'static self, no: u8) -> Option<&'static Row<T>> {
        self.rows.iter().find(|row| row.no == Some(no))
    }

    /// The rows a file at `stage` waits for: the numbered ones of people that start there; else the
    /// parts of the measured step; else, where no step is measured, the rows of people that lead
    /// onwards. A side exit, and the part of a step that is not measured there (as a return), is
    /// open to its actor, but the file does not wait for it. The desk, the notifications and the
    /// escalation all use this function.
    pub fn rows_waited_for(&'static self, stage: T::Stage) -> Vec<&'static Row<T>> {
        let starting = || {
            self.rows.iter().filter(move |row| {
                row.targets(stage).is_some() && matches!(row.actor, Actor::Person(_))
            })
        };
        let Some(measured) = self.waiting_at(stage) else {
            return starting().filter(|row| row.leads_on(stage)).collect();
        };
        let numbered: Vec<_> = starting().filter(|row| row.no.is_some()).collect();
        if numbered.is_empty() {
            starting()
                .filter(|row| row.part_of == measured.no)
                .collect()
        } else {
            numbered
        }
    }

    /// The roles of [`Self::rows_waited_for`]: a file at `stage` is on their desks.
    pub fn roles_waited_for(&'static self, stage: T::Stage) -> Roles {
        let rows = self.rows_waited_for(stage);
        Role::all()
            .filter(|role| rows.iter().any(|row| row.actor.admits(*role)))
            .collect()
    }

    /// The codes of the tasks that bar a person from those rows (four eyes).
    pub fn never_by_waited_for(&'static self, stage: T::Stage) -> Vec<&'static str> {
        self.rows_waited_for(stage)
            .into_iter()
            .flat_map(|row| row.never_by.iter().map(|task| task.code()))
            .collect()
    }

    /// The roles that see a file at `stage`: those of the rows shown there, and the overseers once
    /// step 1 has handed the file in.
    pub fn roles_named_at(&'static self, stage: T::Stage) -> Roles {
        let handed_in = self
            .step(1)
            .is_some_and(|row| row.moves.iter().any(|(_, to)| to.contains(&stage)));
        let named = |role: Role| {
            self.rows
                .iter()
                .any(|row| row.shows_at(stage) && row.actor.admits(role))
        };
        Role::all()
            .filter(|role| named(*role) || handed_in && self.overseers.contains(role))
            .collect()
    }

    /// The roles that read the record: the office's roles in the rows, and the watchers.
    pub fn record_readers(&'static self) -> impl Iterator<Item = Role> {
        let works = |role: Role| {
            role != Role::Customer && self.rows.iter().any(|row| row.actor.admits(role))
        };
        Role::all().filter(move |role| works(*role) || self.watchers.contains(role))
    }

    /// True if `stage` is final: no row leads on.
    pub fn ends_at(&'static self, stage: T::Stage) -> bool {
        !self.rows.iter().any(|row| row.leads_on(stage))
    }

    /// True if `stage` is reachable after `task`: the task leads to it, or the ordinary course does
    /// from there. Side exits, and rows that may keep the stage, are not part of that course.
    pub fn is_reachable_after(&'static self, task: T, stage: T::Stage) -> bool {
        let mut behind: Vec<_> = self
            .row(task)
            .moves
            .iter()
            .flat_map(|(_, to)| to.iter().copied())
            .collect();
        let mut seen = 0;
        while let Some(at) = behind.get(seen).copied() {
            let ways = self
                .rows
                .iter()
                .filter(|row| row.leads_on(at))
                .filter_map(|row| row.targets(at));
            let further: Vec<_> = ways
                .flatten()
                .copied()
                .filter(|to| !behind.contains(to))
                .collect();
            behind.extend(further);
            seen += 1;
        }
        behind.contains(&stage)
    }

    /// True if the file waits for no numbered step at `stage`.
    pub fn is_over(&'static self, stage: T::Stage) -> bool {
        self.waiting_at(stage).is_none()
    }
}
