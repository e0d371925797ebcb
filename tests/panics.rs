//! A panic leaves the place in the source in the log, and never its message, which may quote a
//! caller's text. In a process of its own, because the hook is global to the process.

#[path = "api/support/log.rs"]
mod log;

use log::Log;
use service_desk::web::no_logs::{install_redacting_panic_hook, without_logs};

#[test]
fn a_panic_is_logged_by_its_place_and_a_confidential_one_not_at_all() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let usual = std::panic::take_hook();
    install_redacting_panic_hook();
    let told = "Siti Rahmawati, 1671014203900001";
    let open = std::panic::catch_unwind(|| panic!("{told}"));
    let within = log.text();
    let confidential = std::panic::catch_unwind(|| without_logs(|| panic!("{told}")));
    let all = log.text();
    std::panic::set_hook(usual);
    assert!(open.is_err() && confidential.is_err());
    assert!(
        within.contains("panicked") && within.contains("tests/panics.rs"),
        "{within}"
    );
    assert_eq!(all, within, "the location must not contain the message");
    assert!(
        ["Siti", "Rahmawati", "1671"]
            .iter()
            .all(|part| !all.contains(part)),
        "{all}"
    );
}
