//! What a printed SOP is made of: rows of step, actor, moves, standard time, papers in and out. Pure data; no web, no SQL.

use serde::Serialize;

use super::role::Role;

/// A task of a workflow: `Copy` enum, one variant per row of its table.
pub trait Task: Copy + Eq + std::fmt::Debug + Send + Sync + 'static {
    /// The stages its files go through.
    type Stage: Stage;

    /// Every task, in the order of the table.
    fn all() -> impl Iterator<Item = Self>;

    /// The stable code: operation id, file name and journal entry.
    fn code(self) -> &'static str;

    /// The task with this code, if there is one.
    fn from_code(code: &str) -> Option<Self>;

    /// The table it stands in.
    fn sop() -> &'static Sop<Self>;
}

/// A stage of a file: `Copy` enum.
pub trait Stage: Copy + Eq + std::fmt::Debug + Send + Sync + 'static {
    /// Every stage, in the order of the road; a file begins at the first.
    fn all() -> impl Iterator<Item = Self>;

    /// The stable code used in JSON and the database.
    fn code(self) -> &'static str;

    /// The stage with this code, if there is one.
    fn from_code(code: &str) -> Option<Self>;
}

/// Who does a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Whoever holds one of these roles; the first is the one the print names.
    Person(&'static [Role]),
    /// Pelapor: whoever holds the receipt code of the file. Has no account and no role.
    Reporter,
    /// The service itself, when a date has passed.
    System,
}

impl Actor {
    /// The codes of the roles, or `reporter` or `system`, joined by a comma.
    #[must_use]
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

    /// The office's words for it.
    #[must_use]
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

    /// Whether `role` may act.
    #[must_use]
    pub fn admits(self, role: Role) -> bool {
        match self {
            Self::Person(roles) => roles.contains(&role),
            Self::Reporter | Self::System => false,
        }
    }

    /// Whose time runs while the file waits for this actor.
    #[must_use]
    pub fn party(self) -> Party {
        if self == Self::Reporter || self.admits(Role::Customer) {
            Party::Customer
        } else {
            Party::Office
        }
    }
}

/// Whose clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// Kantor: measured against the standard time.
    Office,
    /// Pelanggan, or the reporter of a complaint: measured and reported, never counted as the office's lateness.
    Customer,
}

impl Party {
    /// The code kept in the ledger.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Customer => "customer",
        }
    }
}

/// Standard time (waktu baku) in minutes of working time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within(pub u32);

/// A standard time of so many minutes.
#[must_use]
pub const fn minutes(minutes: u32) -> Within {
    Within(minutes)
}

/// A standard time of so many working days of 450 minutes, as the whistle-blowing SOP counts them (its step 7: 450 minutes for a day).
#[must_use]
pub const fn working_days(days: u32) -> Within {
    Within(days * 450)
}

/// A paper that a step takes or gives (kelengkapan, output).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The English name.
    pub en: &'static str,
    /// The office's word.
    pub id: &'static str,
}

/// Where a row's facts come from.
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
    /// The numbered step whose standard time this side row is spent in.
    pub part_of: Option<u8>,
    /// What is done.
    pub task: T,
    /// Who does it.
    pub actor: Actor,
    /// From which stage to which; a branch lists several targets.
    pub moves: &'static [Move<T::Stage>],
    /// The standard time of a numbered step.
    pub within: Option<Within>,
    /// Kelengkapan.
    pub takes: &'static [Term],
    /// Output.
    pub gives: &'static [Term],
    /// Four eyes: whoever did one of these on this file may not do this.
    pub never_by: &'static [T],
    /// Four eyes: the person who did *all* of these on this draft may not do this too. Any one of them is no bar.
    pub never_by_all: &'static [T],
    /// Done once on a draft, by whomever: a paraf is not given twice.
    pub once: bool,
    /// Whether it shows the file to the roles it names. One that lets people step back, or reaches back to a closed file, does not.
    pub shows: bool,
    /// The stages at which it does not show the file although it may be done there: the file may come to them before there is anything to do.
    pub unshown_at: &'static [T::Stage],
    /// What the step is, in English and in the office's words.
    pub title: Term,
    /// Print or reading.
    pub basis: Basis,
}

impl<T: Task> Row<T> {
    /// The stages it may lead to from `from`; none when it does not start there.
    #[must_use]
    pub fn targets(&self, from: T::Stage) -> Option<&'static [T::Stage]> {
        self.moves
            .iter()
            .find(|(at, _)| *at == from)
            .map(|(_, to)| *to)
    }

    /// Whether a file at `stage` is shown to the roles of this row.
    #[must_use]
    pub fn shows_at(&self, stage: T::Stage) -> bool {
        self.shows && self.targets(stage).is_some() && !self.unshown_at.contains(&stage)
    }
}

/// The printed head of an SOP: part of the record, served with it.
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
    /// Its name.
    pub title: Term,
    /// The printed head.
    pub head: Head,
    /// The roles that answer for the office's work: they see every file from the end of step 1 on, whether a row names them yet or not.
    pub overseers: &'static [Role],
    /// The roles that read the record of this SOP although no row names them: they watch the office's work without its single files.
    pub watchers: &'static [Role],
    /// The rows, numbered ones in printed order.
    pub rows: &'static [Row<T>],
}

impl<T: Task> Sop<T> {
    /// The row of `task`.
    ///
    /// # Panics
    /// Never: a test walks every task of every table.
    #[must_use]
    pub fn row(&'static self, task: T) -> &'static Row<T> {
        self.rows
            .iter()
            .find(|row| row.task == task)
            .expect("every task has its row; a test proves it")
    }

    /// The numbered row a file at `stage` is waiting for: its step is being measured.
    #[must_use]
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
    #[must_use]
    pub fn step(&'static self, no: u8) -> Option<&'static Row<T>> {
        self.rows.iter().find(|row| row.no == Some(no))
    }

    /// The roles that see a file from `stage` on: those a row names there, and the overseers once step 1 has handed the file in.
    pub fn roles_named_at(&'static self, stage: T::Stage) -> impl Iterator<Item = Role> {
        let handed_in = self
            .step(1)
            .is_some_and(|row| row.moves.iter().any(|(_, to)| to.contains(&stage)));
        let named = move |role: Role| {
            self.rows
                .iter()
                .any(|row| row.shows_at(stage) && row.actor.admits(role))
        };
        Role::all().filter(move |role| named(*role) || handed_in && self.overseers.contains(role))
    }

    /// The roles that read the record: the office's roles in the rows, and the watchers.
    pub fn record_readers(&'static self) -> impl Iterator<Item = Role> {
        let works = |role: Role| {
            role != Role::Customer && self.rows.iter().any(|row| row.actor.admits(role))
        };
        Role::all().filter(move |role| works(*role) || self.watchers.contains(role))
    }

    /// Whether the road ends at `stage`: nothing leads on from there but what reaches back to a closed file.
    #[must_use]
    pub fn ends_at(&'static self, stage: T::Stage) -> bool {
        let leads_on = |row: &Row<T>| {
            row.shows
                && row
                    .targets(stage)
                    .is_some_and(|targets| targets.iter().any(|to| *to != stage))
        };
        !self.rows.iter().any(leads_on)
    }

    /// Whether nothing can happen to a file at `stage` any more that moves it.
    #[must_use]
    pub fn is_over(&'static self, stage: T::Stage) -> bool {
        self.waiting_at(stage).is_none()
    }
}
