-- An administrator switches a webhook off, and queues a mail again that was given up.

-- One that an administrator of the office switched off is not its keeper's to switch on.
alter table webhook drop constraint webhook_reason_is_known;
alter table webhook add constraint webhook_reason_is_known check (disabled_for in ('owner', 'failure', 'administrator'));

-- How often in this run: a mail that is queued again begins anew, and `attempts` still says how often it was tried in all.
alter table mail add column tries integer not null default 0;
update mail set tries = attempts;
