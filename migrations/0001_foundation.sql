-- The foundation: roles, the office, the journal, the clock ledger with its escalations, calendars,
-- number registers, and the records of answered requests.
--
-- Three database roles:
--   * the owner runs the migrations and owns every table;
--   * desk_app is the role of the service: it owns nothing and has only the rights granted beside
--     each table;
--   * desk_vault reads the identities of whistle-blowers; desk_app never may.
-- desk_app and desk_vault are created here as groups if the server has no such roles. A production
-- login is made a member (`grant desk_app to …`).
do $$
begin
    if not exists (select from pg_roles where rolname = 'desk_app') then
        create role desk_app nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'desk_vault') then
        create role desk_vault nologin;
    end if;
end
$$;

revoke all on schema public from public;
grant usage on schema public to desk_app, desk_vault;

-- There are some two dozen Balai. Every table of the office's business names its office, because
-- adding that column to filled tables is harder than carrying it.
create table office (
    id         uuid primary key,
    code       text not null constraint office_code_is_unique unique,
    name       text not null,
    -- The place in the date line of letters.
    city       text not null,
    created_at timestamptz not null
);
grant select, insert on office to desk_app;

-- Every act, with its actor and time. Append only: the application may insert and read, never
-- change.
create table journal (
    -- Orders the entries of one subject; gaps do no harm.
    seq          bigint generated always as identity primary key,
    office_id    uuid not null references office,
    -- 'application', 'user', 'calendar', 'signing_key', 'billing', …: the kind of thing that
    -- subject_id names.
    subject      text not null,
    subject_id   uuid not null,
    at           timestamptz not null,
    -- Null if the service itself acted.
    actor_id     uuid,
    -- The actor's roles at the time of the act, so that a later change of roles does not change the
    -- past.
    actor_roles  text[] not null,
    -- "plh" or "plt" if the person acted for the office holder.
    acting       text,
    -- Code of the task: a row of the SOP, or an administrative act.
    task         text not null,
    step         smallint,
    from_stage   text,
    to_stage     text,
    -- Deficiency round and number of the notice's draft at that time: the four-eyes rule is about
    -- one draft, reports are about rounds.
    round        smallint not null default 0,
    draft        smallint not null default 0,
    -- The reason that the actor gave; every reader of the file sees it. No identity data.
    note         text
);
create index journal_of_subject on journal (subject_id, seq);
grant select, insert on journal to desk_app;

-- The two clocks (office, customer), as an append-only ledger: from `at` on, the file waits at
-- `step` with `party`; a null party stops both clocks. Time used, due time and lateness are
-- derived, never stored.
create table clock_entry (
    seq        bigint generated always as identity primary key,
    office_id  uuid not null references office,
    case_id    uuid not null,
    at         timestamptz not null,
    step       smallint,
    round      smallint not null,
    party      text constraint clock_entry_party_is_known check (party in ('office', 'customer')),
    constraint clock_entry_step_has_party check ((step is null) = (party is null))
);
create index clock_entry_of_case on clock_entry (case_id, seq);
grant select, insert on clock_entry to desk_app;

-- Escalations: each percentage of a step in a round once, however often and on however many
-- replicas the job runs. Without foreign key, as the ledger: a case is of either workflow.
create table escalation (
    case_id uuid not null,
    step    smallint not null,
    round   smallint not null,
    percent smallint not null constraint escalation_rung_is_known check (percent in (75, 100, 150)),
    at      timestamptz not null,
    primary key (case_id, step, round, percent)
);
grant select, insert on escalation to desk_app;

-- Working hours and days off, one version after another. A version in use is never changed: a
-- correction is a new version.
create table calendar_version (
    office_id   uuid not null references office,
    version     integer not null,
    -- The calendar as the SOP kernel reads it.
    definition  jsonb not null,
    reason      text not null,
    created_at  timestamptz not null,
    created_by  uuid,
    primary key (office_id, version)
);
grant select, insert on calendar_version to desk_app;

-- Registers without gaps: the transaction that takes a number locks the counter row, so a rollback
-- leaves no hole.
create table number_register (
    office_id uuid not null references office,
    series    text not null,
    year      integer not null,
    last      integer not null,
    primary key (office_id, series, year)
);
grant select, insert, update on number_register to desk_app;

-- The pattern of a series' numbers, one version after another. A series without a row has the
-- default pattern of the program.
create table number_pattern (
    office_id  uuid not null references office,
    series     text not null,
    version    integer not null,
    -- Text with placeholders: {seq}, {seq:5}, {year}, {month}, {month_roman}.
    pattern    text not null,
    reason     text not null,
    created_by uuid not null,
    created_at timestamptz not null,
    primary key (office_id, series, version)
);
grant select, insert on number_pattern to desk_app;

-- Responses to requests with an Idempotency-Key. Written in the transaction of the effect.
create table idempotency_record (
    actor_id    uuid not null,
    key         text not null,
    route       text not null,
    body_digest bytea not null,
    status      smallint not null,
    location    text,
    etag        text,
    body        text,
    at          timestamptz not null,
    primary key (actor_id, key)
);
create index idempotency_record_by_age on idempotency_record (at);
grant select, insert, delete on idempotency_record to desk_app;

-- Responses that hold a secret, for requests with an Idempotency-Key. The tag that names a row and
-- the key that seals it are both made from the Idempotency-Key, which must hold 128 bits.
create table sealed_reply (
    tag     bytea primary key,
    sealed  bytea not null,
    on_date date not null
);
create index sealed_reply_by_age on sealed_reply (on_date);
grant select, insert, delete on sealed_reply to desk_app;
