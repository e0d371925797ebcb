//! Example tariffs for trying the service out, and the rule that keeps them out of real billings.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::components::CostComponent;
use super::entry::{Entry, ImportPlan};
use super::{Tariff, store};
use crate::casework::spreadsheet::Table;
use crate::error::{Code, Error, Result};
use crate::identity::signed_in::today;
use crate::ids::OfficeId;

/// The example tariffs: for product certification the amounts of PP 47/2011, which are no longer in
/// force; for the other schemes invented amounts, because none were found; and the daily allowances
/// of 2026 as the press gave them.
pub const TARIFFS: &str = include_str!("examples/tariffs.csv");
/// The composition of the estimates for first certification, surveillance and recertification under
/// each scheme.
pub const COMPONENTS: &str = include_str!("examples/cost-components.csv");

/// Imports the examples into the office.
pub async fn import(
    connection: &mut PgConnection,
    office: OfficeId,
    now: DateTime<Utc>,
) -> Result<()> {
    import_list::<Tariff>(connection, office, TARIFFS, now).await?;
    import_list::<CostComponent>(connection, office, COMPONENTS, now).await
}

async fn import_list<T: Entry>(
    connection: &mut PgConnection,
    office: OfficeId,
    file: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let rows = Table::parse(file.as_bytes())?.typed()?;
    let stored = T::all(connection, office).await?;
    ImportPlan::<T>::of(rows, &stored)?
        .apply(connection, office, None, now)
        .await
}

/// Whether a billing may be issued while an example tariff is in force: in private mode only, where
/// no billing is real. A setting, provided by `app.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleTariffs {
    /// A service on its own private database.
    Allowed,
    /// A service on a given database.
    Refused,
}

impl ExampleTariffs {
    /// Checks, before a billing is issued, that no example tariff is in force where none may be.
    ///
    /// # Errors
    /// `example_tariff`.
    pub(crate) async fn check(
        self,
        connection: &mut PgConnection,
        office: OfficeId,
        now: DateTime<Utc>,
    ) -> Result<()> {
        if self == Self::Allowed {
            return Ok(());
        }
        match store::example_in_force(connection, office, today(now)).await? {
            None => Ok(()),
            Some(code) => Err(Error::new(Code::ExampleTariff).detail(
                format!("{code} adalah tarif contoh: impor tarif yang berlaku dahulu."),
                format!("{code} is an example tariff: import the tariffs in force first."),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_can_be_imported_and_each_component_has_its_tariff() {
        let tariffs: Vec<(usize, Tariff)> =
            Table::parse(TARIFFS.as_bytes()).unwrap().typed().unwrap();
        let components: Vec<(usize, CostComponent)> = Table::parse(COMPONENTS.as_bytes())
            .unwrap()
            .typed()
            .unwrap();
        assert!(
            tariffs.iter().all(|(_, tariff)| {
                tariff.is_example && tariff.legal_basis.ends_with("contoh)")
            })
        );
        for (line, component) in &components {
            assert!(
                tariffs
                    .iter()
                    .any(|(_, tariff)| tariff.code == component.tariff_code),
                "line {line}"
            );
        }
        assert_eq!(
            ImportPlan::of(tariffs.clone(), &[]).unwrap().added,
            tariffs.len()
        );
        assert_eq!(
            ImportPlan::of(components.clone(), &[]).unwrap().added,
            components.len()
        );
    }
}
