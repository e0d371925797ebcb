-- Whistle-blowing (SOP wbs): complaints, what is said in them, who may not know of them, and the vault of identities.
--
-- What a reader of this schema must know (design: whistleblowing 4):
--   * no column holds the moment of an act of a reporter: only days, and the next surfacing time, which many acts share;
--   * whatever a person wrote is sealed by the application under the key of the case; `dek_wrapped` is that key, wrapped under a key that also needs the
--     shred salt, an object outside this database. Without both, a dump is noise, and deleting the salt deletes the case from every backup;
--   * people are named by tags (HMAC of their id), so a dump does not say who is accused;
--   * row-level security is the second lock. The application says within each transaction who asks (`desk.standing` and its companions); one that forgets
--     to, or a pooled connection used without a transaction, sees nothing.
create schema wbs;
create schema vault;
grant usage on schema wbs to desk_app;
grant usage on schema vault to desk_app, desk_vault;

-- Answered requests whose replies hold a secret, under their Idempotency-Key: named by a tag and sealed under a key, both made from that key, which must hold 128 bits.
create table sealed_reply (
    tag     bytea primary key,
    sealed  bytea not null,
    on_date date not null
);
create index sealed_reply_by_age on sealed_reply (on_date);
grant select, insert, delete on sealed_reply to desk_app;

create table wbs.complaint (
    -- Version 4: version 7 would tell the millisecond of the submission. So it is for every id below.
    id                 uuid primary key,
    office_id          uuid not null references office,
    -- Random, not from a register: a gap or a step would tell of a complaint one may not know of. Opens nothing.
    public_number      text not null constraint complaint_public_number_is_unique unique,
    channel            text not null constraint complaint_channel_is_known check (channel in ('online', 'paper')),
    category           text not null,
    stage              text not null constraint complaint_stage_is_known check (stage in ('received', 'screened', 'disposed', 'forwarded', 'in_resolution',
        'resolved', 'answer_drafted', 'answer_signed', 'answered', 'closed', 'waiting_for_reporter', 'referred_externally', 'out_of_scope', 'reopened')),
    version            bigint not null default 1,
    -- Counts reopenings; clocks run anew in each.
    round              smallint not null default 1,
    -- Counts drafts of the answer: four eyes look at one draft.
    draft              smallint not null default 0,
    -- As in `application`: derived from the rows of the SOP. Empty until it surfaces.
    visible_to         text[] not null,
    waiting_for        text[] not null,
    -- The team it was forwarded to. A team lead or team staff sees only what was forwarded to a team of theirs.
    team_id            uuid,
    -- Whether team staff may read the complaint itself, or only its settlement.
    staff_reads        boolean not null default false,
    received_on        date not null,
    -- When it becomes known to the office, with all others of that time.
    surfaces_at        timestamptz not null,
    stage_since        timestamptz not null,
    calendar_version   integer,
    acknowledged_on    date,
    -- Set while nothing is to be done any more; retention counts from it.
    closed_on          date,
    legal_hold         boolean not null default false,
    identity_gone      boolean not null default false,
    dek_wrapped        bytea not null,
    -- HMAC of the receipt code; none until a complaint on paper is activated.
    receipt_tag        bytea constraint complaint_receipt_is_unique unique,
    -- HMAC of the activation code on the slip. Kept after its use, so that a second use is noticed.
    activation_tag     bytea constraint complaint_activation_is_unique unique,
    activation_expires date,
    activated          boolean not null default false,
    constraint complaint_can_be_opened check (receipt_tag is not null or activation_tag is not null)
);
-- The list, newest first. All that surface together share the moment, so the random id decides and tells nothing.
create index complaint_of_office on wbs.complaint (office_id, surfaces_at desc, id desc);
create index complaint_by_stage on wbs.complaint (office_id, stage, surfaces_at desc, id desc);
create index complaint_waiting on wbs.complaint (office_id, stage_since, id) where waiting_for <> '{}';
-- What the surfacing job looks for.
create index complaint_to_surface on wbs.complaint (surfaces_at) where stage = 'received';
create index complaint_of_team on wbs.complaint (team_id) where team_id is not null;
-- What the retention job looks for.
create index complaint_closed on wbs.complaint (closed_on) where closed_on is not null;

-- Who may not know of a complaint: accused, suspected by their name in the text, recused, or declared by the conflict officer. Lifted rows stay as history.
create table wbs.conflict (
    case_id    uuid not null references wbs.complaint on delete cascade,
    person_tag bytea not null,
    kind       text not null constraint conflict_kind_is_known check (kind in ('accused', 'suspected', 'recused', 'declared')),
    lifted     boolean not null default false,
    -- Why, sealed; and the account, sealed, so that the conflict officer can read whom it is about.
    sealed     bytea not null,
    on_date    date not null,
    primary key (case_id, person_tag)
);
create index conflict_of_person on wbs.conflict (person_tag) where not lifted;

-- Whether `person` is barred from a complaint. Owner's rights, because the rule must hold where its own rows are not readable.
create function wbs.bars(complaint uuid, person bytea) returns boolean
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return exists (select from wbs.conflict x where x.case_id = complaint and x.person_tag = person and not x.lifted);

-- May this caller know of the complaint? The one visibility rule: every read, list, count, desk and statistic goes through it.
-- `roles` are those that see by themselves; `team_roles` those that see what was forwarded to one of `teams`.
create function wbs.may_see(file wbs.complaint, viewer_office uuid, person bytea, roles text[], team_roles text[], teams uuid[]) returns boolean
    language sql
    stable
return file.office_id = viewer_office
   and (file.visible_to && roles or (file.visible_to && team_roles and file.team_id = any (teams)))
   and not wbs.bars(file.id, person);

-- Who asks, as said within this transaction.
create function wbs.standing() returns text
    language sql
    stable
return coalesce(current_setting('desk.standing', true), '');

-- The second lock. Staff: what may_see says, from settings and not from the arguments of a query. A reporter: their own complaint. The service: all.
-- A clerk may put in and never read.
create function wbs.admits(file wbs.complaint) returns boolean
    language sql
    stable
return case wbs.standing()
    when 'service' then true
    when 'reporter' then file.id::text = current_setting('desk.case', true)
    when 'staff' then wbs.may_see(file,
        current_setting('desk.office')::uuid,
        decode(current_setting('desk.person'), 'hex'),
        string_to_array(current_setting('desk.roles'), ','),
        string_to_array(current_setting('desk.team_roles'), ','),
        string_to_array(current_setting('desk.teams'), ',')::uuid[])
    else false
end;

-- Not forced upon the owner: the owner only migrates, and the few functions with owner's rights below must see one row of somebody else's case.
alter table wbs.complaint enable row level security;
create policy complaint_is_read on wbs.complaint for select using (wbs.admits(complaint));
create policy complaint_is_changed on wbs.complaint for update using (wbs.admits(complaint)) with check (true);
create policy complaint_is_shredded on wbs.complaint for delete using (wbs.standing() = 'service');
create policy complaint_is_handed_in on wbs.complaint for insert with check (wbs.standing() in ('reporter', 'clerk') and stage = 'received' and visible_to = '{}');

-- Bars somebody from a complaint that whoever asks may see. Owner's rights, because handlers may add a conflict and read none.
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
        lifted = false;
end;

-- Conflicts are the conflict officer's and the service's to read.
alter table wbs.conflict enable row level security;
create policy conflict_is_read on wbs.conflict for select
    using (wbs.standing() = 'service'
        or (wbs.standing() = 'staff' and 'conflict_officer' = any (string_to_array(current_setting('desk.roles'), ','))
            and exists (select from wbs.complaint c where c.id = case_id)));
create policy conflict_is_changed on wbs.conflict for update using (wbs.standing() in ('service', 'staff') and exists (select from wbs.complaint c where c.id = case_id));

-- What the reporter said: one sealed document (subject, account, place, time, accused).
create table wbs.content (
    case_id uuid primary key references wbs.complaint on delete cascade,
    sealed  bytea not null
);

-- Papers of the road: disposition, forwarding, settlement, drafts of the answer, returns, referrals and their reasons. Sealed.
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

-- Messages between reporter and office. Times of day lie nowhere; the order is `seq`.
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
    constraint message_is_numbered_once unique (case_id, seq)
);

-- Attachments: the original, sealed, which no handler opens; and the cleaned copy, sealed, which they see. Name, kind, size and digest are in `meta`.
create table wbs.attachment (
    id          uuid primary key,
    case_id     uuid not null references wbs.complaint on delete cascade,
    seq         integer not null,
    on_date     date not null,
    surfaces_at timestamptz not null,
    meta        bytea not null,
    constraint attachment_is_numbered_once unique (case_id, seq)
);
create table wbs.attachment_chunk (
    attachment_id uuid not null references wbs.attachment on delete cascade,
    part          text not null constraint attachment_chunk_part_is_known check (part in ('original', 'clean')),
    no            integer not null,
    sealed        bytea not null,
    primary key (attachment_id, part, no)
);

-- A warning, addressed by tag: whoever is warned sees this and nothing else of the case.
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

-- That somebody of the office opened it, once a day: what the reporter's access log shows.
create table wbs.opening (
    case_id    uuid not null references wbs.complaint on delete cascade,
    person_tag bytea not null,
    role       text not null,
    on_date    date not null,
    primary key (case_id, person_tag, on_date)
);

-- Acts of reporters on their way into the audit trail: they enter it at the next surfacing time, many at once, shuffled.
create table wbs.outbox (
    id          uuid primary key,
    case_id     uuid not null references wbs.complaint on delete cascade,
    action      text not null,
    on_date     date not null,
    -- The clerk who typed in a report on paper; nobody otherwise.
    actor_id    uuid,
    surfaces_at timestamptz not null
);
create index outbox_by_time on wbs.outbox (surfaces_at);

-- A request to open fields of an identity, its decision and its one opening. What it asks for, the key it is answered to and what was decided are sealed: who
-- writes to this database can neither widen a request nor have it answered to a key of their own. The columns are for finding, and are held against what
-- was sealed.
create table wbs.disclosure (
    id             uuid primary key,
    case_id        uuid not null references wbs.complaint on delete cascade,
    -- Custodians see requests of their own office; the complaint itself, which would say so, they do not see.
    office_id      uuid not null references office,
    requester_id   uuid not null references app_user,
    requester_tag  bytea not null,
    state          text not null constraint disclosure_state_is_known check (state in ('pending', 'seconded', 'granted', 'denied', 'opened', 'expired')),
    -- Purpose, fields, reason, and the public half of the requester's one-time key; the private half is a code only they have.
    sealed         bytea not null,
    -- The custodians' words, what was granted, and why the reporter is not told.
    decision       bytea,
    first_by       uuid references app_user,
    decided_by     uuid references app_user,
    requested_at   timestamptz not null,
    decided_at     timestamptz,
    expires_at     timestamptz,
    opened_at      timestamptz,
    -- Counts codes that did not open it.
    wrong_codes    smallint not null default 0,
    -- The granted fields for the requester's key alone; gone once opened or expired.
    sealed_fields  bytea,
    constraint disclosure_is_not_decided_by_its_requester check (requester_id <> all (array[first_by, decided_by]) is not false),
    constraint disclosure_is_seconded_by_another check (first_by <> decided_by),
    constraint disclosure_fields_go_with_the_grant check ((sealed_fields is not null) = (state = 'granted'))
);
-- One live request of one person for one case.
create unique index disclosure_is_asked_once on wbs.disclosure (case_id, requester_id) where state in ('pending', 'seconded', 'granted');
-- What the expiry looks for.
create index disclosure_live on wbs.disclosure (requested_at) where state in ('pending', 'seconded', 'granted');
-- The custodians' list, newest first.
create index disclosure_of_office on wbs.disclosure (office_id, requested_at desc, id desc);

do $$
declare
    part text;
begin
    foreach part in array array['content', 'paper', 'message', 'attachment', 'opening', 'outbox'] loop
        execute format('alter table wbs.%I enable row level security', part);
        execute format('create policy part_of_a_complaint_one_sees on wbs.%I using (exists (select from wbs.complaint c where c.id = case_id))
            with check (wbs.standing() = ''clerk'' or exists (select from wbs.complaint c where c.id = case_id))', part);
    end loop;
end
$$;
alter table wbs.attachment_chunk enable row level security;
create policy part_of_an_attachment_one_sees on wbs.attachment_chunk
    using (exists (select from wbs.attachment a where a.id = attachment_id));
-- A warning is also its addressee's.
alter table wbs.warning enable row level security;
create policy warning_is_the_handlers_or_the_addressees on wbs.warning
    using (exists (select from wbs.complaint c where c.id = case_id)
        or (wbs.standing() = 'staff' and person_tag = decode(current_setting('desk.person'), 'hex')));
-- A request is its complaint's handlers', and the custodians', unless they are barred from the case.
alter table wbs.disclosure enable row level security;
create policy disclosure_is_the_handlers_or_the_custodians on wbs.disclosure
    using (exists (select from wbs.complaint c where c.id = case_id)
        or (wbs.standing() = 'staff' and 'identity_custodian' = any (string_to_array(current_setting('desk.roles'), ','))
            and office_id::text = current_setting('desk.office', true)
            and not wbs.bars(case_id, decode(current_setting('desk.person'), 'hex'))));

-- What a custodian or the addressee of a warning needs of a case they may not see: its wrapped key. Owner's rights for one column of one row.
create function wbs.wrapped_key(complaint uuid) returns bytea
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return (select c.dek_wrapped
        from wbs.complaint c
        where c.id = complaint
          and (exists (select from wbs.disclosure d where d.case_id = c.id) or exists (select from wbs.warning w where w.case_id = c.id)));

-- Which complaint a code opens. Owner's rights, because a code is what makes somebody its reporter; one index look-up whatever the code.
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

-- A reporter's session. Which case it opens is sealed under a key made from the token, of which only a digest is here: a dump links no visit to a case.
create table wbs.session (
    digest     bytea primary key,
    sealed     bytea not null,
    -- In whole five minutes.
    expires_at timestamptz not null
);
create index session_by_end on wbs.session (expires_at);

-- That there was a complaint, after it is gone: no number, no content.
create table wbs.tombstone (
    number_tag bytea primary key,
    office_id  uuid not null references office,
    outcome    text not null,
    closed_on  date not null,
    deleted_on date not null
);

grant select, insert, update, delete on wbs.complaint to desk_app;
grant select, update on wbs.conflict to desk_app;
grant select, insert, update on wbs.warning, wbs.disclosure to desk_app;
grant select, insert on wbs.content, wbs.paper, wbs.message, wbs.attachment, wbs.attachment_chunk, wbs.opening, wbs.tombstone to desk_app;
grant select, insert, delete on wbs.outbox to desk_app;
grant select, insert, update, delete on wbs.session to desk_app;
revoke all on function wbs.bar, wbs.wrapped_key, wbs.case_of_receipt, wbs.case_of_activation from public;
grant execute on function wbs.bar, wbs.bars, wbs.may_see, wbs.standing, wbs.admits, wbs.wrapped_key, wbs.case_of_receipt, wbs.case_of_activation to desk_app;

-- The vault. One row for each case, of one size, whether or not there is an identity in it: what the rows look like tells nothing.
create table vault.identity (
    case_ref    bytea primary key constraint identity_names_a_case check (octet_length(case_ref) = 32),
    -- Fingerprint of the custodian's key it is sealed to.
    fingerprint bytea not null,
    sealed      bytea not null
);
grant select, delete on vault.identity to desk_vault;

-- Sealing is a call the application may make within the complaint's own transaction; it can neither read nor delete. A later declaration replaces the row.
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

-- The custodian's key the service was first started with. Who replaces the key in the settings, or this row, is noticed at the next start.
create table vault.custodian_key (
    fingerprint bytea primary key,
    pinned_on   date not null,
    -- Under a key of the service, so that a writer of this database cannot pin another.
    mac         bytea not null
);
grant select, insert on vault.custodian_key to desk_app;
