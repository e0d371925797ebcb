//! Private mode: a mail is a file, and no mail leaves the machine.

use std::os::unix::fs::PermissionsExt as _;

use service_desk::sop::role::Role;

use super::delivery::forget_password;
use crate::support::TestApp;

#[actix_web::test]
async fn without_a_server_each_mail_is_a_file_that_only_the_service_reads() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    forget_password(&app, &staff).await;
    app.work().await;
    let files: Vec<_> = std::fs::read_dir(app.folder().join("mails"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1);
    let mail = std::fs::read_to_string(&files[0]).unwrap();
    assert!(
        mail.contains(&staff.email) && mail.contains("Content-Type: text/html"),
        "{mail}"
    );
    assert_eq!(
        std::fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777,
        0o600
    );
}
