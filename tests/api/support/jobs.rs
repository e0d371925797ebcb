//! Runs a test service's jobs on the real engine until no due job is left.

use service_desk::casework::worker::shutdown_on;
use service_desk::start::job_options;
use sqlx::postgres::PgPoolOptions;

use super::TestApp;

impl TestApp {
    /// Runs every due job, and the jobs that those queue.
    pub async fn work(&self) {
        // A job may queue another after the engine has found the queue empty.
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
            .worker_shutdown(shutdown_on(std::future::pending()))
            .init()
            .await
            .unwrap();
        // The pool is not closed: the engine keeps connections beyond its own life, and closing
        // would wait for them.
        engine.run_once().await.unwrap();
    }

    /// Runs every waiting job, including those that wait for a retry.
    pub async fn work_again(&self) {
        let due = "update graphile_worker._private_jobs set run_at = now() - interval '1 second' where locked_at is null";
        sqlx::query(due)
            .execute(&mut self.sql().await)
            .await
            .unwrap();
        self.work().await;
    }

    /// The number of waiting jobs of this name.
    pub async fn waiting(&self, name: &str) -> i64 {
        let count = "select count(*) from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = $1";
        sqlx::query_scalar(count)
            .bind(name.to_owned())
            .fetch_one(&mut self.sql().await)
            .await
            .unwrap()
    }
}
