//! The server's settings. They are passed on its command line, so that an older cluster gets the
//! settings of a newer program.

use super::Durability;
use super::socket::PORT;

/// Connections for the pools, the jobs and an administrator.
const CONNECTIONS: u16 = 100;
/// Every test has its own pools.
const CONNECTIONS_IN_TESTS: u16 = 200;

/// The settings of every private cluster.
const ALWAYS: &[(&str, &str)] = &[
    // No network connections.
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    // Statements, their parameters and the details of errors ("Key (email)=(…) already exists")
    // contain confidential data.
    ("log_statement", "none"),
    ("log_min_duration_statement", "-1"),
    ("log_parameter_max_length", "0"),
    ("log_parameter_max_length_on_error", "0"),
    ("log_min_error_statement", "panic"),
    ("log_error_verbosity", "terse"),
    // The time of a commit would reveal when an anonymous report was made.
    ("track_commit_timestamp", "off"),
    ("shared_buffers", "128MB"),
    // JIT compilation costs more than the short queries of this service.
    ("jit", "off"),
];

/// The options for `pg_ctl -o`, which passes them to a shell; no value here needs quoting.
pub(super) fn options(socket_folder: &str, durability: Durability) -> String {
    let connections = match durability {
        Durability::Full => CONNECTIONS,
        Durability::Off => CONNECTIONS_IN_TESTS,
    };
    let kept = match durability {
        Durability::Full => "on",
        Durability::Off => "off",
    };
    let mut options = format!(
        "-c port={PORT} -c unix_socket_directories={socket_folder} -c max_connections={connections} \
         -c fsync={kept} -c full_page_writes={kept} -c synchronous_commit={kept}"
    );
    options.extend(
        ALWAYS
            .iter()
            .map(|(name, value)| format!(" -c {name}={value}")),
    );
    options
}
