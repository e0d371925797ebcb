//! What the jobs of the mirror are told to do.

use serde::{Deserialize, Serialize};

use crate::ids::{ApplicationId, DocumentId};
use crate::jobs::Job;

/// Makes the folder of an application at Drive, then queues its documents.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct MirrorFolder {
    /// Of which.
    pub application: ApplicationId,
}

/// Copies one version of a document to Drive.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct MirrorDocument {
    /// Which.
    pub document: DocumentId,
}

impl Job for MirrorFolder {
    const NAME: &'static str = "mirror_folder";
    const LINE: Option<&'static str> = Some("drive");

    fn key(&self) -> String {
        format!("mirror-folder:{}", self.application)
    }
}

impl Job for MirrorDocument {
    const NAME: &'static str = "mirror_document";
    const LINE: Option<&'static str> = Some("drive");

    fn key(&self) -> String {
        format!("mirror-document:{}", self.document)
    }
}
