//! Quantities in halves: an audit takes half days.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, schema};
use utoipa::{PartialSchema, ToSchema};

/// The largest quantity.
const MAX: u32 = 10_000;

/// A quantity of at least one half, in whole and half units. JSON has it as a number: 2, or 1.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    halves: u32,
}

impl Quantity {
    /// One unit.
    pub const ONE: Self = Self { halves: 2 };

    /// The quantity of `halves` halves; `None` if it is 0 or too large.
    pub fn of_halves(halves: u32) -> Option<Self> {
        (1..=MAX * 2).contains(&halves).then_some(Self { halves })
    }

    /// The quantity of `halves` halves, or the nearest one there is.
    pub fn clamped(halves: u32) -> Self {
        Self {
            halves: halves.clamp(1, MAX * 2),
        }
    }

    /// The quantity of `whole` units; `None` if it is 0 or too large.
    pub fn of(whole: u32) -> Option<Self> {
        whole.checked_mul(2).and_then(Self::of_halves)
    }

    /// The number of halves.
    pub fn halves(self) -> u32 {
        self.halves
    }

    /// With a decimal point, as other systems read it: `2`, `1.5`.
    pub fn decimal(self) -> String {
        (f64::from(self.halves) / 2.0).to_string()
    }

    /// The amount at `unit_amount` rupiah for one unit: half a rupiah is rounded up.
    pub fn times(self, unit_amount: i64) -> i64 {
        let doubled = unit_amount.saturating_mul(self.halves.into());
        doubled.saturating_add(1).div_euclid(2)
    }
}

impl std::fmt::Display for Quantity {
    /// As in Indonesian: `2`, `1,5`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let half = if self.halves % 2 == 1 { ",5" } else { "" };
        write!(f, "{}{half}", self.halves / 2)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.halves.is_multiple_of(2) {
            to.serialize_u32(self.halves / 2)
        } else {
            to.serialize_f64(f64::from(self.halves) / 2.0)
        }
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let halves = f64::deserialize(from)? * 2.0;
        let is_countable = halves.fract() == 0.0 && (1.0..=f64::from(MAX) * 2.0).contains(&halves);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number within the bounds of u32"
        )]
        let counted = is_countable.then_some(halves as u32);
        counted
            .and_then(Self::of_halves)
            .ok_or_else(|| de::Error::custom("a number of halves, from 0.5 to 10,000"))
    }
}

impl ToSchema for Quantity {}

impl PartialSchema for Quantity {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(schema::SchemaType::new(Type::Number))
            .description(Some("A quantity in whole and half units."))
            .minimum(Some(0.5))
            .maximum(Some(f64::from(MAX)))
            .multiple_of(Some(0.5))
            .examples([serde_json::json!(2)]);
        number.into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn read(value: Value) -> Option<Quantity> {
        serde_json::from_value(value).ok()
    }

    #[test]
    fn halves_are_written_as_people_and_programs_write_them() {
        let written = |halves| {
            let quantity = Quantity::of_halves(halves).unwrap();
            assert_eq!(quantity.decimal(), json!(quantity).to_string());
            (quantity.decimal(), quantity.to_string())
        };
        assert_eq!(written(1), ("0.5".into(), "0,5".into()));
        assert_eq!(written(3), ("1.5".into(), "1,5".into()));
        assert_eq!(written(4), ("2".into(), "2".into()));
        for refused in [
            json!(0),
            json!(-1),
            json!(0.25),
            json!(1.1),
            json!(10_000.5),
            json!(4_294_967_295_u32),
            json!("2"),
        ] {
            assert_eq!(read(refused.clone()), None, "{refused}");
        }
        assert_eq!(Quantity::of(0).or(Quantity::of(u32::MAX)), None);
    }

    proptest! {
        #[test]
        fn a_quantity_is_read_back_from_its_number(halves in 1_u32..=MAX * 2) {
            let quantity = Quantity::of_halves(halves).unwrap();
            prop_assert_eq!(read(json!(quantity)), Some(quantity));
        }

        /// Twice a half amount differs from the whole by the rounding of at most one rupiah, and
        /// only for an odd amount.
        #[test]
        fn an_amount_is_rounded_half_up(halves in 1_u32..=MAX * 2, unit in -1_000_000_000_i64..=1_000_000_000) {
            let exact = i128::from(unit) * i128::from(halves);
            let amount = i128::from(Quantity::of_halves(halves).unwrap().times(unit));
            prop_assert_eq!(amount * 2 - exact, exact.rem_euclid(2));
        }
    }
}
