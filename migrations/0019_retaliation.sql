-- Reports of retaliation (laporan pembalasan; ISO 37002 3.13, 8.3.2, 8.4.3): that the reporter of a complaint suffers or fears reprisals, and what was found.

create table wbs.retaliation (
    -- Version 4, as every id on this side.
    id          uuid primary key,
    case_id     uuid not null references wbs.complaint on delete cascade,
    -- In clear, because retention and the list of who waits must read it; held against what is sealed. `watched`: assessed, and to be assessed again.
    state       text not null constraint retaliation_state_is_known check (state in ('open', 'watched', 'settled')),
    -- How often it was assessed: of two assessments of one version one wins.
    version     smallint not null default 0,
    -- The days of the report and of the newest assessment; no time of day, neither the reporter's nor the officer's.
    reported_on date not null,
    assessed_on date,
    -- When it becomes known to the office, with all others of that time.
    surfaces_at timestamptz not null,
    -- As with messages: read only once it was looked through for names, because the one who would read it may be the one it is about.
    screened    boolean not null default false,
    -- Whether the protecting officers were told. Once, whichever replica looks.
    announced   boolean not null default false,
    -- Of what kind it is, whether it is feared, on which day, and the reporter's words.
    sealed      bytea not null,
    -- Every assessment: finding, measures, words for the reporter, and by whom.
    assessments bytea,
    constraint retaliation_was_assessed_or_was_not check
        ((version = 0) = (state = 'open') and (version = 0) = (assessments is null) and (version = 0) = (assessed_on is null))
);
create index retaliation_of_case on wbs.retaliation (case_id);
-- What retention asks of every case.
create index retaliation_unsettled on wbs.retaliation (case_id) where state <> 'settled';
-- What the screening and the telling look for.
create index retaliation_to_screen on wbs.retaliation (surfaces_at, case_id) where not screened;
create index retaliation_to_announce on wbs.retaliation (surfaces_at, id) where not announced;

-- The account of who asks, for what is written down by account and not by tag. None, where nobody with an account asks.
create function wbs.said_user() returns uuid
    language sql
    stable
return nullif(current_setting('desk.user', true), '')::uuid;

-- Whether somebody has had a complaint in hand by another office than that of its conflict officer: read it, or written a paper of its road. Referral, recall and
-- hold are the conflict officer's own papers. Owner's rights, because the answer must not depend on who asks.
create function wbs.has_handled(complaint uuid, person bytea, account uuid) returns boolean
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return exists (select from wbs.opening o where o.case_id = complaint and o.person_tag = person and o.role <> 'conflict_officer')
    or exists (select from wbs.paper p where p.case_id = complaint and p.author_id = account and p.kind not in ('referral', 'reopening', 'hold'));

-- May this caller protect the reporter of a complaint: the rule of reports of retaliation, for the single read, the list, the telling and the second lock. A
-- conflict officer of its office who is not barred from it, would not see it by any other role, and has never had it in hand: whoever retaliates may be among
-- those who handle it. Who has no account protects nobody.
create function wbs.protects(file wbs.complaint, viewer_office uuid, person bytea, account uuid, roles text[], team_roles text[], teams uuid[]) returns boolean
    language sql
    stable
return account is not null
   and 'conflict_officer' = any (roles)
   and wbs.may_see(file, viewer_office, person, array['conflict_officer'], '{}', '{}')
   and not wbs.may_see(file, viewer_office, person, array_remove(roles, 'conflict_officer'), team_roles, teams)
   and not wbs.has_handled(file.id, person, account);

-- The same for whoever asks, by what was said within this transaction.
create function wbs.protects_as_said(file wbs.complaint) returns boolean
    language sql
    stable
return case wbs.standing()
    when 'staff' then coalesce(
        wbs.protects(file, wbs.said_office(), wbs.said_person(), wbs.said_user(), wbs.said_roles(), wbs.said_team_roles(), wbs.said_teams()), false)
    else false
end;

-- The second lock. The complaint itself must be seen too: that is asked by its own lock.
alter table wbs.retaliation enable row level security;
create policy retaliation_is_read on wbs.retaliation for select
    using (wbs.standing() = 'service'
        or exists (select from wbs.complaint c where c.id = case_id and (wbs.standing() = 'reporter' or wbs.protects_as_said(c))));
create policy retaliation_is_reported on wbs.retaliation for insert
    with check (wbs.standing() = 'reporter' and state = 'open' and exists (select from wbs.complaint c where c.id = case_id));
create policy retaliation_is_assessed on wbs.retaliation for update
    using (wbs.standing() = 'service' or exists (select from wbs.complaint c where c.id = case_id and wbs.protects_as_said(c)))
    with check (true);
grant select, insert on wbs.retaliation to desk_app;
-- What the reporter said stays as it was said.
grant update (state, version, assessed_on, assessments, screened, announced) on wbs.retaliation to desk_app;
revoke all on function wbs.has_handled from public;
grant execute on function wbs.said_user, wbs.has_handled, wbs.protects, wbs.protects_as_said to desk_app;

-- Who protects is told that a report waits: by tag, as of every complaint.
do $$
declare
    known text;
begin
    -- What is known by now and one kind more.
    select pg_get_constraintdef(oid)
    into strict known
    from pg_constraint
    where conname = 'notification_kind_is_known' and conrelid = 'notification'::regclass;
    alter table notification drop constraint notification_kind_is_known;
    execute format('alter table notification add constraint notification_kind_is_known check ((%s) or kind = ''retaliation_waits'')',
        regexp_replace(known, '^CHECK ', ''));
end
$$;
alter table notification add constraint notification_of_retaliation_is_of_a_complaint check (complaint_id is not null or kind <> 'retaliation_waits');
-- Seeing the complaint is not enough for it: a conflict officer who comes to handle the complaint finds it no more. Restrictive, so beside every other policy.
create policy notification_of_retaliation_is_read on notification as restrictive for select
    using (kind <> 'retaliation_waits' or wbs.standing() = 'service'
        or exists (select from wbs.complaint c where c.id = complaint_id and wbs.protects_as_said(c)));
create policy notification_of_retaliation_is_marked on notification as restrictive for update
    using (kind <> 'retaliation_waits' or wbs.standing() = 'service'
        or exists (select from wbs.complaint c where c.id = complaint_id and wbs.protects_as_said(c)));
