-- An administrator switches a webhook off.

-- One that an administrator of the office switched off is not its keeper's to switch on.
alter table webhook drop constraint webhook_reason_is_known;
alter table webhook add constraint webhook_reason_is_known check (disabled_for in ('owner', 'failure', 'administrator'));
