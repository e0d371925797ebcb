-- News: what people are told (notifications), what happened (events, for streams and webhooks), who wants to be called (webhooks), and what has become late.

-- A notification: to one person, that a step waits for them, that their case moved, that something is late. It holds codes and no word anybody wrote.
create table notification (
    id             uuid primary key,
    office_id      uuid not null references office,
    -- Whom it is to. For a complaint nobody is named: who was told and who was not would say in a dump who is accused.
    user_id        uuid references app_user,
    -- For a complaint: the tag (HMAC) by which conflicts name people.
    person_tag     bytea,
    kind           text not null constraint notification_kind_is_known
        check (kind in ('step_waiting', 'case_moved', 'step_late', 'webhook_disabled')),
    application_id uuid references application,
    -- A shredded complaint takes what was told of it along.
    complaint_id   uuid references wbs.complaint on delete cascade,
    webhook_id     uuid,
    step           smallint,
    -- Code of the task that waits or was done.
    task           text,
    stage          text,
    -- How much of the standard time was used up, in percent: 75, 100 or 150.
    percent        smallint,
    at             timestamptz not null,
    read_at        timestamptz,
    constraint notification_of_a_complaint_names_nobody
        check ((complaint_id is null) = (user_id is not null) and (complaint_id is null) = (person_tag is null)),
    constraint notification_is_about_one_thing check (num_nonnulls(application_id, complaint_id, webhook_id) = 1)
);
-- The inbox, newest first.
create index notification_of_user on notification (user_id, at desc, id desc) where user_id is not null;
create index notification_of_person on notification (person_tag, at desc, id desc) where person_tag is not null;
create index notification_of_complaint on notification (complaint_id) where complaint_id is not null;
-- What the sweep looks for.
create index notification_by_age on notification (at);
grant select, insert, delete on notification to desk_app;
-- What was told is not retold in other words: only that it was read.
grant update (read_at) on notification to desk_app;

-- Whoever may not see a complaint (any more) finds nothing of it in their inbox either: accused, recused, out of the team, without the role.
alter table notification enable row level security;
create policy notification_is_read on notification for select
    using (complaint_id is null or exists (select from wbs.complaint c where c.id = complaint_id));
create policy notification_is_written on notification for insert with check (true);
create policy notification_is_marked on notification for update
    using (complaint_id is null or exists (select from wbs.complaint c where c.id = complaint_id));
create policy notification_is_swept on notification for delete using (wbs.standing() = 'service');

-- What happened, in the order in which it became visible: what streams replay and webhooks send. Applications and notifications only; a complaint is not in
-- it but as the notification of somebody.
create table event (
    -- The transaction that wrote it. A number from a sequence alone is no order: a lower one may be committed later. Whoever reads up to the oldest
    -- transaction that is still open, by (xid, seq), misses nothing.
    xid             xid8 not null default pg_current_xact_id(),
    seq             bigint generated always as identity,
    -- What receivers know it by.
    id              uuid not null constraint event_id_is_unique unique default gen_random_uuid(),
    office_id       uuid not null references office,
    kind            text not null,
    application_id  uuid references application,
    notification_id uuid references notification on delete cascade,
    -- What is told of an application; none for a notification, which is read where it lies.
    data            jsonb,
    at              timestamptz not null,
    primary key (xid, seq),
    constraint event_is_of_one_thing check (num_nonnulls(application_id, notification_id) = 1),
    constraint event_of_an_application_tells_something check ((application_id is null) = (data is null))
);
create index event_of_notification on event (notification_id) where notification_id is not null;
create index event_by_age on event (at);
grant select, insert, delete on event to desk_app;
-- A restored dump brings transaction numbers of another server: they are put before all others.
grant update (xid) on event to desk_app;

-- Wakes who listens: a hint without content. What was missed is read from the table.
create function tell_of_events() returns trigger
    language plpgsql
    set search_path = pg_catalog
as $$
begin
    perform pg_notify('desk_event', '');
    return null;
end
$$;
create trigger event_is_told after insert on event for each statement execute function tell_of_events();

-- A stream ends with its session, at once.
create function tell_of_session_end() returns trigger
    language plpgsql
    set search_path = pg_catalog
as $$
begin
    perform pg_notify('desk_session', new.id::text);
    return null;
end
$$;
create trigger session_end_is_told after update of revoked_at on session
    for each row when (new.revoked_at is not null) execute function tell_of_session_end();

-- A webhook: an address of the owner's that is called with events of the cases its owner may see.
create table webhook (
    id              uuid primary key,
    office_id       uuid not null references office,
    -- The organisation, when it is a customer's: its people keep it together.
    customer_id     uuid references customer,
    -- Through whose eyes it sees.
    owner_id        uuid not null references app_user,
    url             text not null,
    -- Which kinds of events it wants.
    kinds           text[] not null,
    active          boolean not null default true,
    -- Under the master key, bound to the id.
    secret          bytea not null,
    -- The secret before the last rotation, and until when it signs too.
    former_secret   bytea,
    former_until    timestamptz,
    -- Since when no call has succeeded, and how many have failed since.
    failing_since   timestamptz,
    failures        integer not null default 0,
    disabled_for    text constraint webhook_reason_is_known check (disabled_for in ('owner', 'failure')),
    version         bigint not null default 1,
    created_at      timestamptz not null,
    constraint webhook_former_secret_ends check ((former_secret is null) = (former_until is null)),
    constraint webhook_failing_has_count check ((failing_since is null) = (failures = 0)),
    constraint webhook_is_active_or_says_why check (active = (disabled_for is null))
);
create index webhook_of_office on webhook (office_id, created_at desc, id desc);
create index webhook_of_customer on webhook (customer_id, created_at desc, id desc) where customer_id is not null;
grant select, insert, update, delete on webhook to desk_app;
alter table notification add constraint notification_webhook_is_there foreign key (webhook_id) references webhook on delete cascade;

-- One event for one webhook, with what came of it. The body is what is sent, byte for byte, each time.
create table webhook_delivery (
    id              uuid primary key,
    webhook_id      uuid not null references webhook on delete cascade,
    event_id        uuid not null,
    application_id  uuid not null references application,
    kind            text not null,
    body            text not null,
    state           text not null constraint webhook_delivery_state_is_known check (state in ('pending', 'delivered', 'failed', 'withheld')),
    attempts        integer not null default 0,
    -- How often in this run: a redelivery begins anew.
    tries           integer not null default 0,
    -- Somebody is sending it until then; of two workers one sends.
    claimed_until   timestamptz,
    last_at         timestamptz,
    last_status     smallint,
    -- Why it failed, as a code: never what the receiver said.
    last_code       text,
    last_ms         integer,
    next_at         timestamptz,
    created_at      timestamptz not null,
    constraint webhook_delivery_once unique (webhook_id, event_id)
);
create index webhook_delivery_of_webhook on webhook_delivery (webhook_id, created_at desc, id desc);
create index webhook_delivery_by_age on webhook_delivery (created_at);
grant select, insert, update, delete on webhook_delivery to desk_app;

-- What was escalated: each rung of a step in a round once, whoever runs the job however often. Without foreign key, as the ledger.
create table escalation (
    case_id uuid not null,
    step    smallint not null,
    round   smallint not null,
    percent smallint not null constraint escalation_rung_is_known check (percent in (75, 100, 150)),
    at      timestamptz not null,
    primary key (case_id, step, round, percent)
);
grant select, insert on escalation to desk_app;

-- Whether somebody is mailed what they are told: null means the default, which is yes for customers and no for staff.
alter table app_user add column mails_notifications boolean;
