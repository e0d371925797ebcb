//! The jobs of a test's service: the real engine, until nothing is left that may run now.

use service_desk::casework::worker::stopping;
use service_desk::start::job_options;
use sqlx::postgres::PgPoolOptions;

use super::TestApp;

impl TestApp {
    /// Does every job that is due, and what those queue.
    pub async fn work(&self) {
        // A job may queue another after the engine has seen that nothing is left.
        for _ in 0..10 {
            self.work_once().await;
            let due = "select count(*) from graphile_worker._private_jobs where run_at <= now() and locked_at is null and attempts < max_attempts";
            let due: i64 = sqlx::query_scalar(due)
                .fetch_one(&mut self.sql().await)
                .await
                .unwrap();
            if due == 0 {
                return;
            }
        }
        panic!("the jobs never end");
    }

    async fn work_once(&self) {
        let pool = PgPoolOptions::new()
            .max_connections(3)
            .connect_with(self.service.database.clone())
            .await
            .unwrap();
        let (options, _) = job_options(&self.service, pool).unwrap();
        let engine = options
            .worker_shutdown(stopping(std::future::pending()))
            .init()
            .await
            .unwrap();
        // Nobody closes the pool: the engine keeps connections beyond its own life, and closing would wait for them.
        engine.run_once().await.unwrap();
    }

    /// Does every job that waits, also what waits for its next attempt.
    pub async fn work_again(&self) {
        let due = "update graphile_worker._private_jobs set run_at = now() - interval '1 second' where locked_at is null";
        sqlx::query(due)
            .execute(&mut self.sql().await)
            .await
            .unwrap();
        self.work().await;
    }

    /// How many jobs of this name wait.
    pub async fn waiting(&self, name: &str) -> i64 {
        let count = "select count(*) from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = $1";
        sqlx::query_scalar(count)
            .bind(name.to_owned())
            .fetch_one(&mut self.sql().await)
            .await
            .unwrap()
    }
}
