-- The foundation: roles, the office, the journal, the clock ledger, calendars, number registers, and the record of answered requests.
--
-- Three database roles, from the first day on, because roles retrofit badly:
--   * the owner runs this file and owns every table;
--   * desk_app is what the service runs as: it owns nothing and may do only what is granted below, table by table;
--   * desk_vault will read the identities of whistle-blowers; desk_app never may.
-- They are groups here when nobody made them before; a production login is made a member (`grant desk_app to …`).
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

-- There are some two dozen Balai. Every table of the office's business names its office, because adding that later is worse.
create table office (
    id         uuid primary key,
    code       text not null constraint office_code_is_unique unique,
    name       text not null,
    -- Where letters say they were written.
    city       text not null,
    created_at timestamptz not null
);
grant select, insert on office to desk_app;

-- What was done, by whom, when. Append only: the application may insert and read, never change.
create table journal (
    -- Orders entries of one subject; gaps are no sin here.
    seq          bigint generated always as identity primary key,
    office_id    uuid not null references office,
    -- 'application', 'user', 'calendar', 'signing_key', 'billing', …: what subject_id names.
    subject      text not null,
    subject_id   uuid not null,
    at           timestamptz not null,
    -- Null when the service itself acted.
    actor_id     uuid,
    -- The roles under which it was done, so that a later change of roles does not change the past.
    actor_roles  text[] not null,
    -- "plh" or "plt" when the person acted for the office holder.
    acting       text,
    -- Code of the task: a row of the SOP, or an administrative act.
    task         text not null,
    step         smallint,
    from_stage   text,
    to_stage     text,
    -- Deficiency round and number of the notice's draft at that time: four eyes look at one draft, reports at rounds.
    round        smallint not null default 0,
    draft        smallint not null default 0,
    -- What the actor said (a reason), shown to whoever sees the file. No identity data.
    note         text
);
create index journal_of_subject on journal (subject_id, seq);
grant select, insert on journal to desk_app;

-- The two clocks (office, customer), as an append-only ledger: from `at` on, the file waits at `step` with `party`; a null party means nobody's time
-- runs any more. Time used, due time and lateness are derived, never stored.
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

-- Working hours and days off, one version after another. A version in use is never changed: a correction is a new version.
create table calendar_version (
    office_id   uuid not null references office,
    version     integer not null,
    -- The calendar as the kernel reads it (sop/working_time.rs).
    definition  jsonb not null,
    reason      text not null,
    created_at  timestamptz not null,
    created_by  uuid,
    primary key (office_id, version)
);
grant select, insert on calendar_version to desk_app;

-- Gap-free registers: the counter row is locked by the transaction that takes a number, so a rollback leaves no hole.
create table number_register (
    office_id uuid not null references office,
    series    text not null,
    year      integer not null,
    last      integer not null,
    primary key (office_id, series, year)
);
grant select, insert, update on number_register to desk_app;

-- What has been answered under an Idempotency-Key. Written in the transaction of the effect.
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
