use super::*;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn asked(headers: &[(&str, &str)]) -> Trace {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(
            HeaderName::try_from(*name).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    Trace::from_headers(&map)
}

#[test]
fn a_trace_is_continued_and_answered_with_a_part_of_our_own() {
    let trace = asked(&[(
        "traceparent",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )]);
    assert_eq!((trace.id.as_str(), trace.request_id), (TRACE, None));
    let response = trace.response.unwrap();
    let parts: Vec<_> = response.split('-').collect();
    assert_eq!(
        (parts[0], parts[1], parts[2].len(), parts[3]),
        ("00", TRACE, 16, "01")
    );
    assert_ne!(parts[2], "b7ad6b7169203331");
}

#[test]
fn a_later_version_is_read_as_far_as_it_goes() {
    assert_eq!(
        asked(&[(
            "traceparent",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes"
        )])
        .id,
        TRACE
    );
    assert_ne!(
        asked(&[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes"
        )])
        .id,
        TRACE
    );
}

#[test]
fn a_malformed_trace_is_none() {
    for wrong in [
        "",
        "00",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
    ] {
        let trace = asked(&[("traceparent", wrong)]);
        assert_eq!((trace.id.len(), trace.response), (32, None), "{wrong}");
        assert_ne!(trace.id, TRACE, "{wrong}");
    }
}

#[test]
fn a_name_is_echoed_and_a_random_one_names_the_trace_as_well() {
    let request_id = asked(&[("x-request-id", "job-17:retry.2")]);
    assert_eq!(
        (request_id.request_id.as_deref(), request_id.id.len()),
        (Some("job-17:retry.2"), 32)
    );
    let uuid = asked(&[("x-request-id", "0AF76519-16cd-43dd-8448-eb211c80319c")]);
    assert_eq!(
        (uuid.request_id.as_deref(), uuid.id.as_str()),
        (Some("0AF76519-16cd-43dd-8448-eb211c80319c"), TRACE)
    );
    for wrong in ["", "a b", "siti@karet.example", "<b>", &"x".repeat(129)] {
        assert_eq!(
            asked(&[("x-request-id", wrong)]).request_id,
            None,
            "{wrong}"
        );
    }
}
