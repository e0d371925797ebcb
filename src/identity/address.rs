//! Where a request comes from, as far as login throttling cares: one IPv4 address, or one IPv6 network of 64 bits, which is what one customer of a
//! provider has. Used for nothing else, and never logged.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::HttpRequest;

/// The origin of a request for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address(IpAddr);

impl Address {
    /// The peer's; or, only when a proxy of ours is in front, what that proxy appended last to `X-Forwarded-For`. Entries before the last are
    /// whatever the caller wrote.
    #[must_use]
    pub fn of(request: &HttpRequest, trust_proxy: bool) -> Self {
        let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        let forwarded = request.headers().get_all("x-forwarded-for").last().and_then(|value| value.to_str().ok());
        Self::of_ip(forwarded.filter(|_| trust_proxy).and_then(last_entry).unwrap_or(peer))
    }

    /// The network that is counted as one.
    #[must_use]
    pub fn of_ip(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Self(IpAddr::V4(ip)),
            IpAddr::V6(ip) => Self(IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64))),
        }
    }

    /// For a tag of it.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        match self.0 {
            IpAddr::V4(ip) => ip.octets().to_vec(),
            IpAddr::V6(ip) => ip.octets().to_vec(),
        }
    }
}

fn last_entry(header: &str) -> Option<IpAddr> {
    header.rsplit(',').next()?.trim().trim_matches(['[', ']']).parse().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn request() -> HttpRequest {
        let peer = "192.0.2.1:4711".parse().unwrap();
        TestRequest::default().peer_addr(peer).insert_header(("x-forwarded-for", "203.0.113.9, 198.51.100.7")).to_http_request()
    }

    fn address(text: &str) -> Address {
        Address::of_ip(text.parse().unwrap())
    }

    #[test]
    fn a_caller_cannot_choose_its_address() {
        assert_eq!(Address::of(&request(), false), address("192.0.2.1"));
        assert_eq!(Address::of(&request(), true), address("198.51.100.7"));
    }

    #[test]
    fn a_network_of_64_bits_counts_as_one() {
        assert_eq!(address("2001:db8:1:2::1"), address("2001:db8:1:2:ffff::9"));
        assert_ne!(address("2001:db8:1:2::1"), address("2001:db8:1:3::1"));
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
    }
}
