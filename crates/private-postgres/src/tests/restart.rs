//! The server dies and is restarted by its owner.

use super::*;

/// Supervises the server while `trial` runs, which must finish first.
async fn kept(postgres: &PrivatePostgres, trial: impl Future<Output = ()>) {
    tokio::select! {
        lost = postgres.keep_running(|| ()) => panic!("{lost}"),
        () = trial => {}
    }
}

/// Waits until the server answers, with another process than `before`.
async fn answers_again(postgres: &PrivatePostgres, place: &TestFolder, before: u32) -> Duration {
    let since = Instant::now();
    loop {
        let options = postgres.connect_options("postgres", "postgres");
        let answers = tokio::time::timeout(Duration::from_secs(1), options.connect()).await;
        if let Ok(Ok(connection)) = answers
            && place.server() != before
        {
            connection.close().await.unwrap();
            return since.elapsed();
        }
        assert!(
            since.elapsed() < Duration::from_mins(1),
            "it does not come back"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// After each of three kills, with a busy backend that does not notice, the server is back
/// with its data within 5 s.
#[tokio::test]
async fn a_server_killed_outright_is_started_again_by_its_owner() {
    let place = TestFolder::new();
    let postgres = PrivatePostgres::start(&Settings {
        durability: Durability::Full,
        ..place.settings()
    })
    .await
    .unwrap();
    note(&postgres, "committed").await;
    kept(&postgres, async {
        for _ in 0..3 {
            let busy = "do $$ begin while clock_timestamp() < now() + interval '20 seconds' loop end loop; end $$";
            let mut child = connect(&postgres).await;
            let busy = tokio::spawn(async move { sqlx::raw_sql(busy).execute(&mut child).await });
            tokio::time::sleep(Duration::from_millis(100)).await;
            let server = place.server();
            kill_outright(server);
            let took = answers_again(&postgres, &place, server).await;
            assert!(took < Duration::from_secs(5), "{took:?}");
            assert_eq!(notes(&postgres).await, ["committed"]);
            assert!(busy.await.unwrap().is_err(), "the backend of the killed server is gone");
            // The server has started, so the next kill is not a consecutive failure.
            tokio::time::sleep(super::super::MIN_UPTIME + Duration::from_millis(500)).await;
        }
    })
    .await;
    let (server, watchdog) = (place.server(), watchdog_of(&postgres));
    postgres.stop().await.unwrap();
    assert!(
        !runs(server) && !runs(watchdog),
        "the new watchdog stops the new server"
    );
}

/// An administrator's restart is not disturbed, and an administrator's stop is undone.
#[tokio::test]
async fn a_restart_by_hand_is_left_alone_and_a_stop_by_hand_is_undone() {
    let place = TestFolder::new();
    let postgres = place.start().await;
    note(&postgres, "kept").await;
    let by_hand = async |mode: &'static str| {
        let mut pg_ctl = super::super::lock(&postgres.cluster).pg_ctl();
        pg_ctl
            .args([mode, "-s", "-w", "-m", "fast", "-D"])
            .arg(place.0.join("pg"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        assert!(
            tokio::task::spawn_blocking(move || pg_ctl.status())
                .await
                .unwrap()
                .unwrap()
                .success(),
            "{mode}"
        );
    };
    kept(&postgres, async {
        let before = place.server();
        by_hand("restart").await;
        answers_again(&postgres, &place, before).await;
        let before = place.server();
        tokio::time::sleep(super::super::STOPPED_FOR + Duration::from_millis(500)).await;
        assert_eq!(
            place.server(),
            before,
            "the server of the restart was left running"
        );
        by_hand("stop").await;
        answers_again(&postgres, &place, before).await;
        assert_eq!(notes(&postgres).await, ["kept"]);
    })
    .await;
    postgres.stop().await.unwrap();
}

/// After three failures supervision gives up, with one line that names the cause.
#[tokio::test]
async fn a_server_that_cannot_be_started_again_is_given_up_in_one_line() {
    let place = TestFolder::new();
    let postgres = place.start().await;
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(place.0.join("pg/postgresql.conf"))
        .unwrap();
    writeln!(file, "no_such_setting = 1").unwrap();
    kill_outright(place.server());
    let lost = tokio::time::timeout(Duration::from_mins(1), postgres.keep_running(|| ()))
        .await
        .unwrap();
    assert!(matches!(lost, Error::Lost { failures: 3, .. }), "{lost}");
    let line = lost.to_string();
    assert!(
        !line.contains('\n')
            && line.contains("3 attempts")
            && line.contains(&place.0.display().to_string()),
        "{line}"
    );
}
