//! Formats amounts in rupiah.

/// `Rp9.000.000`; negative amounts (refunds) begin with a minus.
pub fn rupiah(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    format!(
        "{}Rp{}",
        if amount < 0 { "-" } else { "" },
        groups.join(".")
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::rupiah;

    #[test]
    fn thousands_are_parted_by_points() {
        assert_eq!(
            [0, 999, 1_000, 1_050_000, -25_000].map(rupiah),
            ["Rp0", "Rp999", "Rp1.000", "Rp1.050.000", "-Rp25.000"]
        );
    }

    proptest! {
        #[test]
        fn no_digit_is_lost(amount: i64) {
            prop_assert_eq!(rupiah(amount).replace(['R', 'p', '.'], "").parse::<i64>().unwrap(), amount);
        }
    }
}
