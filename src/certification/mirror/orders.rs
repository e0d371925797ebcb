//! Payloads of the mirror's jobs.

use serde::{Deserialize, Serialize};

use crate::ids::{ApplicationId, DocumentId};
use crate::jobs::Job;

/// Job: creates the folder of an application in Drive, then queues its documents.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct MirrorFolder {
    /// The application.
    pub application: ApplicationId,
}

/// Job: copies one version of a document to Drive.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct MirrorDocument {
    /// The version of the document.
    pub document: DocumentId,
}

impl Job for MirrorFolder {
    const NAME: &'static str = "mirror_folder";
    const QUEUE: Option<&'static str> = Some("drive");

    fn key(&self) -> String {
        format!("mirror-folder:{}", self.application)
    }
}

impl Job for MirrorDocument {
    const NAME: &'static str = "mirror_document";
    const QUEUE: Option<&'static str> = Some("drive");

    fn key(&self) -> String {
        format!("mirror-document:{}", self.document)
    }
}
