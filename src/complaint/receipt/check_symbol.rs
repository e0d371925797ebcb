//! Check symbol over 32 symbols. It makes a text a word of the Reed-Solomon code RS(31, 30) over
//! GF(32), that is, a polynomial with the root 2. In a word of at most 31 symbols one wrong symbol
//! is always detected, and so are two exchanged symbols in any positions. Crockford's own check
//! symbol, modulo 37, would need five more symbols.

/// The symbol that makes a word of `symbols` when appended.
pub fn check_symbol(symbols: &[u8]) -> u8 {
    times_two(remainder(symbols))
}

/// Whether the last symbol is the check symbol of those before it.
pub fn is_word(symbols: &[u8]) -> bool {
    remainder(symbols) == 0
}

/// The value at 2 of the polynomial with these coefficients, highest first.
fn remainder(symbols: &[u8]) -> u8 {
    symbols
        .iter()
        .fold(0, |sum, symbol| times_two(sum) ^ symbol)
}

/// Twice `x` in GF(32) with the modulus x^5 + x^2 + 1, in which 2 has the order 31.
fn times_two(x: u8) -> u8 {
    (x << 1) ^ (0x25 * (x >> 4))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn two_has_the_order_31_so_that_no_two_places_weigh_the_same() {
        let powers: Vec<u8> = std::iter::successors(Some(1), |power| Some(times_two(*power)))
            .take(31)
            .collect();
        assert_eq!(powers.iter().collect::<BTreeSet<_>>().len(), 31);
        assert_eq!(times_two(powers[30]), 1);
        assert_eq!(powers[..8], [1, 2, 4, 8, 16, 5, 10, 20]);
    }

    #[test]
    fn a_text_with_its_check_symbol_is_a_word() {
        let symbols: Vec<u8> = (0..25).collect();
        let mut word = [symbols.as_slice(), &[check_symbol(&symbols)]].concat();
        assert!(is_word(&word));
        word.swap(3, 20);
        assert!(!is_word(&word));
    }
}
