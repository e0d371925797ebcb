//! The proxies whose forwarding headers are trusted.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

/// Parses addresses and CIDR networks, separated by commas or spaces; empty for `false` and for an
/// empty setting.
pub(super) fn networks(setting: &str) -> Result<Vec<IpNet>, String> {
    if ["", "false"].contains(&setting.trim().to_ascii_lowercase().as_str()) {
        return Ok(Vec::new());
    }
    let entries = setting
        .split([',', ' ', '\t'])
        .filter(|entry| !entry.is_empty());
    entries
        .map(network)
        .collect::<Result<_, _>>()
        .map_err(|problem| format!("TRUST_PROXY: {problem}"))
}

fn network(entry: &str) -> Result<IpNet, String> {
    if entry.eq_ignore_ascii_case("true") {
        return Err("`true` would let every caller choose its address: name the proxies, like 127.0.0.1 or 10.0.0.0/8,fd00::/8".to_owned());
    }
    let network = entry
        .parse::<IpNet>()
        .or_else(|_| entry.parse::<IpAddr>().map(IpNet::from));
    let network = network.map_err(|_| {
        format!("`{entry}` is neither an address nor a CIDR network like 10.0.0.0/8")
    })?;
    // IPv4-mapped networks become IPv4, the form in which addresses are compared.
    let network = match network {
        IpNet::V6(mapped) if mapped.prefix_len() >= 96 => mapped
            .addr()
            .to_ipv4_mapped()
            .and_then(|address| Ipv4Net::new(address, mapped.prefix_len() - 96).ok())
            .map_or(network, IpNet::V4),
        IpNet::V4(_) | IpNet::V6(_) => network,
    };
    if network.prefix_len() == 0 {
        return Err(format!(
            "`{entry}` is every address there is: name the proxies"
        ));
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_names_networks_and_refuses_what_would_trust_every_caller() {
        for none in ["", " ", "false", "FALSE"] {
            assert_eq!(networks(none), Ok(Vec::new()), "{none}");
        }
        let list = networks("127.0.0.1, 10.1.2.3/8 ::1,fd00::/8,::ffff:172.16.0.0/108").unwrap();
        let holds = |address: &str| {
            list.iter()
                .any(|network| network.contains(&address.parse::<IpAddr>().unwrap()))
        };
        assert!(
            ["127.0.0.1", "10.255.0.1", "::1", "fd12::1", "172.16.9.9"]
                .into_iter()
                .all(holds)
        );
        assert!(!holds("127.0.0.2") && !holds("172.32.0.1"));
        for wrong in [
            "true",
            "TRUE",
            "127.0.0.1,true",
            "0.0.0.0/0",
            "::/0",
            "::ffff:0:0/96",
            "proxy",
            "10.0.0.0/33",
            "10.0.0",
            "127.0.0.1:80",
            "yes",
        ] {
            let refusal = networks(wrong).unwrap_err();
            assert!(
                refusal.starts_with("TRUST_PROXY: ") && !refusal.contains('\n'),
                "{wrong}: {refusal}"
            );
        }
        assert!(networks("true").unwrap_err().contains("10.0.0.0/8"));
    }
}
