//! The suggestion of a cost estimate: the composition of the application's scheme and kind, times
//! the man-days of the team, with travel, laboratory and discount. Each line says where it comes
//! from; what has no price is listed and not invented.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::check::{PriceBasis, discount};
use super::{Channel, CostLine, total};
use crate::certification::auditors::{TeamMember, TeamRole};
use crate::certification::form::{ApplicationForm, check_number};
use crate::certification::quantity::Quantity;
use crate::certification::tariffs::components::{Component, CostComponent, Per};
use crate::certification::tariffs::{Tariff, TariffKind};
use crate::certification::team::rules::{MAX_AUDIT_DAYS, MAX_MEMBERS};
use crate::error::{FieldError, Text, fault, text};
use crate::typesetting::{rupiah, rupiah_in_words};
use crate::web::body::Validate;

/// Maximum number of laboratory tests.
const MAX_TESTS: usize = 50;

/// The form for a suggestion: the team and the days of the coming proposal.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostSuggestionForm {
    /// The team that will be proposed.
    #[schema(max_items = 50)]
    pub proposed_team: Vec<TeamMember>,
    /// Length of the audit in days.
    #[schema(example = 2, minimum = 1, maximum = 60)]
    pub audit_days: u16,
    /// Days of travel before and after the audit.
    #[serde(default)]
    #[schema(example = 0, minimum = 0, maximum = 60)]
    pub travel_days: u16,
    /// Way of payment of the travel; `direct_by_client` if left out.
    #[serde(default)]
    pub travel_channel: Option<Channel>,
    /// Laboratory tests.
    #[serde(default)]
    #[schema(example = json!([]), max_items = 50)]
    pub laboratory: Vec<LaboratoryTest>,
}

/// A laboratory test of the price list.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LaboratoryTest {
    /// Code on the price list.
    #[schema(example = "UJI-3553", pattern = "^[A-Z0-9][A-Z0-9-]{0,39}$")]
    pub tariff_code: String,
    /// Number of tests.
    pub quantity: Quantity,
}

impl Validate for CostSuggestionForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        for (pointer, days, least) in [
            ("/audit_days", self.audit_days, 1),
            ("/travel_days", self.travel_days, 0),
        ] {
            if !(least..=MAX_AUDIT_DAYS).contains(&days) {
                faults.push(fault(
                    pointer,
                    "wrong_value",
                    format!("Paling lama {MAX_AUDIT_DAYS} hari."),
                    format!("At most {MAX_AUDIT_DAYS} days."),
                ));
            }
        }
        for (pointer, number, limit) in [
            ("/proposed_team", self.proposed_team.len(), MAX_MEMBERS),
            ("/laboratory", self.laboratory.len(), MAX_TESTS),
        ] {
            check_number(&mut faults, pointer, number, limit);
        }
        faults
    }
}

/// Where a line comes from.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Origin {
    /// The component of the composition; null for travel and laboratory.
    pub component: Option<Component>,
    /// Code on the price list.
    #[schema(example = "SNI-KETUA")]
    pub tariff_code: String,
    /// First day of the price.
    #[schema(example = "2026-01-01")]
    pub valid_from: NaiveDate,
    /// The highest amount for one unit; of travel only.
    #[schema(example = json!(null))]
    pub ceiling: Option<i64>,
    /// Whether the price is an example: no billing is issued with it outside private mode.
    #[schema(example = true)]
    pub is_example: bool,
    /// The reckoning in words.
    pub explanation: Text,
}

/// A part of the estimate without a price.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct MissingPrice {
    /// The component of the composition, if it is one.
    pub component: Option<Component>,
    /// The missing part in words.
    pub explanation: Text,
}

/// Where the man-days come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManDaySource {
    /// The audit time that was determined for the file.
    AuditTime,
    /// Each member of the team on each day of the audit.
    TeamAndDays,
}

/// The sum of one way of payment.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ChannelTotal {
    /// Way of payment.
    pub channel: Channel,
    /// Amount in whole rupiah.
    #[schema(example = 9_000_000)]
    pub amount: i64,
    /// The amount in Indonesian words (terbilang).
    #[schema(example = "Sembilan juta rupiah")]
    pub words: String,
}

/// A suggested cost estimate.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CostSuggestion {
    /// The day of the prices.
    #[schema(example = "2026-07-06")]
    pub day: NaiveDate,
    /// Where the man-days come from.
    pub man_days_from: ManDaySource,
    /// The lines, as step 4 takes them.
    pub cost_estimate: Vec<CostLine>,
    /// Where each line comes from, in the order of the lines.
    pub origins: Vec<Origin>,
    /// Parts without a price in force. Add them by hand, or import the price first.
    pub missing: Vec<MissingPrice>,
    /// The sums, for each way of payment that occurs.
    pub totals: Vec<ChannelTotal>,
}

/// The facts of a suggestion.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The application.
    pub application: &'a ApplicationForm,
    /// The composition in force.
    pub components: &'a [CostComponent],
    /// The prices in force, and whether the discount is proved.
    pub basis: &'a PriceBasis,
    /// The city of the office: in it, travel is travel in town.
    pub city: &'a str,
    /// The audit time of leads and auditors together, if it was determined.
    pub audit_time: Option<Quantity>,
    /// The day of the prices.
    pub day: NaiveDate,
}

/// Computes the suggestion for `form`.
pub fn suggest(form: &CostSuggestionForm, facts: &Facts<'_>) -> CostSuggestion {
    let mut estimate = Estimate {
        basis: facts.basis,
        lines: Vec::new(),
        origins: Vec::new(),
        missing: Vec::new(),
    };
    estimate.add_composition(form, facts);
    estimate.add_laboratory(form);
    estimate.add_travel(form, facts);
    estimate.add_discount(facts);
    let totals = Channel::ALL
        .into_iter()
        .filter(|channel| estimate.lines.iter().any(|line| line.channel == *channel))
        .map(|channel| {
            let amount = total(&estimate.lines, channel);
            ChannelTotal {
                channel,
                amount,
                words: rupiah_in_words(amount),
            }
        })
        .collect();
    CostSuggestion {
        day: facts.day,
        man_days_from: if facts.audit_time.is_some() {
            ManDaySource::AuditTime
        } else {
            ManDaySource::TeamAndDays
        },
        cost_estimate: estimate.lines,
        origins: estimate.origins,
        missing: estimate.missing,
        totals,
    }
}

/// The man-days of each role, in halves. Audit time is shared by leads and auditors alike, odd
/// halves to the lead first; all others are there on each day.
fn man_days(form: &CostSuggestionForm, audit_time: Option<Quantity>) -> BTreeMap<Component, u32> {
    let number = |role| {
        let members = form.proposed_team.iter().filter(|one| one.role == role);
        u32::try_from(members.count()).unwrap_or_default()
    };
    let day = 2 * u32::from(form.audit_days);
    let (leads, auditors) = (number(TeamRole::Lead), number(TeamRole::Auditor));
    let (lead, auditor) = match (audit_time, leads + auditors) {
        (Some(time), sharing @ 1..) => {
            let lead: u32 = (0..leads).map(|i| share(time.halves(), sharing, i)).sum();
            (lead, time.halves() - lead)
        }
        _ => (leads * day, auditors * day),
    };
    BTreeMap::from([
        (Component::Lead, lead),
        (Component::Auditor, auditor),
        (
            Component::SamplingOfficer,
            number(TeamRole::SamplingOfficer) * day,
        ),
        (Component::Expert, number(TeamRole::Expert) * day),
    ])
}

/// The share of member `i` of `sharing`, in halves: the first ones take the odd halves.
fn share(halves: u32, sharing: u32, i: u32) -> u32 {
    halves / sharing + u32::from(i < halves % sharing)
}

struct Estimate<'a> {
    basis: &'a PriceBasis,
    lines: Vec<CostLine>,
    origins: Vec<Origin>,
    missing: Vec<MissingPrice>,
}

impl Estimate<'_> {
    fn add(
        &mut self,
        price: &Tariff,
        component: Option<Component>,
        quantity: Quantity,
        channel: Channel,
        (description, explanation): (String, Text),
    ) {
        self.lines.push(CostLine {
            kind: price.kind.into(),
            description,
            quantity,
            unit: price.unit.clone(),
            unit_amount: price.amount,
            channel,
            legal_basis: price.legal_basis.clone(),
            tariff_code: Some(price.code.clone()),
            reason: None,
        });
        self.origins.push(origin(price, component, explanation));
    }

    fn miss(&mut self, component: Option<Component>, explanation: Text) {
        self.missing.push(MissingPrice {
            component,
            explanation,
        });
    }

    fn add_composition(&mut self, form: &CostSuggestionForm, facts: &Facts<'_>) {
        let application = facts.application;
        let mut components: Vec<_> = facts
            .components
            .iter()
            .filter(|one| one.scheme == application.scheme && one.kind == application.kind)
            .collect();
        components.sort_by_key(|one| one.component);
        let composition = format!("{}/{}", application.scheme, application.kind.as_str());
        if components.is_empty() {
            self.miss(
                None,
                text(
                    format!("Komposisi biaya {composition} belum ada."),
                    format!("There is no composition for {composition}."),
                ),
            );
        }
        let days = man_days(form, facts.audit_time);
        for one in components {
            if one.component == Component::Discount {
                continue;
            }
            let of_role = days.get(&one.component).copied();
            let halves = match one.per {
                Per::ManDay => of_role.unwrap_or_default(),
                // A role that the team does not have costs nothing.
                Per::File | Per::Product if of_role == Some(0) => 0,
                Per::File => 2,
                Per::Product => 2 * u32::try_from(application.products.len().max(1)).unwrap_or(1),
            };
            let Some(quantity) = Quantity::of_halves(halves) else {
                continue;
            };
            let Some(price) = self.basis.price(&one.tariff_code) else {
                let code = &one.tariff_code;
                self.miss(
                    Some(one.component),
                    text(
                        format!("Tarif {code} dari komposisi {composition} tidak berlaku hari ini."),
                        format!("Tariff {code} of the composition for {composition} is not in force today."),
                    ),
                );
                continue;
            };
            let explanation = text(
                format!(
                    "Komposisi {composition}; {quantity} {}; {} sejak {}",
                    price.unit, price.legal_basis, price.valid_from
                ),
                format!(
                    "Composition of {composition}; {quantity} {}; {} since {}",
                    price.unit, price.legal_basis, price.valid_from
                ),
            );
            self.add(
                price,
                Some(one.component),
                quantity,
                Channel::PnbpBilling,
                (price.label.clone(), explanation),
            );
        }
    }

    fn add_laboratory(&mut self, form: &CostSuggestionForm) {
        for test in &form.laboratory {
            let code = &test.tariff_code;
            let price = self.basis.price(code);
            let Some(price) = price.filter(|price| price.kind == TariffKind::Laboratory) else {
                self.miss(
                    None,
                    text(
                        format!("Tarif uji {code} tidak berlaku hari ini."),
                        format!("There is no laboratory tariff {code} in force today."),
                    ),
                );
                continue;
            };
            let explanation = text(
                format!(
                    "Uji yang diminta; {} sejak {}",
                    price.legal_basis, price.valid_from
                ),
                format!(
                    "A requested test; {} since {}",
                    price.legal_basis, price.valid_from
                ),
            );
            let words = (price.label.clone(), explanation);
            self.add(price, None, test.quantity, Channel::PnbpBilling, words);
        }
    }

    fn add_travel(&mut self, form: &CostSuggestionForm, facts: &Facts<'_>) {
        let travelling = form
            .proposed_team
            .iter()
            .filter(|member| !member.role.is_outside() && member.role != TeamRole::Observer);
        let persons = u32::try_from(travelling.count()).unwrap_or_default();
        let days = u32::from(form.audit_days) + u32::from(form.travel_days);
        let Some(site) = facts.application.site.as_ref().filter(|_| persons > 0) else {
            return;
        };
        let in_town = town(&site.regency) == town(facts.city);
        let parts: &[(TariffKind, u32, &str, &str)] = if in_town {
            &[(TariffKind::TravelPerDiemInTown, days, "hari", "days")]
        } else {
            &[
                (TariffKind::TravelPerDiem, days, "hari", "days"),
                (TariffKind::TravelLodging, days - 1, "malam", "nights"),
                (TariffKind::TravelTransport, 1, "kali", "times"),
            ]
        };
        let channel = form.travel_channel.unwrap_or(Channel::DirectByClient);
        for (kind, times, unit_id, unit_en) in parts {
            let Some(quantity) = Quantity::of(persons * times) else {
                continue;
            };
            let price = self.basis.prices.iter().find(|price| {
                price.kind == *kind
                    && price
                        .province
                        .as_ref()
                        .is_some_and(|one| folded(one) == folded(&site.province))
            });
            let province = &site.province;
            let Some(price) = price else {
                let kind: &str = kind.into();
                self.miss(
                    None,
                    text(
                        format!("Standar biaya {kind} untuk {province} tidak ada; {persons} orang x {times} {unit_id}."),
                        format!("There is no standard cost {kind} for {province}; {persons} persons x {times} {unit_en}."),
                    ),
                );
                continue;
            };
            let ceiling = price.ceiling.unwrap_or(price.amount);
            let explanation = text(
                format!(
                    "{persons} orang x {times} {unit_id}, {province}; batas tertinggi {}; {} sejak {}",
                    rupiah(ceiling),
                    price.legal_basis,
                    price.valid_from
                ),
                format!(
                    "{persons} persons x {times} {unit_en}, {province}; ceiling {}; {} since {}",
                    rupiah(ceiling),
                    price.legal_basis,
                    price.valid_from
                ),
            );
            let description = format!(
                "{}, {persons} orang x {times} {unit_id}, {province}",
                price.label
            );
            self.add(price, None, quantity, channel, (description, explanation));
        }
    }

    fn add_discount(&mut self, facts: &Facts<'_>) {
        let application = facts.application;
        if !application.facts.small_business_discount {
            return;
        }
        let component = facts.components.iter().find(|one| {
            one.component == Component::Discount
                && one.scheme == application.scheme
                && one.kind == application.kind
        });
        let price = component.and_then(|one| self.basis.price(&one.tariff_code));
        let price = price.filter(|price| price.kind == TariffKind::Discount);
        let missing = match price {
            None => Some(text(
                "Potongan diminta, tetapi tidak ada dalam komposisi dan daftar tarif.",
                "The discount is requested, but the composition and the price list have none.",
            )),
            Some(_) if !self.basis.discount_proved => Some(text(
                "Potongan diminta, tetapi surat skala usaha belum dinyatakan lengkap.",
                "The discount is requested, but the statement of business scale was not found complete.",
            )),
            Some(_) => None,
        };
        if let Some(missing) = missing {
            return self.miss(Some(Component::Discount), missing);
        }
        let Some(price) = price else { return };
        let line = discount(&self.lines, price);
        let explanation = text(
            format!(
                "{} % dari tarif sertifikasi yang ditagih, setengah rupiah ke atas; {} sejak {}",
                price.amount, price.legal_basis, price.valid_from
            ),
            format!(
                "{} % of the billed certification tariffs, half a rupiah rounded up; {} since {}",
                price.amount, price.legal_basis, price.valid_from
            ),
        );
        self.origins
            .push(origin(price, Some(Component::Discount), explanation));
        self.lines.push(line);
    }
}

fn origin(price: &Tariff, component: Option<Component>, explanation: Text) -> Origin {
    Origin {
        component,
        tariff_code: price.code.clone(),
        valid_from: price.valid_from,
        ceiling: price.ceiling,
        is_example: price.is_example,
        explanation,
    }
}

/// The name of a city without "Kota": a regency (kabupaten) of a like name is another place.
fn town(name: &str) -> String {
    let name = folded(name);
    name.strip_prefix("kota ").unwrap_or(&name).to_owned()
}

/// The name of a place without the difference of case and white space.
fn folded(name: &str) -> String {
    let name = name.to_lowercase();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
