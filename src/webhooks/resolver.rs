//! Resolves host names and refuses addresses that may not be called. The client connects to exactly
//! the addresses that were checked: there is no second lookup between check and connection (DNS
//! rebinding).

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::Guard;

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
