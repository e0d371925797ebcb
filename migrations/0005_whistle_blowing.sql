-- Whistle-blowing (SOP wbs): complaints, their content, the people barred from them, disclosures of
-- identities, reports of retaliation, the register of breaches, and the vault of identities.
--
-- Rules of this schema (design: whistleblowing 4):
--   * no column holds the moment of an act of a reporter: only days, and the next surfacing time,
--     which many acts share;
--   * the application seals every text that a person wrote under the key of the case; `dek_wrapped`
--     is that key, wrapped under a key that also needs the shred salt, an object outside this
--     database. Without both, a dump is noise, and deleting the salt deletes the case from every
--     backup;
--   * people are named by tags (HMAC of their id), so a dump does not say who is accused;
--   * every id made here is of version 4: version 7 would tell the millisecond of the submission;
--   * row-level security is the second lock. The application states the caller within each
--     transaction (`desk.standing` and its companions); code that forgets to, or uses a pooled
--     connection without a transaction, sees nothing.
create schema wbs;
create schema vault;
grant usage on schema wbs to desk_app;
grant usage on schema vault to desk_app, desk_vault;

create table wbs.complaint (
    id                 uuid primary key,
    office_id          uuid not null references office,
    -- Random, not from a register: a gap or a step would tell of a complaint that the reader may
    -- not know of. Opens nothing.
    public_number      text not null constraint complaint_public_number_is_unique unique,
    channel            text not null constraint complaint_channel_is_known check (channel in ('online', 'paper')),
    category           text not null,
    stage              text not null constraint complaint_stage_is_known check (stage in (
        'received', 'screened', 'disposed', 'forwarded', 'in_resolution',
        'resolved', 'answer_drafted', 'answer_signed', 'answered', 'closed',
        'waiting_for_reporter', 'referred_externally', 'out_of_scope', 'reopened'
    )),
    version            bigint not null default 1,
    -- Counts reopenings; clocks run anew in each.
    round              smallint not null default 1,
    -- Counts drafts of the answer: the four-eyes rule is about one draft.
    draft              smallint not null default 0,
    -- As in `application`: derived from the rows of the SOP. Empty until the complaint surfaces.
    visible_to         text[] not null,
    waiting_for        text[] not null,
    -- The team it was forwarded to. A team lead or team staff sees only complaints that were
    -- forwarded to a team of theirs.
    team_id            uuid,
    -- Whether team staff may read the complaint itself, or only its settlement.
    staff_reads        boolean not null default false,
    received_on        date not null,
    -- When it becomes known to the office, with all others of that time.
    surfaces_at        timestamptz not null,
    stage_since        timestamptz not null,
    calendar_version   integer,
    acknowledged_on    date,
    -- Set while no step is open; retention counts from it.
    closed_on          date,
    legal_hold         boolean not null default false,
    identity_gone      boolean not null default false,
    dek_wrapped        bytea not null,
    -- HMAC of the receipt code; null until a complaint on paper is activated.
    receipt_tag        bytea constraint complaint_receipt_is_unique unique,
    -- HMAC of the activation code on the slip. Kept after its use, so that a second use is noticed.
    activation_tag     bytea constraint complaint_activation_is_unique unique,
    activation_expires date,
    activated          boolean not null default false,
    -- The roster with which the complaint was screened last: a mark under a key of the service.
    -- Another name, account, role or appointment makes another mark, and the service screens the
    -- complaint again. The mark says nothing of the complaint; null until it surfaces.
    screened_with      bytea,
    -- The tags of the barred people, as in `wbs.conflict`, so a dump says no more than there. They
    -- stand on the complaint itself, so that the visibility rule, which is asked of each row of
    -- each list twice (by the query and by row-level security), is an expression that the planner
    -- sees through, and not a query within a function for each row. Only the trigger of
    -- `wbs.conflict` writes it.
    barred             bytea[] not null default '{}',
    constraint complaint_can_be_opened check (receipt_tag is not null or activation_tag is not null)
);
-- The list, newest first. All that surface together share the moment, so the random id decides and
-- tells nothing. Complaints that have not surfaced are the newest of all, and no caller sees them:
-- in the index, a morning of many complaints would be stepped over by every list of that morning.
create index complaint_surfaced on wbs.complaint (office_id, surfaces_at desc, id desc) where visible_to <> '{}';
create index complaint_by_stage on wbs.complaint (office_id, stage, surfaces_at desc, id desc);
create index complaint_waiting on wbs.complaint (office_id, stage_since, id) where waiting_for <> '{}';
-- The surfacing job finds due complaints by this.
create index complaint_to_surface on wbs.complaint (surfaces_at) where stage = 'received';
create index complaint_of_team on wbs.complaint (team_id) where team_id is not null;
-- The retention job finds closed complaints by this.
create index complaint_closed on wbs.complaint (closed_on) where closed_on is not null;

-- The people who may not know of a complaint: accused, suspected by their name in the text,
-- recused, or declared by the conflict officer. Lifted rows stay as history.
create table wbs.conflict (
    case_id    uuid not null references wbs.complaint on delete cascade,
    person_tag bytea not null,
    kind       text not null
        constraint conflict_kind_is_known check (kind in ('accused', 'suspected', 'recused', 'declared')),
    lifted     boolean not null default false,
    -- The reason, and the account, so that the conflict officer can read the person's name; sealed.
    sealed     bytea not null,
    on_date    date not null,
    primary key (case_id, person_tag)
);
create index conflict_of_person on wbs.conflict (person_tag) where not lifted;

-- Copies a conflict to `barred` of its complaint. Every writer of both locks the complaint before
-- it writes the conflict. The update adds to the newest row, also after a concurrent change.
create function wbs.keep_barred() returns trigger
    language plpgsql
    security definer
    set search_path = wbs, pg_temp
as $$
begin
    update wbs.complaint
    set barred = case when new.lifted then array_remove(barred, new.person_tag) else array_append(array_remove(barred, new.person_tag), new.person_tag) end
    where id = new.case_id;
    return new;
end
$$;
create trigger barred_is_kept
    before insert or update of lifted on wbs.conflict
    for each row
    execute function wbs.keep_barred();

-- The application writes every other column.
grant select, delete on wbs.complaint to desk_app;
do $$
begin
    execute (
        select format('grant insert (%1$s), update (%1$s) on wbs.complaint to desk_app', string_agg(quote_ident(attname), ', '))
        from pg_attribute
        where attrelid = 'wbs.complaint'::regclass and attnum > 0 and not attisdropped and attname <> 'barred'
    );
end
$$;
grant select, update on wbs.conflict to desk_app;

-- Whether `person` is barred from a complaint, where its row is not at hand. Owner's rights,
-- because the rule must hold where the row is not readable.
create function wbs.bars(complaint uuid, person bytea) returns boolean
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return exists (select from wbs.complaint c where c.id = complaint and person = any (c.barred));

-- Whether this caller may know of the complaint. The one visibility rule: every read, list, count,
-- desk and statistic goes through it. `roles` see every complaint of their stages; `team_roles` see
-- complaints that were forwarded to one of `teams`.
create function wbs.may_see(file wbs.complaint, viewer_office uuid, person bytea, roles text[], team_roles text[], teams uuid[])
    returns boolean
    language sql
    stable
return file.office_id = viewer_office
   and (file.visible_to && roles or (file.visible_to && team_roles and file.team_id = any (teams)))
   and not person = any (file.barred);

-- The caller, as stated in the settings of this transaction and read by the second lock. A reporter
-- and the service have no office, and asking for theirs must be no error: where a concurrent
-- transaction changed a row, PostgreSQL evaluates all of these before it looks again.
create function wbs.standing() returns text
    language sql
    stable
return coalesce(current_setting('desk.standing', true), '');

create function wbs.said_office() returns uuid
    language sql
    stable
return nullif(current_setting('desk.office'), '')::uuid;

create function wbs.said_person() returns bytea
    language sql
    stable
return decode(current_setting('desk.person'), 'hex');

-- The caller's account, for records by account and not by tag. Null for a caller without account.
create function wbs.said_user() returns uuid
    language sql
    stable
return nullif(current_setting('desk.user', true), '')::uuid;

create function wbs.said_roles() returns text[]
    language sql
    stable
return string_to_array(current_setting('desk.roles'), ',');

create function wbs.said_team_roles() returns text[]
    language sql
    stable
return string_to_array(current_setting('desk.team_roles'), ',');

create function wbs.said_teams() returns uuid[]
    language sql
    stable
return string_to_array(current_setting('desk.teams'), ',')::uuid[];

create function wbs.said_case() returns text
    language sql
    stable
return current_setting('desk.case', true);

-- The second lock. Staff: the visibility rule, from settings and not from the arguments of a query.
-- A reporter: their own complaint. The service: all. A clerk may put in and never read. The
-- settings are arguments, so that a statement on many rows reads them once.
create function wbs.admits_to(
    file wbs.complaint, standing text, own_case text, viewer_office uuid, person bytea, roles text[], team_roles text[], teams uuid[]
)
    returns boolean
    language sql
    stable
return case standing
    when 'service' then true
    when 'reporter' then file.id::text = own_case
    when 'staff' then wbs.may_see(file, viewer_office, person, roles, team_roles, teams)
    else false
end;

-- The same for one complaint.
create function wbs.admits(file wbs.complaint) returns boolean
    language sql
    stable
return wbs.admits_to(
    file, wbs.standing(), wbs.said_case(), wbs.said_office(),
    wbs.said_person(), wbs.said_roles(), wbs.said_team_roles(), wbs.said_teams()
);

-- Not forced upon the owner: the owner only migrates, and the few functions with owner's rights
-- below must see one row of a case that their caller does not see.
alter table wbs.complaint enable row level security;
-- Each `(select ...)` is evaluated once for a statement, and only if it is asked for.
create policy complaint_is_read on wbs.complaint for select using (wbs.admits_to(
    complaint, (select wbs.standing()), (select wbs.said_case()), (select wbs.said_office()),
    (select wbs.said_person()), (select wbs.said_roles()), (select wbs.said_team_roles()), (select wbs.said_teams())
));
create policy complaint_is_changed on wbs.complaint for update using (wbs.admits(complaint)) with check (true);
create policy complaint_is_shredded on wbs.complaint for delete using (wbs.standing() = 'service');
create policy complaint_is_handed_in on wbs.complaint for insert
    with check (wbs.standing() in ('reporter', 'clerk') and stage = 'received' and visible_to = '{}');

-- Bars a person from a complaint that the caller may see. Owner's rights, because handlers may add
-- a conflict and read none. An accused or recused person stays barred: declaring a conflict of
-- theirs, which can be lifted, leaves the older row as it is.
create function wbs.bar(complaint uuid, person bytea, why text, words bytea, on_day date) returns void
    language sql
    security definer
    set search_path = wbs, pg_temp
begin atomic
    insert into wbs.conflict (case_id, person_tag, kind, sealed, on_date)
    select c.id, person, why, words, on_day
    from wbs.complaint c
    where c.id = complaint
      and wbs.admits(c)
    on conflict (case_id, person_tag) do update
    set kind = excluded.kind,
        sealed = excluded.sealed,
        on_date = excluded.on_date,
        lifted = false
    where conflict.kind not in ('accused', 'recused');
end;

-- The conflict officer and the service read conflicts.
alter table wbs.conflict enable row level security;
create policy conflict_is_read on wbs.conflict for select
    using (wbs.standing() = 'service'
        or (wbs.standing() = 'staff' and 'conflict_officer' = any (string_to_array(current_setting('desk.roles'), ','))
            and exists (select from wbs.complaint c where c.id = case_id)));
create policy conflict_is_changed on wbs.conflict for update
    using (wbs.standing() in ('service', 'staff') and exists (select from wbs.complaint c where c.id = case_id));

-- The reporter's account: one sealed document (subject, account, place, time, accused).
create table wbs.content (
    case_id uuid primary key references wbs.complaint on delete cascade,
    sealed  bytea not null
);

-- Papers of the handling: disposition, forwarding, settlement, drafts of the answer, returns,
-- referrals and their reasons. Sealed.
create table wbs.paper (
    id        uuid primary key,
    case_id   uuid not null references wbs.complaint on delete cascade,
    kind      text not null,
    round     smallint not null,
    draft     smallint not null,
    author_id uuid,
    -- The moment of an act of staff.
    at        timestamptz not null,
    sealed    bytea not null
);
create index paper_of_case on wbs.paper (case_id, kind, at);

-- Messages between reporter and office. No time of day is kept; the order is `seq`.
create table wbs.message (
    id          uuid primary key,
    case_id     uuid not null references wbs.complaint on delete cascade,
    seq         integer not null,
    author      text not null constraint message_author_is_known check (author in ('reporter', 'office')),
    on_date     date not null,
    -- A reporter's message is shown to the office from the next surfacing time on.
    surfaces_at timestamptz not null,
    -- The office asks and waits.
    asks        boolean not null default false,
    sealed      bytea not null,
    -- The office reads a message of the reporter only after it was screened for names: the people
    -- it speaks of are barred first. A message of the office needs no screening.
    screened    boolean not null default false,
    constraint message_is_numbered_once unique (case_id, seq)
);
-- The screening finds its messages by this.
create index message_to_screen on wbs.message (surfaces_at, case_id) where not screened;

-- Attachments: the original, sealed, which no handler opens; and the copy, sealed, which handlers
-- see. Name, kind, size and digest are in `meta`. A row whose `copy` is null waits for its copy;
-- then `copy` holds the outcome and `visible_text` what the copy shows in letters. The office reads
-- a copy only after its text was screened for names.
-- `copy_turn` is the order of the copying, so that a hostile file delays honest ones little. 0: a
-- file of a complaint of which a copy was made at the first effort. 1: of a complaint of which
-- nothing is known. 2: of a complaint with a file that needed more. 3 and 4: a file that needs the
-- last effort, of a complaint of the first kind and of others.
create table wbs.attachment (
    id          uuid primary key,
    case_id     uuid not null references wbs.complaint on delete cascade,
    seq         integer not null,
    on_date     date not null,
    surfaces_at timestamptz not null,
    meta        bytea not null,
    copy         bytea,
    visible_text bytea,
    screened     boolean not null default false,
    copy_turn    smallint not null,
    constraint attachment_is_numbered_once unique (case_id, seq),
    constraint attachment_copy_goes_with_its_text check ((copy is null) = (visible_text is null)),
    constraint attachment_is_screened_after_its_copy check (copy is not null or not screened),
    constraint attachment_turn_is_known check (copy_turn between 0 and 4)
);
-- The order of the copying, and what waits for the screening.
create index attachment_without_copy on wbs.attachment (copy_turn, seq, id) where copy is null;
create index attachment_to_screen on wbs.attachment (surfaces_at, case_id) where copy is not null and not screened;
create table wbs.attachment_chunk (
    attachment_id uuid not null references wbs.attachment on delete cascade,
    part          text not null constraint attachment_chunk_part_is_known check (part in ('original', 'clean')),
    no            integer not null,
    sealed        bytea not null,
    primary key (attachment_id, part, no)
);

-- A warning, addressed by tag: the addressee sees this and nothing else of the case.
create table wbs.warning (
    id         uuid primary key,
    case_id    uuid not null references wbs.complaint on delete cascade,
    person_tag bytea not null,
    issued_on  date not null,
    sealed     bytea not null,
    statement  bytea,
    stated_on  date
);
create index warning_of_case on wbs.warning (case_id);
create index warning_of_person on wbs.warning (person_tag);

-- Access log: one row per complaint, staff member, role and day. The reporter is shown it. A person
-- who opens a complaint in two roles on one day has two rows.
create table wbs.opening (
    case_id    uuid not null references wbs.complaint on delete cascade,
    person_tag bytea not null,
    role       text not null,
    on_date    date not null,
    primary key (case_id, person_tag, on_date, role)
);

-- Acts of reporters on their way into the audit trail: they enter it at the next surfacing time,
-- many at once, shuffled.
create table wbs.outbox (
    id          uuid primary key,
    case_id     uuid not null references wbs.complaint on delete cascade,
    action      text not null,
    on_date     date not null,
    -- The clerk who typed in a report on paper; null otherwise.
    actor_id    uuid,
    surfaces_at timestamptz not null
);
create index outbox_by_time on wbs.outbox (surfaces_at);

-- A request to open fields of an identity, its decision and its one opening. The request, the key
-- that the answer is sealed to and the decision are sealed: a writer of this database can neither
-- widen a request nor have it answered to a key of their own. The columns are for finding, and are
-- held against the sealed content.
create table wbs.disclosure (
    id             uuid primary key,
    case_id        uuid not null references wbs.complaint on delete cascade,
    -- Custodians see requests of their own office; they do not see the complaint, which names the
    -- office too.
    office_id      uuid not null references office,
    requester_id   uuid not null references app_user,
    requester_tag  bytea not null,
    state          text not null
        constraint disclosure_state_is_known check (state in ('pending', 'seconded', 'granted', 'denied', 'opened', 'expired')),
    -- Purpose, fields, reason, and the public half of the requester's one-time key; the private
    -- half is a code that only the requester has.
    sealed         bytea not null,
    -- The custodians' words, the granted fields, and the reason for not telling the reporter.
    decision       bytea,
    first_by       uuid references app_user,
    decided_by     uuid references app_user,
    requested_at   timestamptz not null,
    decided_at     timestamptz,
    expires_at     timestamptz,
    opened_at      timestamptz,
    -- The granted fields for the requester's key alone; null once opened or expired.
    sealed_fields  bytea,
    constraint disclosure_is_not_decided_by_its_requester check (requester_id <> all (array[first_by, decided_by]) is not false),
    constraint disclosure_is_seconded_by_another check (first_by <> decided_by),
    constraint disclosure_fields_go_with_the_grant check ((sealed_fields is not null) = (state = 'granted'))
);
-- One live request of one person for one case.
create unique index disclosure_is_asked_once on wbs.disclosure (case_id, requester_id)
    where state in ('pending', 'seconded', 'granted');
-- The expiry finds live requests by this.
create index disclosure_live on wbs.disclosure (requested_at) where state in ('pending', 'seconded', 'granted');
-- The custodians' list, newest first.
create index disclosure_of_office on wbs.disclosure (office_id, requested_at desc, id desc);

do $$
declare
    part text;
begin
    foreach part in array array['content', 'paper', 'message', 'attachment', 'opening', 'outbox'] loop
        execute format('alter table wbs.%I enable row level security', part);
        execute format('create policy part_of_a_complaint_one_sees on wbs.%I
            using (exists (select from wbs.complaint c where c.id = case_id))
            with check (wbs.standing() = ''clerk'' or exists (select from wbs.complaint c where c.id = case_id))', part);
    end loop;
end
$$;
alter table wbs.attachment_chunk enable row level security;
create policy part_of_an_attachment_one_sees on wbs.attachment_chunk
    using (exists (select from wbs.attachment a where a.id = attachment_id));
-- The handlers of the complaint and the addressee see a warning.
alter table wbs.warning enable row level security;
create policy warning_is_the_handlers_or_the_addressees on wbs.warning
    using (exists (select from wbs.complaint c where c.id = case_id)
        or (wbs.standing() = 'staff' and person_tag = decode(current_setting('desk.person'), 'hex')));
-- The handlers of the complaint see a request, and the custodians, unless they are barred from the
-- case.
alter table wbs.disclosure enable row level security;
create policy disclosure_is_the_handlers_or_the_custodians on wbs.disclosure
    using (exists (select from wbs.complaint c where c.id = case_id)
        or (wbs.standing() = 'staff' and 'identity_custodian' = any (string_to_array(current_setting('desk.roles'), ','))
            and office_id::text = current_setting('desk.office', true)
            and not wbs.bars(case_id, decode(current_setting('desk.person'), 'hex'))));

-- The wrapped key of a case, for a custodian or the addressee of a warning, who may not see the
-- case. Owner's rights for one column of one row.
create function wbs.wrapped_key(complaint uuid) returns bytea
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return (select c.dek_wrapped
        from wbs.complaint c
        where c.id = complaint
          and (exists (select from wbs.disclosure d where d.case_id = c.id)
            or exists (select from wbs.warning w where w.case_id = c.id)));

-- The complaint that a code opens. Owner's rights, because the code makes its holder the reporter;
-- one index look-up for every code, right or wrong.
create function wbs.case_of_receipt(tag bytea) returns uuid
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return (select c.id from wbs.complaint c where c.receipt_tag = tag);
create function wbs.case_of_activation(tag bytea) returns uuid
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return (select c.id from wbs.complaint c where c.activation_tag = tag);

-- A reporter's session. The case it opens is sealed under a key made from the token, of which only
-- a digest is here: a dump links no visit to a case.
create table wbs.session (
    digest     bytea primary key,
    sealed     bytea not null,
    -- One of a few tags of the case for the day of opening, by which the reporter finds all sessions
    -- of the case. Only the service's key tells which tags are of one case.
    slot_tag   bytea not null constraint session_has_a_slot_of_its_own unique,
    -- In whole five minutes.
    expires_at timestamptz not null
);
create index session_by_end on wbs.session (expires_at);

-- The trace of a deleted complaint: no number, no content.
create table wbs.tombstone (
    number_tag bytea primary key,
    office_id  uuid not null references office,
    outcome    text not null,
    closed_on  date not null,
    deleted_on date not null
);

grant select, insert, update on wbs.warning, wbs.disclosure to desk_app;
grant select, insert on
    wbs.content, wbs.paper, wbs.message, wbs.attachment, wbs.attachment_chunk, wbs.opening, wbs.tombstone
    to desk_app;
grant update (screened) on wbs.message to desk_app;
grant update (copy, visible_text, screened, copy_turn) on wbs.attachment to desk_app;
grant select, insert, delete on wbs.outbox to desk_app;
grant select, insert, update, delete on wbs.session to desk_app;
revoke all on function wbs.bar, wbs.wrapped_key, wbs.case_of_receipt, wbs.case_of_activation from public;
grant execute on function
    wbs.bar, wbs.bars, wbs.may_see, wbs.standing, wbs.said_office, wbs.said_person, wbs.said_user, wbs.said_roles,
    wbs.said_team_roles, wbs.said_teams, wbs.said_case, wbs.admits_to, wbs.admits,
    wbs.wrapped_key, wbs.case_of_receipt, wbs.case_of_activation
    to desk_app;

-- Reports of retaliation (laporan pembalasan; ISO 37002 3.13, 8.3.2, 8.4.3): the reporter of a
-- complaint suffers or fears reprisals, and the officer's findings.
create table wbs.retaliation (
    id          uuid primary key,
    case_id     uuid not null references wbs.complaint on delete cascade,
    -- In clear, because retention and the list of waiting reports must read it; held against the
    -- sealed content. `watched`: assessed, and to be assessed again.
    state       text not null constraint retaliation_state_is_known check (state in ('open', 'watched', 'settled')),
    -- Counts assessments: of two assessments of one version one wins.
    version     smallint not null default 0,
    -- The days of the report and of the newest assessment; no time of day, neither the reporter's
    -- nor the officer's.
    reported_on date not null,
    assessed_on date,
    -- When it becomes known to the office, with all others of that time.
    surfaces_at timestamptz not null,
    -- As with messages: read only after it was screened for names, because the report may be about
    -- its reader.
    screened    boolean not null default false,
    -- Whether the protecting officers were told. Once, however many replicas look.
    announced   boolean not null default false,
    -- The kind of reprisal, whether it is feared, the day, and the reporter's words.
    sealed      bytea not null,
    -- Every assessment: finding, measures, words for the reporter, and its author.
    assessments bytea,
    constraint retaliation_was_assessed_or_was_not
        check ((version = 0) = (state = 'open') and (version = 0) = (assessments is null) and (version = 0) = (assessed_on is null))
);
create index retaliation_of_case on wbs.retaliation (case_id);
-- Retention asks it of every case.
create index retaliation_unsettled on wbs.retaliation (case_id) where state <> 'settled';
-- The screening and the announcement find their reports by these.
create index retaliation_to_screen on wbs.retaliation (surfaces_at, case_id) where not screened;
create index retaliation_to_announce on wbs.retaliation (surfaces_at, id) where not announced;

-- Whether a person has handled a complaint in another role than that of its conflict officer: read
-- it, or written a paper of its handling. Referral, reopening and hold are the conflict officer's
-- own papers. Owner's rights, because the answer must not depend on the caller.
create function wbs.has_handled(complaint uuid, person bytea, account uuid) returns boolean
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return exists (select from wbs.opening o where o.case_id = complaint and o.person_tag = person and o.role <> 'conflict_officer')
    or exists (
        select
        from wbs.paper p
        where p.case_id = complaint and p.author_id = account and p.kind not in ('referral', 'reopening', 'hold')
    );

-- Whether this caller may protect the reporter of a complaint: the rule of reports of retaliation,
-- for the single read, the list, the notification and the second lock. The protector is a conflict
-- officer of the complaint's office who is not barred from it, would not see it by any other role,
-- and has never handled it: the retaliation may come from one of its handlers. A caller without
-- account protects no reporter.
create function wbs.protects(
    file wbs.complaint, viewer_office uuid, person bytea, account uuid, roles text[], team_roles text[], teams uuid[]
)
    returns boolean
    language sql
    stable
return account is not null
   and 'conflict_officer' = any (roles)
   and wbs.may_see(file, viewer_office, person, array['conflict_officer'], '{}', '{}')
   and not wbs.may_see(file, viewer_office, person, array_remove(roles, 'conflict_officer'), team_roles, teams)
   and not wbs.has_handled(file.id, person, account);

-- The same for the caller stated in the settings of this transaction.
create function wbs.protects_as_said(file wbs.complaint) returns boolean
    language sql
    stable
return case wbs.standing()
    when 'staff' then coalesce(
        wbs.protects(
            file, wbs.said_office(), wbs.said_person(), wbs.said_user(),
            wbs.said_roles(), wbs.said_team_roles(), wbs.said_teams()
        ),
        false
    )
    else false
end;

-- The second lock. The complaint itself must be visible too: its own lock asks that.
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
-- The report itself is never changed.
grant update (state, version, assessed_on, assessments, screened, announced) on wbs.retaliation to desk_app;
revoke all on function wbs.has_handled from public;
grant execute on function wbs.has_handled, wbs.protects, wbs.protects_as_said to desk_app;

-- The rule of retention, for an identity as for a case: closed on or before `until`, not held,
-- nothing that its reporter wrote or attached since the end and after `until`, and no report of
-- retaliation that is unsettled, or was settled after `heard`, so that its reporter may not have
-- read it.
create function wbs.may_go(file wbs.complaint, until date, heard date) returns boolean
    language sql
    stable
return file.closed_on <= until
   and not file.legal_hold
   and not exists (
       select
       from wbs.message m
       where m.case_id = file.id and m.author = 'reporter' and m.on_date > greatest(file.closed_on, until)
   )
   and not exists (select from wbs.attachment a where a.case_id = file.id and a.on_date > greatest(file.closed_on, until))
   and not exists (select from wbs.retaliation r where r.case_id = file.id and (r.state <> 'settled' or r.assessed_on > heard));
grant execute on function wbs.may_go to desk_app;

-- The register of breaches (ISO 37002 7.5.5, UU 27/2022 Pasal 46): breaches of confidentiality and
-- attempts at them, the complaints they affect, and the deadlines for telling the persons concerned
-- and the authority. While one is open, no disclosure of a complaint it affects goes on.
create table wbs.breach (
    id                    uuid primary key,
    office_id             uuid not null references office,
    kind                  text not null constraint breach_kind_is_known
        check (kind in ('identity_known', 'attempt_to_identify', 'content_known', 'key_lost', 'system_breached')),
    -- True: every complaint of the office, also those that come while the breach is open. False:
    -- the complaints in `breach_case`.
    affects_all           boolean not null,
    -- Counts the changes since the declaration, for the ETag.
    version               bigint not null default 1,
    -- When the office came to know of it: the law's 72 hours begin then. An act of staff, so a
    -- moment may stand here.
    discovered_at         timestamptz not null,
    declared_by           uuid not null references app_user,
    declared_at           timestamptz not null,
    -- When the persons concerned were told, and when the authority was; null until that is
    -- recorded.
    reporters_notified_at timestamptz,
    authority_notified_at timestamptz,
    closed_by             uuid references app_user,
    closed_at             timestamptz,
    -- The last alarm of the 72 hours: 1 nearly over, 2 over. Each is raised once.
    alarmed               smallint not null default 0 constraint breach_alarm_is_known check (alarmed in (0, 1, 2)),
    -- The event and the measures, sealed under a key of their own, wrapped like the key of a case:
    -- it needs a shred salt. The three columns become null when a complaint that the breach names
    -- is deleted, for they may speak of it; the record stays.
    dek_wrapped           bytea,
    happened              bytea,
    done                  bytea,
    constraint breach_is_closed_by_another check (closed_by <> declared_by),
    constraint breach_is_closed_by_somebody check ((closed_by is null) = (closed_at is null)),
    constraint breach_is_declared_after_its_discovery check (discovered_at <= declared_at),
    constraint breach_words_go_with_their_key
        check ((dek_wrapped is null) = (happened is null) and (dek_wrapped is not null or done is null))
);
-- The register, newest first.
create index breach_of_office on wbs.breach (office_id, declared_at desc, id desc);
-- Every request, decision and opening of a disclosure asks for open breaches, and so does the
-- alarm.
create index breach_open on wbs.breach (office_id) where closed_at is null;

-- The complaints that a breach names. A deleted complaint takes its row along.
create table wbs.breach_case (
    breach_id uuid not null references wbs.breach,
    case_id   uuid not null references wbs.complaint on delete cascade,
    primary key (breach_id, case_id)
);
create index breach_of_case on wbs.breach_case (case_id);

-- Whether the caller watches over confidentiality in this office: custodians and internal auditors
-- do, handlers of complaints do not.
create function wbs.watches(of_office uuid) returns boolean
    language sql
    stable
return wbs.standing() = 'staff'
   and string_to_array(current_setting('desk.roles', true), ',') && array['identity_custodian', 'internal_auditor']
   and of_office::text = current_setting('desk.office', true);

-- Whether a watcher who was told the id of a complaint may name it: one of their office that has
-- surfaced, and from which they are not barred. Owner's rights: watchers see no complaint.
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

-- Those of these complaints, by id or by number, that a watcher may name, locked until the end of
-- the transaction: none is deleted while it is being named. Owner's rights, as above.
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

-- Whether a person may know of a breach: not if they are barred from every complaint it names. A
-- breach whose complaints are all deleted hides nothing.
create function wbs.knows_of_breach(breach uuid, everything boolean, person bytea) returns boolean
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return everything
    or not exists (select from wbs.breach_case x where x.breach_id = breach)
    or exists (select from wbs.breach_case x where x.breach_id = breach and not wbs.bars(x.case_id, person));

-- Whether a person may read the words of a breach too: not if they are barred from any complaint it
-- names, of which the words may speak.
create function wbs.reads_breach(breach uuid, person bytea) returns boolean
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return not exists (select from wbs.breach_case x where x.breach_id = breach and wbs.bars(x.case_id, person));

-- Whether a breach affects a complaint. A breach of all affects the complaints received until the
-- day it was closed: whole days, so that the register does not tell at which time of that day a
-- complaint came. Owner's rights, because neither watcher nor reporter sees the rows it reads.
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

-- Whether disclosures of a complaint are frozen: a breach that affects it is open. Owner's rights:
-- handlers are refused by it and see no register.
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

-- The numbers of the complaints that breaches name, as far as the calling watcher may know of them.
-- A breach of all tells no numbers: an auditor who counted them and the cases of the audit trail
-- would find how many are kept from them.
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

-- The watchers who may know of a breach read it; a reporter finds the breaches that affect their
-- own complaint.
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
-- The declaration itself is never changed.
grant update (version, reporters_notified_at, authority_notified_at, closed_by, closed_at, alarmed, dek_wrapped, happened, done)
    on wbs.breach to desk_app;
revoke all on function
    wbs.watches, wbs.watches_complaint, wbs.hold_named, wbs.knows_of_breach, wbs.reads_breach, wbs.affects, wbs.is_frozen,
    wbs.affected_numbers
    from public;
grant execute on function
    wbs.watches, wbs.watches_complaint, wbs.hold_named, wbs.knows_of_breach, wbs.reads_breach, wbs.affects, wbs.is_frozen,
    wbs.affected_numbers
    to desk_app;

-- The vault. One row for each case, of one size, with or without an identity in it: the rows look
-- the same and tell nothing.
create table vault.identity (
    case_ref    bytea primary key constraint identity_names_a_case check (octet_length(case_ref) = 32),
    -- Fingerprint of the custodian's key it is sealed to.
    fingerprint bytea not null,
    sealed      bytea not null
);
grant select, delete on vault.identity to desk_vault;

-- The application may call this within the complaint's own transaction, to seal an identity; it can
-- neither read nor delete. A later declaration replaces the row.
create function vault.seal(ref bytea, key_fingerprint bytea, identity bytea) returns void
    language sql
    security definer
    set search_path = vault, pg_temp
begin atomic
    insert into vault.identity (case_ref, fingerprint, sealed)
    values (ref, key_fingerprint, identity)
    on conflict (case_ref) do update
    set fingerprint = excluded.fingerprint,
        sealed = excluded.sealed;
end;
revoke all on function vault.seal from public;
grant execute on function vault.seal to desk_app;

-- The custodian's key that the service was first started with. The next start notices a replacement
-- of the key in the settings, or of this row.
create table vault.custodian_key (
    fingerprint bytea primary key,
    pinned_on   date not null,
    -- Under a key of the service, so that a writer of this database cannot pin another.
    mac         bytea not null
);
grant select, insert on vault.custodian_key to desk_app;
