-- The audit trail of whistle-blowing: one chain for the installation. Each event carries a hash
-- over itself and the hash before it, and a MAC under a key that is not in the database; at
-- intervals the last hash is written down outside (the anchor). A change of past events is
-- therefore detected.
create schema audit;
revoke all on schema audit from public;
grant usage on schema audit to desk_app;

create table audit.event (
    -- Without a gap from 1 on: given under the lock of audit.tail(), not by a sequence, which would
    -- leave a hole at every rollback.
    seq         bigint primary key,
    office_id   uuid not null references office,
    -- To the microsecond for staff and the service. Null for a reporter: the time of day would help
    -- to identify the reporter.
    at          timestamptz,
    on_date     date not null,
    -- No foreign key: the trail outlives the accounts and cases it tells of.
    actor_id    uuid,
    actor_kind  text not null constraint event_actor_kind_is_known check (actor_kind in ('staff', 'reporter', 'service')),
    -- The actor's roles at the time of the act, so that a later change of roles does not change the
    -- past.
    actor_roles text[] not null,
    -- "plh" or "plt" if the person acted for the office holder.
    acting      text,
    action      text not null,
    -- An HMAC of the object's id, never the id: without the key no event leads to a case, and after
    -- a shredding none does at all.
    object_ref  bytea not null constraint event_object_ref_is_an_hmac check (octet_length(object_ref) = 32),
    step        smallint,
    from_stage  text,
    to_stage    text,
    round       smallint not null,
    draft       smallint not null,
    -- Sealed: a reason, a filter. Null if the event has no details.
    detail      bytea,
    prev_hash   bytea not null constraint event_prev_hash_is_sha256 check (octet_length(prev_hash) = 32),
    hash        bytea not null constraint event_hash_is_sha256 check (octet_length(hash) = 32),
    mac         bytea not null constraint event_mac_is_an_hmac check (octet_length(mac) = 32),
    constraint event_counts_from_one check (seq > 0),
    constraint event_time_is_exact_but_for_reporters check ((at is null) = (actor_kind = 'reporter')),
    constraint event_names_staff_and_nobody_else check ((actor_id is null) = (actor_kind <> 'staff'))
);
-- The events of one case.
create index event_of_object on audit.event (object_ref, seq);
-- Four eyes: the actors of each act on this draft.
create index event_by_deed on audit.event (object_ref, draft, action, actor_id);
-- The auditor's list of one kind of act, such as every disclosure.
create index event_by_action on audit.event (action, seq);
grant select, insert on audit.event to desk_app;

-- Takes the one place at the end of the chain for this transaction and returns the last event; no
-- row if the chain is empty. A function, because its second statement sees the events that were
-- committed while the first waited. The two numbers are a lock of this name only ('AUDT', chain 1).
create function audit.tail() returns table (seq bigint, hash bytea)
    language plpgsql
    volatile
    set search_path = pg_catalog
as $$
begin
    perform pg_advisory_xact_lock(1096107092, 1);
    return query
        select e.seq, e.hash
        from audit.event e
        order by e.seq desc
        limit 1;
end
$$;
revoke all on function audit.tail() from public;
grant execute on function audit.tail() to desk_app;

-- An event goes to the end of the chain or nowhere. An insert without the lock meets the primary
-- key or this trigger; 40001 means: try again.
create function audit.only_at_the_end() returns trigger
    language plpgsql
    set search_path = pg_catalog
as $$
declare
    last_seq  bigint;
    last_hash bytea;
begin
    select e.seq, e.hash
    into last_seq, last_hash
    from audit.event e
    order by e.seq desc
    limit 1;
    if not found then
        last_seq := 0;
        last_hash := decode(repeat('00', 32), 'hex');
    end if;
    if new.seq <> last_seq + 1 or new.prev_hash <> last_hash then
        raise exception 'an audit event does not continue the chain' using errcode = '40001';
    end if;
    return new;
end
$$;
create trigger event_only_at_the_end
    before insert on audit.event
    for each row execute function audit.only_at_the_end();

-- No role rewrites the trail, not even the owner by mistake: the owner must drop this trigger
-- first, and the chain still tells.
create function audit.refuse() returns trigger
    language plpgsql
    set search_path = pg_catalog
as $$
begin
    raise exception 'the audit trail is append only' using errcode = '42501';
end
$$;
create trigger event_is_append_only
    before update or delete or truncate on audit.event
    for each statement execute function audit.refuse();
-- Also where triggers are switched off for a session (session_replication_role).
alter table audit.event enable always trigger event_only_at_the_end;
alter table audit.event enable always trigger event_is_append_only;
