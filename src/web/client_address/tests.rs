//! A caller cannot choose the address under which its requests are counted, nor be counted
//! under another's.

use actix_web::test::TestRequest;
use proptest::prelude::*;

use super::*;

fn proxies() -> TrustedProxies {
    TrustedProxies::new(vec![
        "192.0.2.0/24".parse().unwrap(),
        "2001:db8:ffff::/48".parse().unwrap(),
    ])
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// The address of a request from `peer` with these header lines.
fn from(peer: &str, lines: &[(&str, &[u8])], proxies: &TrustedProxies) -> IpAddr {
    let request = TestRequest::default().peer_addr(std::net::SocketAddr::new(ip(peer), 4711));
    let request = lines.iter().fold(request, |request, (name, value)| {
        request.append_header((*name, *value))
    });
    client_address(&request.to_http_request(), proxies).unwrap()
}

/// The same for a request through the proxy 192.0.2.1.
fn told(lines: &[(&str, &str)]) -> String {
    let lines: Vec<_> = lines
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    from("192.0.2.1", &lines, &proxies()).to_string()
}

#[test]
fn a_peer_that_is_no_trusted_proxy_is_not_believed() {
    let lines: [(&str, &[u8]); 2] = [
        ("x-forwarded-for", b"203.0.113.9"),
        ("forwarded", b"for=203.0.113.9"),
    ];
    assert_eq!(from("198.51.100.7", &lines, &proxies()), ip("198.51.100.7"));
    assert_eq!(
        from("127.0.0.1", &lines, &TrustedProxies::default()),
        ip("127.0.0.1")
    );
    assert_eq!(
        from("::ffff:198.51.100.7", &[], &proxies()),
        ip("198.51.100.7"),
        "IPv4 in IPv6 is the same address"
    );
    assert_eq!(
        from("::ffff:192.0.2.1", &lines[..1], &proxies()),
        ip("203.0.113.9"),
        "and the same proxy"
    );
}

#[test]
fn the_right_most_untrusted_address_of_all_lines_counts() {
    for (lines, expected) in [
        (&["203.0.113.9"] as &[&str], "203.0.113.9"),
        (&["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        (&["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        (&["198.51.100.1, 203.0.113.9", "192.0.2.77"], "203.0.113.9"),
        (
            &["203.0.113.9", "2001:db8:ffff::3", "192.0.2.77,192.0.2.78"],
            "203.0.113.9",
        ),
        (&["203.0.113.9:567"], "203.0.113.9"),
        (&["  203.0.113.9 \t"], "203.0.113.9"),
        (&["[2001:db8::1]:443"], "2001:db8::1"),
        (&["[2001:db8::1]"], "2001:db8::1"),
        (&["2001:DB8:0::1"], "2001:db8::1"),
        (&["::ffff:203.0.113.9"], "203.0.113.9"),
        (&["[::ffff:cb00:7109]:1"], "203.0.113.9"),
        (&["rubbish, 203.0.113.9"], "203.0.113.9"),
        (&[",,, 203.0.113.9"], "203.0.113.9"),
    ] {
        let lines: Vec<_> = lines
            .iter()
            .map(|line| ("x-forwarded-for", *line))
            .collect();
        assert_eq!(told(&lines), expected, "{lines:?}");
    }
}

#[test]
fn the_header_of_rfc_7239_is_read_the_same_way() {
    for (lines, expected) in [
        (&["for=203.0.113.9"] as &[&str], "203.0.113.9"),
        (
            &["For=\"203.0.113.9:4711\";proto=https;by=192.0.2.9"],
            "203.0.113.9",
        ),
        (
            &["by=203.0.113.43;FOR=\"[2001:db8::1]:4711\""],
            "2001:db8::1",
        ),
        (
            &["for=198.51.100.1, for=203.0.113.9", "for=192.0.2.77"],
            "203.0.113.9",
        ),
        (&["for=\"198.51.100.1, for=203.0.113.9"], "203.0.113.9"),
        (
            &[
                "for=198.51.100.1;host=\"a,b;for=198.51.100.2\\\"\", for=203.0.113.9;host=\"x, for=198.51.100.3\"",
            ],
            "203.0.113.9",
        ),
        (&["for=unknown, for=203.0.113.9"], "203.0.113.9"),
        (&["for=\"[2001:db8:ffff::3]\""], "192.0.2.1"),
    ] {
        let lines: Vec<_> = lines.iter().map(|line| ("forwarded", *line)).collect();
        assert_eq!(told(&lines), expected, "{lines:?}");
    }
}

#[test]
fn what_cannot_be_read_counts_as_the_peer() {
    let list = [
        "",
        ",",
        "203.0.113.9,",
        "203.0.113.9, ,192.0.2.7",
        "unknown",
        "evil",
        "203.0.113.9:",
        "203.0.113.9:99999",
        "203.0.113.9:x",
        "203.0.113.999",
        "[203.0.113.9]",
        "[2001:db8::1",
        "2001:db8::1]",
        "[2001:db8::1]443",
        "[2001:db8::1]:",
        "fe80::1%eth0",
        "203.0.113.9 198.51.100.1",
        "203.0.113.9;198.51.100.1",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "192.0.2.7",
        "::::",
        "127.1",
        "0x7f.1",
        "203.0.113.9:+80",
        "\"203.0.113.9\"",
    ];
    for value in list {
        assert_eq!(told(&[("x-forwarded-for", value)]), "192.0.2.1", "{value}");
    }
    let rfc = [
        "",
        "for=",
        "for=unknown",
        "for=_hidden",
        "for=\"_SEVKISEK\"",
        "for=evil",
        "proto=https",
        "203.0.113.9",
        "for = evil",
        "for=\"203.0.113.9",
        "for=203.0.113.9;for=198.51.100.1",
        "for=203.0.113.9,",
        "for=203.0.113.9,,for=192.0.2.7",
        "for=203.0.113.9, proto=https",
        "for=[2001:db8::1",
    ];
    for value in rfc {
        assert_eq!(told(&[("forwarded", value)]), "192.0.2.1", "{value}");
    }
    let long = vec!["192.0.2.7"; MOST_HOPS].join(",");
    assert_eq!(
        told(&[("x-forwarded-for", &format!("203.0.113.9,{long}"))]),
        "192.0.2.1",
        "too many hops"
    );
    assert_eq!(
        from(
            "192.0.2.1",
            &[("x-forwarded-for", b"203.0.113.9\xff")],
            &proxies()
        ),
        ip("192.0.2.1"),
        "no text"
    );
    assert_eq!(
        from(
            "192.0.2.1",
            &[
                ("x-forwarded-for", b"\xff\xfe"),
                ("x-forwarded-for", b"203.0.113.9")
            ],
            &proxies()
        ),
        ip("203.0.113.9")
    );
}

#[test]
fn two_headers_that_disagree_count_as_the_peer() {
    assert_eq!(
        told(&[
            ("x-forwarded-for", "203.0.113.9"),
            ("forwarded", "for=\"203.0.113.9:1\"")
        ]),
        "203.0.113.9"
    );
    assert_eq!(
        told(&[
            ("x-forwarded-for", "203.0.113.9"),
            ("forwarded", "for=198.51.100.1")
        ]),
        "192.0.2.1"
    );
    assert_eq!(
        told(&[
            ("x-forwarded-for", "203.0.113.9"),
            ("forwarded", "for=_hidden")
        ]),
        "192.0.2.1"
    );
    assert_eq!(told(&[("x-real-ip", "203.0.113.9")]), "192.0.2.1");
}

#[test]
fn only_a_direct_connection_from_this_machine_is_local() {
    let asked =
        |peer: &str| TestRequest::default().peer_addr(std::net::SocketAddr::new(ip(peer), 1));
    assert!(
        is_local(&asked("127.0.0.1").to_http_request())
            && is_local(&asked("::ffff:127.0.0.1").to_http_request())
    );
    assert!(!is_local(&asked("198.51.100.7").to_http_request()));
    for name in ["forwarded", "x-forwarded-for", "x-real-ip"] {
        assert!(
            !is_local(
                &asked("127.0.0.1")
                    .insert_header((name, "127.0.0.1"))
                    .to_http_request()
            ),
            "{name}"
        );
    }
}

/// Bytes that a header line can carry.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let addresses = prop_oneof![
        Just("198.51.100.1"),
        Just("192.0.2.9"),
        Just("for=\"198.51.100.1"),
        Just("for=192.0.2.1"),
        Just("\\\""),
        Just("[::1]:1")
    ];
    let pieces = prop_oneof![
        3 => addresses.prop_map(|text| text.as_bytes().to_vec()),
        2 => prop::sample::select(b",; \t\"\\=:[]".to_vec()).prop_map(|byte| vec![byte]),
        1 => proptest::collection::vec(prop_oneof![b' '..=b'~', 0x80..=0xff_u8], 0..6),
    ];
    proptest::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// The caller may send any header lines of its own, or any text in front of the part that
    /// proxies append; the request is still counted under the address that the proxies saw.
    #[test]
    fn an_arbitrary_prefix_never_changes_the_result(
        lines in proptest::collection::vec(line(), 0..3),
        same_line in any::<bool>(),
        hops in 0..3_usize,
        shape in 0..4_usize,
        is_rfc in any::<bool>(),
    ) {
        let name = if is_rfc { "forwarded" } else { "x-forwarded-for" };
        let (seen, expected) = [("203.0.113.9", "203.0.113.9"), ("203.0.113.9:567", "203.0.113.9"), ("[2001:db8::1]:443", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1")][shape];
        let write = |address: &str| if is_rfc { format!("for=\"{address}\"") } else { address.to_owned() };
        let appended = std::iter::once(write(seen)).chain((0..hops).map(|_| write("192.0.2.77"))).collect::<Vec<_>>().join(", ");
        let mut lines = lines;
        match lines.last_mut() {
            Some(last) if same_line => { last.extend(b", "); last.extend(appended.as_bytes()); }
            _ => lines.push(appended.into_bytes()),
        }
        let lines: Vec<_> = lines.iter().map(|line| (name, line.as_slice())).collect();
        prop_assert_eq!(from("192.0.2.1", &lines, &proxies()), ip(expected));
    }

    #[test]
    fn whatever_the_headers_say_an_untrusted_peer_is_itself(lines in proptest::collection::vec((any::<bool>(), line()), 0..4)) {
        let lines: Vec<_> = lines.iter().map(|(is_rfc, line)| (if *is_rfc { "forwarded" } else { "x-forwarded-for" }, line.as_slice())).collect();
        prop_assert_eq!(from("198.51.100.7", &lines, &proxies()), ip("198.51.100.7"));
    }
}
