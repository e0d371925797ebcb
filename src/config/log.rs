//! The log filter setting.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// The default filter.
pub(super) const DEFAULT: &str = "info,graphile_worker=warn,sqlx=warn,opendal=warn";

/// Checks `filter`: comma-separated directives, each a level or `target=level`.
///
/// `tracing-subscriber` takes a word that is not a level for the name of a target, so `LOG=inof`
/// would log nothing. Therefore a bare word must be a level.
pub(super) fn checked(filter: &str) -> Result<(), String> {
    let hint = "write levels (error, warn, info, debug, trace, off) like `info,sqlx=warn`";
    EnvFilter::try_new(filter).map_err(|error| format!("LOG: `{filter}`: {error}; {hint}"))?;
    // Directives with fields or spans in brackets are checked by the parser alone.
    if filter.contains(['[', '{']) {
        return Ok(());
    }
    // The parser accepts an empty level as `error`.
    let is_level = |text: &str| !text.is_empty() && text.parse::<LevelFilter>().is_ok();
    let is_target = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_:-".contains(c))
    };
    for directive in filter
        .split(',')
        .map(str::trim)
        .filter(|directive| !directive.is_empty())
    {
        let right = match directive.split_once('=') {
            Some((target, level)) => is_target(target) && is_level(level),
            None => is_level(directive),
        };
        if !right {
            return Err(format!(
                "LOG: `{directive}` is neither a level nor target=level; {hint}"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn a_filter_is_levels_and_targets_with_levels() {
        for right in [
            super::DEFAULT,
            "info",
            "WARN",
            "off",
            "debug,sqlx=warn",
            "info,hyper::client=trace",
            "info,[request{id=1}]=debug",
            "",
        ] {
            assert_eq!(checked(right), Ok(()), "{right}");
        }
        for wrong in [
            "a=b=c",
            "inof",
            "service_desk",
            "info,sqlx=loud",
            "=info",
            "sqlx=",
            "info;sqlx=warn",
            "info sqlx",
            "info, sqlx=warn",
            "a==info",
        ] {
            assert!(
                checked(wrong)
                    .is_err_and(|fault| fault.starts_with("LOG: ") && !fault.contains('\n')),
                "{wrong}"
            );
        }
    }
}
