//! A complete service with listener and job engine, beside the one that a test calls.

use std::net::TcpListener;

use service_desk::app::Service;
use service_desk::events::EventBroadcaster;
use service_desk::start;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running replica.
pub struct Replica {
    /// The address of its listener: `host:port`.
    pub address: String,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<Result<(), String>>,
}

impl Replica {
    /// Starts a replica of `service` with an event broadcaster of its own.
    pub fn start(service: &Service) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopping) = oneshot::channel::<()>();
        let service = Service {
            broadcaster: EventBroadcaster::default(),
            ..service.clone()
        };
        let served = start::run(service, listener, async move { drop(stopping.await) });
        let served =
            actix_web::rt::spawn(
                async move { served.await.map_err(|failure| failure.to_string()) },
            );
        Self {
            address,
            stop: Some(stop),
            served,
        }
    }

    /// Stops the replica and waits for its end.
    pub async fn stop(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.served.await.unwrap().unwrap();
    }
}
