//! Limits webhooks to public addresses, against server-side request forgery: a URL of an internal
//! network would make the service send requests inside it. The client connects to exactly the
//! addresses that were checked: there is no second lookup between check and connection (DNS
//! rebinding).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The strictness of the address check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// `https` only, and public addresses only.
    Strict,
    /// Also `http` and loopback addresses: for trial installations, which have no internal network
    /// to protect.
    TryingOut,
}

impl Guard {
    /// True if the address may be called.
    pub fn admits(self, address: IpAddr) -> bool {
        is_public(address) || self == Self::TryingOut && is_this_machine(address)
    }

    /// True if the URL scheme may be used.
    pub fn admits_scheme(self, scheme: &str) -> bool {
        scheme == "https" || self == Self::TryingOut && scheme == "http"
    }
}

fn is_this_machine(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => four.is_loopback(),
        IpAddr::V6(six) => six.is_loopback(),
    }
}

/// True for a public address: none of the blocks that IANA reserves for private networks, hosts,
/// multicast, documentation or translation.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => is_public_v6(six),
    }
}

/// Reserved blocks of IPv4 (RFC 6890 and its successors): first address and prefix length.
const RESERVED_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    // Carrier-grade NAT.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local; clouds serve credentials at 169.254.169.254.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // Multicast, and the reserved block with 255.255.255.255.
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    !RESERVED_V4
        .iter()
        .any(|(block, bits)| (address.to_bits() ^ block.to_bits()) >> (32 - bits) == 0)
}

/// Reserved blocks inside `2000::/3`, the only IPv6 block assigned to the internet.
const RESERVED_V6: [(Ipv6Addr, u32); 4] = [
    // IETF protocol assignments, with Teredo, which embeds any IPv4 address.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    // 6to4, which also embeds any IPv4 address.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(four) = address.to_ipv4_mapped() {
        return is_public_v4(four);
    }
    let in_block =
        |block: Ipv6Addr, bits: u32| (address.to_bits() ^ block.to_bits()) >> (128 - bits) == 0;
    in_block(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3)
        && !RESERVED_V6
            .iter()
            .any(|(block, bits)| in_block(*block, *bits))
}

/// The address may not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Forbidden;

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the address may not be called")
    }
}

impl std::error::Error for Forbidden {}

/// A name resolver.
pub(super) type Lookup = Arc<
    dyn Fn(String) -> futures_util::future::BoxFuture<'static, std::io::Result<Vec<IpAddr>>>
        + Send
        + Sync,
>;

/// The system's name resolver.
pub(super) fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Resolves names for the client, and accepts only addresses that `guard` admits. One forbidden
/// address among several refuses the name: a legitimate name has none.
pub(super) struct GuardedResolver {
    pub(super) guard: Guard,
    pub(super) lookup: Lookup,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, looking) = (self.guard, (self.lookup)(name.as_str().to_owned()));
        Box::pin(async move {
            let found = looking.await?;
            if found.is_empty() || !found.iter().all(|address| guard.admits(*address)) {
                return Err(Forbidden.into());
            }
            // Port 0: the client inserts the port of the URL.
            let addresses: Addrs =
                Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// True if `url` may be called, as far as the URL itself tells: a literal address is checked here,
/// a name is resolved and checked at the call.
pub(super) fn is_callable(url: &Url, guard: Guard) -> bool {
    let written_out = url
        .host_str()
        .map(|host| host.trim_start_matches('[').trim_end_matches(']'))
        .and_then(|host| host.parse::<IpAddr>().ok());
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    plain
        && url.host_str().is_some()
        && guard.admits_scheme(url.scheme())
        && written_out.is_none_or(|address| guard.admits(address))
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn an_address_inside_a_network_is_not_public_however_it_is_written() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert!(
                !is_public(address) && !Guard::Strict.admits(address),
                "{address}"
            );
        }
    }

    #[test]
    fn an_address_of_the_internet_is_public() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "103.28.12.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2400:cb00::1",
            "::ffff:8.8.8.8",
        ] {
            assert!(Guard::Strict.admits(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn who_tries_the_service_out_may_call_this_machine_and_no_other_of_its_network() {
        for (address, may) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("10.0.0.1", false),
            ("169.254.169.254", false),
            ("192.168.1.1", false),
        ] {
            assert_eq!(
                Guard::TryingOut.admits(address.parse().unwrap()),
                may,
                "{address}"
            );
        }
        assert!(Guard::TryingOut.admits_scheme("http") && !Guard::Strict.admits_scheme("http"));
        for guard in [Guard::Strict, Guard::TryingOut] {
            assert!(
                guard.admits_scheme("https")
                    && !guard.admits_scheme("file")
                    && !guard.admits_scheme("ftp")
            );
        }
    }

    #[test]
    fn what_is_written_out_is_judged_as_the_client_will_read_it() {
        for refused in [
            "http://example.com/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00:ec2::254]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://user:word@example.com/",
            "https://example.com/#part",
            "file:///etc/passwd",
            "gopher://example.com/",
        ] {
            assert!(
                !is_callable(&refused.parse().unwrap(), Guard::Strict),
                "{refused}"
            );
        }
        for callable in [
            "https://example.com/hook?x=1",
            "https://example.com:8443/",
            "https://1.1.1.1/",
            "https://[2606:4700::1111]/",
        ] {
            assert!(
                is_callable(&callable.parse().unwrap(), Guard::Strict),
                "{callable}"
            );
        }
        assert!(is_callable(
            &"http://127.0.0.1:9/".parse().unwrap(),
            Guard::TryingOut
        ));
        assert!(!is_callable(
            &"http://10.0.0.1/".parse().unwrap(),
            Guard::TryingOut
        ));
    }

    fn lookup(answers: &'static [&'static str]) -> Lookup {
        Arc::new(move |_| {
            Box::pin(async move {
                Ok(answers
                    .iter()
                    .map(|address| address.parse().unwrap())
                    .collect())
            })
        })
    }

    async fn resolved(answers: &'static [&'static str]) -> Option<Vec<SocketAddr>> {
        let dialler = GuardedResolver {
            guard: Guard::Strict,
            lookup: lookup(answers),
        };
        dialler
            .resolve("hook.example".parse().unwrap())
            .await
            .ok()
            .map(Iterator::collect)
    }

    #[actix_web::test]
    async fn a_name_that_leads_inside_is_refused_even_if_it_leads_outside_too() {
        assert_eq!(
            resolved(&["1.1.1.1"]).await,
            Some(vec!["1.1.1.1:0".parse().unwrap()])
        );
        for inside in [
            &["127.0.0.1"][..],
            &["::ffff:192.168.0.1"],
            &["1.1.1.1", "10.0.0.1"],
            &["169.254.169.254"],
            &[],
        ] {
            assert_eq!(resolved(inside).await, None, "{inside:?}");
        }
    }
}
