//! The version of a `PostgreSQL` installation, as printed by its server program.

use std::fmt;

/// A released version. Betas and development builds do not parse, so they are never chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    /// The major version, which determines the data format.
    pub(super) major: u32,
    /// The minor version.
    pub(super) minor: u32,
}

impl Version {
    /// Parses the output of `postgres --version`, e.g. `postgres (PostgreSQL) 15.14 (Debian
    /// 15.14-0+deb12u1)`.
    pub(super) fn read(told: &str) -> Option<Self> {
        let (_, after) = told.split_once("(PostgreSQL) ")?;
        let (major, minor) = after.split_whitespace().next()?.split_once('.')?;
        Some(Self {
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn a_packaged_release_is_read() {
        let debian = "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n";
        let plain = "postgres (PostgreSQL) 18.6\n";
        assert_eq!(
            Version::read(debian),
            Some(Version {
                major: 15,
                minor: 14
            })
        );
        assert_eq!(
            Version::read(plain),
            Some(Version {
                major: 18,
                minor: 6
            })
        );
    }

    #[test]
    fn a_beta_and_a_stranger_are_not_read() {
        assert_eq!(Version::read("postgres (PostgreSQL) 19beta1\n"), None);
        assert_eq!(Version::read("postgres (PostgreSQL) 19devel\n"), None);
        assert_eq!(Version::read("mysqld  Ver 8.0.36\n"), None);
        assert_eq!(Version::read(""), None);
    }

    #[test]
    fn ten_corrections_are_newer_than_nine() {
        let nine = Version {
            major: 15,
            minor: 9,
        };
        let ten = Version {
            major: 15,
            minor: 10,
        };
        assert!(ten > nine);
    }
}
