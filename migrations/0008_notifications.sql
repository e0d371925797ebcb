-- Notifications of people, mails, events (for streams and webhooks), webhooks, and the files that
-- may have become late.

-- Mails to accounts: queued in the transaction of the act they tell of. The text is made when the
-- mail is sent, from kind, language and data; the address is that of the account at that moment, so
-- no copy of it lies here. `data` never holds anything of a complaint, nor that there is one.
create table mail (
    -- Also the Message-ID, so that a mail sent twice is one mail to its receiver.
    id              uuid primary key,
    office_id       uuid not null references office,
    user_id         uuid not null references app_user,
    kind            text not null,
    language        text not null constraint mail_language_is_known check (language in ('id', 'en')),
    -- The template's values beside the person: codes and days, no words of people.
    data            jsonb not null,
    created_at      timestamptz not null,
    -- The time from which the mail is of no use (a reset that has expired); null: never too late.
    useless_from    timestamptz,
    attempts        integer not null default 0,
    last_attempt_at timestamptz,
    -- Code of the last failure ('smtp_451', 'unreachable', …); never the server's words, which may
    -- hold an address.
    failure         text,
    sent_at         timestamptz,
    -- Set when the mail will not be tried again.
    given_up_at     timestamptz,
    -- Attempts in this run: a mail that an administrator queues again begins anew, and `attempts`
    -- still says how often it was tried in all.
    tries           integer not null default 0,
    constraint mail_is_sent_or_given_up check (sent_at is null or given_up_at is null)
);
-- The order of the list of mails.
create index mail_by_age on mail (office_id, created_at, id);
-- "How many of this kind did this person get lately?"
create index mail_of_user on mail (user_id, kind, created_at);
grant select, insert, update, delete on mail to desk_app;

-- One-use tokens that went out in a mail of the same id. The token is made from that id with a key
-- outside the database; only its SHA-256 is kept.
create table mail_token (
    mail_id    uuid primary key references mail on delete cascade,
    user_id    uuid not null references app_user,
    purpose    text not null
        constraint mail_token_purpose_is_known check (purpose in ('password_reset', 'email_verification', 'invitation')),
    digest     bytea not null
        constraint mail_token_digest_is_sha256 check (octet_length(digest) = 32)
        constraint mail_token_digest_is_unique unique,
    expires_at timestamptz not null,
    used_at    timestamptz,
    -- Set when a later token takes its place.
    voided_at  timestamptz
);
create index mail_token_of_user on mail_token (user_id, purpose) where used_at is null and voided_at is null;
grant select, insert, update, delete on mail_token to desk_app;

-- A webhook: an address of the owner's that is called with events of the cases its owner may see.
create table webhook (
    id              uuid primary key,
    office_id       uuid not null references office,
    -- The organisation, if it is a customer's: its people keep it together.
    customer_id     uuid references customer,
    -- The account whose view of the cases decides which events are sent.
    owner_id        uuid not null references app_user,
    url             text not null,
    -- The kinds of events it subscribes to.
    kinds           text[] not null,
    active          boolean not null default true,
    -- Under the master key, bound to the id.
    secret          bytea not null,
    -- The secret before the last rotation, and until when it signs too.
    former_secret   bytea,
    former_until    timestamptz,
    -- The first failure since the last success, and the number of failures since then.
    failing_since   timestamptz,
    failures        integer not null default 0,
    -- The owner cannot switch on a webhook that an administrator of the office switched off.
    disabled_for    text constraint webhook_reason_is_known check (disabled_for in ('owner', 'failure', 'administrator')),
    version         bigint not null default 1,
    created_at      timestamptz not null,
    constraint webhook_former_secret_ends check ((former_secret is null) = (former_until is null)),
    constraint webhook_failing_has_count check ((failing_since is null) = (failures = 0)),
    constraint webhook_is_active_or_says_why check (active = (disabled_for is null))
);
create index webhook_of_office on webhook (office_id, created_at desc, id desc);
create index webhook_of_customer on webhook (customer_id, created_at desc, id desc) where customer_id is not null;
grant select, insert, update, delete on webhook to desk_app;

-- One event for one webhook, with its outcome. The body holds the bytes that each attempt sends.
create table webhook_delivery (
    id              uuid primary key,
    webhook_id      uuid not null references webhook on delete cascade,
    event_id        uuid not null,
    application_id  uuid not null references application,
    kind            text not null,
    body            text not null,
    state           text not null
        constraint webhook_delivery_state_is_known check (state in ('pending', 'delivered', 'failed', 'withheld')),
    attempts        integer not null default 0,
    -- Attempts in this run: a redelivery begins anew.
    tries           integer not null default 0,
    -- A worker is sending it until then; of two workers one sends.
    claimed_until   timestamptz,
    last_at         timestamptz,
    last_status     smallint,
    -- The cause of the failure, as a code: never the receiver's words.
    last_code       text,
    last_ms         integer,
    next_at         timestamptz,
    created_at      timestamptz not null,
    constraint webhook_delivery_once unique (webhook_id, event_id)
);
create index webhook_delivery_of_webhook on webhook_delivery (webhook_id, created_at desc, id desc);
create index webhook_delivery_by_age on webhook_delivery (created_at);
grant select, insert, update, delete on webhook_delivery to desk_app;

-- A notification tells one person that a step waits for them, that their case moved, that something
-- is late. It holds codes and no word that a person wrote.
create table notification (
    id             uuid primary key,
    office_id      uuid not null references office,
    -- The addressee. Null for a complaint and for `trail_alarm`: the list of those who were told
    -- and were not told would say in a dump who is accused or barred.
    user_id        uuid references app_user,
    -- The addressee where user_id is null: the tag (HMAC) by which conflicts name people.
    person_tag     bytea,
    -- `trail_alarm`, to the auditors and administrators: the audit trail holds something to look
    -- at. `account_changed`: an account was changed, and those who watch accounts are told which
    -- and, in `task`, how.
    -- `payment_waits`: of an application, or of a report of a payment that no application is known
    -- for.
    kind           text not null constraint notification_kind_is_known check (kind in (
        'step_waiting', 'case_moved', 'step_late', 'webhook_disabled', 'disclosure_waits', 'disclosure_decided',
        'reporter_wrote', 'trail_alarm', 'retaliation_waits', 'account_changed', 'payment_waits', 'billing_code_refused'
    )),
    application_id uuid references application,
    -- The notifications of a complaint are deleted with it.
    complaint_id   uuid references wbs.complaint on delete cascade,
    webhook_id     uuid constraint notification_webhook_is_there references webhook on delete cascade,
    step           smallint,
    -- Code of the task that waits or was done.
    task           text,
    stage          text,
    -- The share of the standard time that is used up, in percent: 75, 100 or 150.
    percent        smallint,
    at             timestamptz not null,
    read_at        timestamptz,
    account_id     uuid references app_user,
    constraint notification_of_a_complaint_names_nobody check (
        (complaint_id is null and kind <> 'trail_alarm') = (user_id is not null)
        and (user_id is null) = (person_tag is not null)
    ),
    -- An alarm is about no complaint that could be found; a report of a payment may have no
    -- application.
    constraint notification_is_about_one_thing check (
        num_nonnulls(application_id, complaint_id, webhook_id, account_id) = case when kind = 'trail_alarm' or (kind = 'payment_waits' and application_id is null) then 0 else 1 end
    ),
    -- A person's name beside one of these kinds would say what a tag keeps.
    constraint notification_of_a_disclosure_is_of_a_complaint
        check (complaint_id is not null or kind not in ('disclosure_waits', 'disclosure_decided', 'reporter_wrote')),
    constraint notification_of_retaliation_is_of_a_complaint
        check (complaint_id is not null or kind <> 'retaliation_waits'),
    constraint notification_of_an_account_names_it check ((kind = 'account_changed') = (account_id is not null))
);
-- The inbox, newest first.
create index notification_of_user on notification (user_id, at desc, id desc) where user_id is not null;
create index notification_of_person on notification (person_tag, at desc, id desc) where person_tag is not null;
create index notification_of_complaint on notification (complaint_id) where complaint_id is not null;
-- The sweep finds old notifications by this.
create index notification_by_age on notification (at);
grant select, insert, delete on notification to desk_app;
-- A notification is not reworded: the only change is that it was read.
grant update (read_at) on notification to desk_app;

-- Whether this caller decides on disclosures of a complaint: a custodian of its office who is not
-- barred from it. The same rule as that of the requests themselves; custodians see no complaint.
create function wbs.decides(complaint uuid, of_office uuid) returns boolean
    language sql
    stable
return wbs.standing() = 'staff'
   and 'identity_custodian' = any (string_to_array(current_setting('desk.roles', true), ','))
   and of_office::text = current_setting('desk.office', true)
   and not wbs.bars(complaint, decode(current_setting('desk.person', true), 'hex'));

-- A person who may not see a complaint (the accused, a recused handler, a former member of the team
-- or holder of the role) finds nothing of it in their inbox either. A custodian sees no complaint,
-- and reads that a request for disclosure waits, until they lose the role or are barred.
alter table notification enable row level security;
create policy notification_is_read on notification for select
    using (complaint_id is null
        or exists (select from wbs.complaint c where c.id = complaint_id)
        or (kind = 'disclosure_waits' and wbs.decides(complaint_id, office_id)));
create policy notification_is_written on notification for insert with check (true);
create policy notification_is_marked on notification for update
    using (complaint_id is null
        or exists (select from wbs.complaint c where c.id = complaint_id)
        or (kind = 'disclosure_waits' and wbs.decides(complaint_id, office_id)));
create policy notification_is_swept on notification for delete using (wbs.standing() = 'service');
-- Seeing the complaint is not enough to read that a report of retaliation waits: a conflict officer
-- who comes to handle the complaint stops finding it. Restrictive, so beside every other policy.
create policy notification_of_retaliation_is_read on notification as restrictive for select
    using (kind <> 'retaliation_waits'
        or wbs.standing() = 'service'
        or exists (select from wbs.complaint c where c.id = complaint_id and wbs.protects_as_said(c)));
create policy notification_of_retaliation_is_marked on notification as restrictive for update
    using (kind <> 'retaliation_waits'
        or wbs.standing() = 'service'
        or exists (select from wbs.complaint c where c.id = complaint_id and wbs.protects_as_said(c)));

-- Events, in the order in which they became visible: streams replay them and webhooks send them.
-- Applications and notifications only; a complaint appears only as the notification of a person.
create table event (
    -- The transaction that wrote it. A number from a sequence alone is no order: a lower one may be
    -- committed later. A reader that goes by (xid, seq), up to the oldest transaction that is still
    -- open, misses nothing.
    xid             xid8 not null default pg_current_xact_id(),
    seq             bigint generated always as identity,
    -- The id that receivers see.
    id              uuid not null constraint event_id_is_unique unique default gen_random_uuid(),
    office_id       uuid not null references office,
    kind            text not null,
    application_id  uuid references application,
    notification_id uuid references notification on delete cascade,
    -- The payload for an application; null for a notification, which is read from its own table.
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

-- Tells `users`, or the people behind `tags`, of one thing: a notification for each, an event for
-- each, and a mail for each user that wants mails: with a verified address, mails switched on, and
-- no unsent mail of this kind, because the mail says only that there is something to read. The job
-- that sends a mail is `SendMail` in src/mail/send.rs. The rows are not returned: the caller may not
-- be allowed to read them.
create function tell(
    of_office uuid, of_kind text, of_application uuid, of_complaint uuid, of_webhook uuid,
    of_step smallint, of_task text, of_stage text, of_percent smallint, told_at timestamptz,
    users uuid[], tags bytea[]
) returns integer
    language plpgsql
as $$
declare
    queued uuid;
begin
    if cardinality(users) + cardinality(tags) = 0 then
        return 0;
    end if;
    with told as (
        select gen_random_uuid() as id, t.user_id, t.person_tag
        from (
            select u as user_id, null::bytea as person_tag from unnest(users) u
            union all
            select null, p from unnest(tags) p
        ) t
    ),
    added as (
        insert into notification (
            id, office_id, user_id, person_tag, kind, application_id, complaint_id, webhook_id, step, task, stage, percent, at
        )
        select id, of_office, user_id, person_tag, of_kind, of_application, of_complaint, of_webhook,
               of_step, of_task, of_stage, of_percent, told_at
        from told
    )
    insert into event (office_id, kind, notification_id, at)
    select of_office, 'notification.created', id, told_at
    from told;
    for queued in
        insert into mail (id, office_id, user_id, kind, language, data, created_at)
        select gen_random_uuid(), of_office, u.id, 'notification', u.language, '{}', told_at
        from app_user u
        where u.id = any (users)
          and u.active
          and u.email_verified_at is not null
          and coalesce(u.mails_notifications, u.customer_id is not null)
          and not exists (
              select
              from mail m
              where m.user_id = u.id
                and m.kind = 'notification'
                and m.sent_at is null
                and m.given_up_at is null
          )
        returning id
    loop
        perform graphile_worker.add_job(
            'send_mail', payload => json_build_object('mail', queued), queue_name => 'mail', run_at => told_at, job_key => 'mail:' || queued
        );
    end loop;
    return cardinality(users) + cardinality(tags);
end
$$;

-- Adds an event of an application, and the job that makes its webhook deliveries (`FanOutEvent` in
-- src/casework/announce/event.rs) if an active webhook of the office wants this kind.
create function publish_event(of_office uuid, of_kind text, of_application uuid, of_data jsonb, told_at timestamptz) returns uuid
    language plpgsql
as $$
declare
    event_id uuid := gen_random_uuid();
begin
    insert into event (id, office_id, kind, application_id, data, at)
    values (event_id, of_office, of_kind, of_application, of_data, told_at);
    if exists (select from webhook w where w.office_id = of_office and w.active and of_kind = any (w.kinds)) then
        perform graphile_worker.add_job(
            'spread_event', payload => json_build_object('event', event_id), run_at => told_at, job_key => 'spread_event:' || event_id
        );
    end if;
    return event_id;
end
$$;
grant execute on function tell, publish_event to desk_app;

-- Files that wait for a role, of both workflows in one form, for the job that looks for late steps:
-- one query for both. It reads with the rights of the caller (security_invoker): as its owner it
-- would show complaints to every caller, for the owner stands above row-level security.
create view waiting_file with (security_invoker = true) as
    select 'application' as subject, id, office_id, waiting_for
    from application
    where waiting_for <> '{}'
    union all
    select 'complaint', id, office_id, waiting_for
    from wbs.complaint
    where waiting_for <> '{}';
grant select on waiting_file to desk_app;
