//! What a panic leaves in the log: the place in our source, and never its message, which may quote what people told us. A process of its own, since the hook is
//! the process's.

use std::io::Write;
use std::sync::{Arc, Mutex};

use service_desk::web::silence::{hush_panics, silently};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics with the log in hand").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn a_panic_is_logged_by_its_place_and_a_confidential_one_not_at_all() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let usual = std::panic::take_hook();
    hush_panics();
    let told = "Siti Rahmawati, 1671014203900001";
    let open = std::panic::catch_unwind(|| panic!("{told}"));
    let within = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let confidential = std::panic::catch_unwind(|| silently(|| panic!("{told}")));
    let all = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    std::panic::set_hook(usual);
    assert!(open.is_err() && confidential.is_err());
    assert!(within.contains("panicked") && within.contains("tests/panics.rs"), "{within}");
    assert_eq!(all, within, "the place would say what was asked for");
    assert!(["Siti", "Rahmawati", "1671"].iter().all(|part| !all.contains(part)), "{all}");
}
