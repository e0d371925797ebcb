use proptest::prelude::*;

use super::super::filter::Filter;
use super::super::formats::Format;
use super::super::samples::any_row;
use super::super::summary::Sums;
use super::*;
use crate::drawing::overlap;

fn asked(english: bool) -> ReportRequest {
    let filter = Filter {
        from: "2026-07-01".parse().ok(),
        to: "2026-07-31".parse().ok(),
        ..Filter::default()
    };
    ReportRequest {
        filter,
        format: Format::Svg,
        chart: Chart::OnTime,
        english,
    }
}

#[test]
fn an_empty_record_is_drawn_too() {
    for chart in Chart::ALL {
        let sheet = sheet(chart, &Sums::default().summary(), &asked(false));
        assert_eq!(overlap::faults(&sheet), Vec::<String>::new(), "{chart:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn nothing_lies_on_anything_whatever_the_numbers(rows in proptest::collection::vec(any_row(), 0..80), english: bool) {
        let mut sums = Sums::default();
        for row in &rows {
            sums.add(row);
        }
        let summary = sums.summary();
        for chart in Chart::ALL {
            let sheet = sheet(chart, &summary, &asked(english));
            prop_assert_eq!(overlap::faults(&sheet), Vec::<String>::new(), "{:?}", chart);
        }
    }
}
