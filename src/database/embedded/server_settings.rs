//! What the server is told when it starts. The settings go on its command line, so an older cluster follows a newer program.

use super::Durability;
use super::socket::PORT;

/// Who connects: the pools, the jobs, a person looking in.
const CONNECTIONS: u16 = 100;
/// In tests every test has pools of its own.
const CONNECTIONS_IN_TESTS: u16 = 200;

/// The same in every private cluster.
const ALWAYS: &[(&str, &str)] = &[
    // Nothing comes in over the network.
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    // Statements and their parameters hold what people told us in confidence; so do the details of an error ("Key (email)=(…) already exists").
    ("log_statement", "none"),
    ("log_min_duration_statement", "-1"),
    ("log_parameter_max_length", "0"),
    ("log_parameter_max_length_on_error", "0"),
    ("log_min_error_statement", "panic"),
    ("log_error_verbosity", "terse"),
    // A commit's time would tell when an anonymous report was made.
    ("track_commit_timestamp", "off"),
    ("shared_buffers", "128MB"),
    // Compiling costs more than our short queries take.
    ("jit", "off"),
];

/// The options for `pg_ctl -o`, which hands them to a shell; no value here needs quoting.
pub(super) fn options(socket_folder: &str, durability: Durability) -> String {
    let connections = match durability {
        Durability::Kept => CONNECTIONS,
        Durability::Waived => CONNECTIONS_IN_TESTS,
    };
    let kept = match durability {
        Durability::Kept => "on",
        Durability::Waived => "off",
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
