//! Construction of the port of the payment office, and of its simulator in private mode.

use std::sync::Arc;

use chrono::TimeDelta;
use payment_office_simulator::{Settings, Simulator};
use zeroize::Zeroizing;

use super::Failure;
use crate::clock::Clock;
use crate::config::{Config, EBillingConfig, Secret};
use crate::gateways::payment_office::{CallbackKey, Connection, OfficeCodes, PaymentOffice};
use crate::secrecy::{SealingKey, random_bytes};

/// The payment office of the settings; manual mode without settings.
pub(super) fn build(config: &Config) -> Result<PaymentOffice, Failure> {
    let connection = config.e_billing.as_ref().map(|setting| {
        let [ministry, unit, work_unit, account, tariff, regulation, kind] = setting.codes.clone();
        Connection {
            url: setting.url.clone(),
            user: setting.user.clone(),
            password: setting.password.expose().to_owned(),
            codes: OfficeCodes {
                ministry,
                unit,
                work_unit,
                account,
                tariff,
                regulation,
                kind,
            },
            validity: TimeDelta::days(config.settings.e_billing.e_billing_days.into()),
        }
    });
    let callback = config
        .e_billing_secret
        .as_ref()
        .map(|secret| CallbackKey::new(SealingKey::from_bytes(Zeroizing::new(*secret.expose()))));
    Ok(PaymentOffice::new(connection, callback)?)
}

/// Starts a simulated payment office and enters it into the settings, unless a real one is set.
/// Its codes are made up.
pub async fn simulate(config: &mut Config, clock: &Clock) -> Result<(), Failure> {
    if config.e_billing.is_some() {
        return Ok(());
    }
    let secret = *config
        .e_billing_secret
        .get_or_insert_with(|| random_bytes::<32>().into())
        .expose();
    let (clock, password) = (clock.clone(), hex::encode(random_bytes::<16>()));
    let settings = Settings {
        user: "simulator".to_owned(),
        password: password.clone(),
        secret,
        callback: Some(format!(
            "{}/api/v1/integrations/e-billing/payments",
            config.settings.listen
        )),
        now: Arc::new(move || clock.now()),
    };
    let simulator = Simulator::start(settings).await?;
    let codes = ["019", "07", "000000", "425000", "000", "000", "F"];
    config.e_billing = Some(EBillingConfig {
        url: simulator.url(),
        user: "simulator".to_owned(),
        password: Secret::from(password),
        codes: codes.map(str::to_owned),
    });
    Ok(())
}
