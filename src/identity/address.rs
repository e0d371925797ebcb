//! Network address for login throttling and the log of sign-ins: one IPv4 address, or one IPv6 /64, the block that a
//! provider assigns to a customer. Never logged; lists of sessions and sign-ins show its network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::HttpRequest;

use crate::web::client_address::{TrustedProxies, client_address};

/// The network address by which requests are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address(IpAddr);

impl Address {
    /// The address of the client that sent `request`.
    pub fn from_request(request: &HttpRequest, proxies: &TrustedProxies) -> Self {
        Self::from_ip(client_address(request, proxies).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
    }

    /// The network that is counted as one.
    pub fn from_ip(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Self(IpAddr::V4(ip)),
            IpAddr::V6(ip) => Self(IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64))),
        }
    }

    /// The network for lists of sessions and sign-ins: /24 of IPv4, /48 of IPv6. Enough to notice a
    /// stranger, too little to follow a person.
    pub fn network(self) -> String {
        match self.0 {
            IpAddr::V4(ip) => format!("{}/24", Ipv4Addr::from_bits(ip.to_bits() >> 8 << 8)),
            IpAddr::V6(ip) => format!("{}/48", Ipv6Addr::from_bits(ip.to_bits() >> 80 << 80)),
        }
    }

    /// The bytes, for computing a tag.
    pub fn bytes(self) -> Vec<u8> {
        match self.0 {
            IpAddr::V4(ip) => ip.octets().to_vec(),
            IpAddr::V6(ip) => ip.octets().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::from_ip(text.parse().unwrap())
    }

    #[test]
    fn a_network_of_64_bits_counts_as_one() {
        assert_eq!(address("2001:db8:1:2::1"), address("2001:db8:1:2:ffff::9"));
        assert_ne!(address("2001:db8:1:2::1"), address("2001:db8:1:3::1"));
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
    }

    #[test]
    fn a_place_is_a_network_and_no_address() {
        assert_eq!(address("192.0.2.77").network(), "192.0.2.0/24");
        assert_eq!(address("::ffff:192.0.2.77").network(), "192.0.2.0/24");
        assert_eq!(address("2001:db8:1:2::9").network(), "2001:db8:1::/48");
    }
}
