//! The provider `local`: PAdES-B-B signatures under the office's own test certification authority. Anybody can check them against its certificate; they have
//! not the force of a certificate of a listed authority (PSrE).

mod authority;
mod cades;
mod certificate;
mod container;
mod key;
mod store;

pub use self::authority::Authority;

use self::container::Opened;
use super::Order;
use crate::error::Result;
use crate::secrecy::sha256;

impl Authority {
    /// Signs the PDF: an incremental update with an invisible signature field, whose signature covers every other byte.
    ///
    /// # Errors
    /// Our own fault when the PDF is none we can append to.
    pub fn sign(&self, order: &Order) -> Result<Vec<u8>> {
        let signer = self.issue(&order.name, &order.capacity, order.at)?;
        let opened = Opened::of(order)?;
        let signature = cades::detached(&signer, self.certificate(), &sha256(&opened.covered()))?;
        opened.close(&signature)
    }
}

#[cfg(test)]
mod tests;
