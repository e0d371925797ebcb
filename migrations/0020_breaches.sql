-- The register of breaches (ISO 37002 7.5.5, UU 27/2022 Pasal 46): that confidentiality was broken or somebody tried, of which complaints, and until when those
-- concerned and the authority must be told. While one is open, no disclosure of a complaint it affects goes on.

create table wbs.breach (
    -- Version 4, as every id on this side.
    id                    uuid primary key,
    office_id             uuid not null references office,
    kind                  text not null constraint breach_kind_is_known
        check (kind in ('identity_known', 'attempt_to_identify', 'content_known', 'key_lost', 'system_breached')),
    -- Every complaint of the office, also those that come while it is open; else those in `breach_case`.
    affects_all           boolean not null,
    -- Counts what was written on it since, for the ETag.
    version               bigint not null default 1,
    -- When the office came to know of it: the law's 72 hours begin then. An act of staff, so a moment may stand here.
    discovered_at         timestamptz not null,
    declared_by           uuid not null references app_user,
    declared_at           timestamptz not null,
    -- When those concerned were told, and when the authority was; null while nobody has recorded it.
    reporters_notified_at timestamptz,
    authority_notified_at timestamptz,
    closed_by             uuid references app_user,
    closed_at             timestamptz,
    -- How far the alarm of the 72 hours has gone: 1 nearly over, 2 over. Each is raised once.
    alarmed               smallint not null default 0 constraint breach_alarm_is_known check (alarmed in (0, 1, 2)),
    -- What happened and what was done, sealed under a key of its own, wrapped like the key of a case: it needs a shred salt. The three go when a complaint it
    -- names is deleted, for they may speak of it; the record stays.
    dek_wrapped           bytea,
    happened              bytea,
    done                  bytea,
    constraint breach_is_closed_by_another check (closed_by <> declared_by),
    constraint breach_is_closed_by_somebody check ((closed_by is null) = (closed_at is null)),
    constraint breach_is_declared_after_its_discovery check (discovered_at <= declared_at),
    constraint breach_words_go_with_their_key check ((dek_wrapped is null) = (happened is null) and (dek_wrapped is not null or done is null))
);
-- The register, newest first.
create index breach_of_office on wbs.breach (office_id, declared_at desc, id desc);
-- What every request, decision and opening asks, and the alarm.
create index breach_open on wbs.breach (office_id) where closed_at is null;

-- The complaints it names. One that is deleted takes its row along.
create table wbs.breach_case (
    breach_id uuid not null references wbs.breach,
    case_id   uuid not null references wbs.complaint on delete cascade,
    primary key (breach_id, case_id)
);
create index breach_of_case on wbs.breach_case (case_id);

-- Who asks watches over confidentiality in this office: custodians and internal auditors. Nobody who handles a complaint does.
create function wbs.watches(of_office uuid) returns boolean
    language sql
    stable
return wbs.standing() = 'staff'
   and string_to_array(current_setting('desk.roles', true), ',') && array['identity_custodian', 'internal_auditor']
   and of_office::text = current_setting('desk.office', true);

-- Whether a watcher who was told the id of a complaint may name it: one of their office that has surfaced, and from which they are not barred. Owner's rights:
-- watchers see no complaint.
create function wbs.watches_complaint(complaint uuid) returns boolean
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return exists (select
               from wbs.complaint c
               where c.id = complaint
                 and c.visible_to <> '{}'
                 and wbs.watches(c.office_id)
                 and not decode(current_setting('desk.person', true), 'hex') = any (c.barred));

-- Those of these complaints, by id or by number, that a watcher may name, held until the end of the transaction: none is deleted while it is being named. Owner's
-- rights, as above.
create function wbs.hold_named(ids uuid[], numbers text[]) returns table (id uuid, public_number text)
    language plpgsql
    security definer
    set search_path = wbs, pg_temp
as $$
begin
    return query
        select c.id, c.public_number
        from wbs.complaint c
        where (c.id = any (ids) or c.public_number = any (numbers))
          and wbs.watches_complaint(c.id)
        order by c.id
        for key share;
end
$$;

-- Whether somebody may know of a breach: not when they are barred from every complaint it names. One whose complaints are all deleted hides nothing any more.
create function wbs.knows_of_breach(breach uuid, everything boolean, person bytea) returns boolean
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return everything
    or not exists (select from wbs.breach_case x where x.breach_id = breach)
    or exists (select from wbs.breach_case x where x.breach_id = breach and not wbs.bars(x.case_id, person));

-- Whether they may read its words too: not when they are barred from any complaint it names, of which the words may speak.
create function wbs.reads_breach(breach uuid, person bytea) returns boolean
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return not exists (select from wbs.breach_case x where x.breach_id = breach and wbs.bars(x.case_id, person));

-- Whether a breach affects a complaint. One of all affects what was received until the day it was closed: whole days, so that nobody reads from it at which
-- time of that day a complaint came. Owner's rights, because neither watcher nor reporter sees what it looks at.
create function wbs.affects(breach wbs.breach, complaint uuid) returns boolean
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return exists (select
               from wbs.complaint c
               where c.id = complaint
                 and c.office_id = breach.office_id
                 and case when breach.affects_all
                     then c.received_on <= coalesce((breach.closed_at at time zone 'Asia/Jakarta')::date, 'infinity')
                     else exists (select from wbs.breach_case x where x.breach_id = breach.id and x.case_id = c.id)
                 end);

-- Whether disclosures of a complaint are frozen: a breach that affects it is open. Owner's rights: handlers are refused by it and see no register.
create function wbs.is_frozen(complaint uuid) returns boolean
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return exists (select
               from wbs.complaint c
               join wbs.breach b on b.office_id = c.office_id and b.closed_at is null
               where c.id = complaint
                 and (b.affects_all or exists (select from wbs.breach_case x where x.breach_id = b.id and x.case_id = c.id)));

-- The numbers of the complaints that breaches name, as far as the watcher who asks may know of them. Of one that affects all nobody is told numbers: an auditor
-- who counted them and the cases of the audit trail would find how many are kept from them.
create function wbs.affected_numbers(breaches uuid[]) returns table (breach_id uuid, public_number text)
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
begin atomic
    select b.id, c.public_number
    from wbs.breach b
    join wbs.complaint c on c.office_id = b.office_id
    where b.id = any (breaches)
      and not b.affects_all
      and wbs.watches(b.office_id)
      and c.visible_to <> '{}'
      and not decode(current_setting('desk.person', true), 'hex') = any (c.barred)
      and wbs.affects(b, c.id);
end;

-- The register is the watchers' who may know of it; a reporter finds what affects their own complaint.
alter table wbs.breach enable row level security;
create policy breach_is_read on wbs.breach for select
    using (wbs.standing() = 'service'
        or (wbs.watches(office_id) and wbs.knows_of_breach(id, affects_all, decode(current_setting('desk.person', true), 'hex')))
        or (wbs.standing() = 'reporter' and wbs.affects(breach, nullif(current_setting('desk.case', true), '')::uuid)));
create policy breach_is_declared on wbs.breach for insert with check (wbs.watches(office_id) and closed_at is null);
create policy breach_is_changed on wbs.breach for update
    using (wbs.standing() = 'service'
        or (wbs.watches(office_id) and wbs.knows_of_breach(id, affects_all, decode(current_setting('desk.person', true), 'hex'))))
    with check (true);
alter table wbs.breach_case enable row level security;
create policy breach_case_is_read on wbs.breach_case for select using (wbs.standing() = 'service' or wbs.watches_complaint(case_id));
create policy breach_case_is_named on wbs.breach_case for insert with check (wbs.watches_complaint(case_id));

grant select, insert on wbs.breach, wbs.breach_case to desk_app;
-- What was declared stays as it was declared.
grant update (version, reporters_notified_at, authority_notified_at, closed_by, closed_at, alarmed, dek_wrapped, happened, done) on wbs.breach to desk_app;
revoke all on function wbs.watches, wbs.watches_complaint, wbs.hold_named, wbs.knows_of_breach, wbs.reads_breach, wbs.affects, wbs.is_frozen, wbs.affected_numbers from public;
grant execute on function wbs.watches, wbs.watches_complaint, wbs.hold_named, wbs.knows_of_breach, wbs.reads_breach, wbs.affects, wbs.is_frozen, wbs.affected_numbers to desk_app;
