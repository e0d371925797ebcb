//! The client address of a request, determined in this one place for every limit that counts by
//! address.
//!
//! Without trusted proxies the client address is the peer of the connection. With trusted proxies
//! (`TRUST_PROXY`) it is the right-most address of `X-Forwarded-For` or `Forwarded` (RFC 7239) that
//! is not a trusted proxy: each trusted proxy appends the address it saw, so everything further
//! left was written by the caller and is never read. A header that cannot be parsed up to that
//! address counts as absent: the request is counted under its peer.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use ipnet::IpNet;

/// The most trusted proxies that one request may have passed through.
const MOST_HOPS: usize = 16;
/// Headers in which a proxy states the address of a request.
pub const FORWARDING_HEADERS: [HeaderName; 3] = [
    header::FORWARDED,
    header::X_FORWARDED_FOR,
    HeaderName::from_static("x-real-ip"),
];

/// The networks of the proxies in front of the service. Forwarding headers from any other peer are
/// ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Trusts the proxies in these networks.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The client address under which `request` is counted. An IPv4-mapped IPv6 address is returned as
/// IPv4. `None` when the connection has no peer.
pub fn client_address(request: &HttpRequest, proxies: &TrustedProxies) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    Some(if proxies.contains(peer) {
        forwarded(request.headers(), proxies).unwrap_or(peer)
    } else {
        peer
    })
}

/// True if `request` comes from this machine itself and not through a proxy on it.
pub fn is_local(request: &HttpRequest) -> bool {
    let direct = FORWARDING_HEADERS
        .iter()
        .all(|name| !request.headers().contains_key(name));
    direct
        && request
            .peer_addr()
            .is_some_and(|peer| peer.ip().to_canonical().is_loopback())
}

/// The client address that the trusted proxies state. When both headers are present they must
/// agree: a proxy that writes one of them may pass on the other from the caller.
fn forwarded(headers: &HeaderMap, proxies: &TrustedProxies) -> Option<IpAddr> {
    let by_list = joined(headers, &header::X_FORWARDED_FOR)
        .map(|list| client(list.rsplit(',').map(node), proxies));
    let by_rfc = joined(headers, &header::FORWARDED)
        .map(|list| client(elements(&list).map(for_node), proxies));
    match (by_list, by_rfc) {
        (Some(one), Some(other)) => one.filter(|one| Some(*one) == other),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => None,
    }
}

/// All lines of a header as one list (RFC 9110 §5.3). Bytes that are not text invalidate only their
/// own element.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines: Vec<_> = headers
        .get_all(name)
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

/// The first address from the right that is not a trusted proxy; `None` when an element before it
/// cannot be parsed.
fn client(hops: impl Iterator<Item = Option<IpAddr>>, proxies: &TrustedProxies) -> Option<IpAddr> {
    hops.take(MOST_HOPS)
        .find(|hop| hop.is_none_or(|hop| !proxies.contains(hop)))
        .flatten()
}

/// The elements of `Forwarded` from the right. They are parsed backwards so that a quotation mark
/// written by the caller cannot swallow the elements that proxies appended.
fn elements(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(list);
    std::iter::from_fn(move || {
        let text = rest?;
        let at = last_outside_quotes(text, b',');
        rest = at.map(|at| &text[..at]);
        Some(at.map_or(text, |at| &text[at + 1..]))
    })
}

/// The last position of `separator` outside a quoted string.
fn last_outside_quotes(text: &str, separator: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_escaped = |at: usize| {
        bytes[..at]
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count()
            % 2
            == 1
    };
    let mut quoted = false;
    for at in (0..bytes.len()).rev() {
        match bytes[at] {
            b'"' if !(quoted && is_escaped(at)) => quoted = !quoted,
            byte if byte == separator && !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// The address of the `for` parameter in an element of `Forwarded`; `None` for `unknown`, for an
/// obfuscated identifier, and unless the parameter occurs exactly once.
fn for_node(element: &str) -> Option<IpAddr> {
    let mut rest = Some(element);
    let parameters = std::iter::from_fn(|| {
        let text = rest?;
        let at = last_outside_quotes(text, b';');
        rest = at.map(|at| &text[..at]);
        Some(at.map_or(text, |at| &text[at + 1..]))
    });
    let mut told = parameters.filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("for")
            .then_some(value.trim())
    });
    let (value, None) = (told.next()?, told.next()) else {
        return None;
    };
    match value.strip_prefix('"') {
        Some(quoted) => node(quoted.strip_suffix('"')?),
        None => node(value),
    }
}

/// Parses an address in the forms proxies write: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`,
/// `[2001:db8::1]`, `[2001:db8::1]:4711`.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches([' ', '\t']);
    let address = if let Some(bracketed) = text.strip_prefix('[') {
        let (address, port) = bracketed.split_once(']')?;
        (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
            .then(|| address.parse::<Ipv6Addr>().ok())?
            .map(IpAddr::V6)
    } else {
        let with_port = || {
            text.split_once(':')
                .filter(|(_, port)| is_port(port))
                .and_then(|(address, _)| address.parse().ok())
                .map(IpAddr::V4)
        };
        text.parse().ok().or_else(with_port)
    };
    address
        .map(|address| address.to_canonical())
        .filter(|address| !address.is_unspecified() && !address.is_multicast())
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests;
