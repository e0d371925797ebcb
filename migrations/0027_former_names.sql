-- What people of the office were called, under which addresses and in which posts: a complaint may name somebody as they were called before, and its
-- screening must find them. A name is changed by two administrators, and those who watch over the office learn of it.

-- Each change of a name or an address of a member of staff, and each proposal of a name, in the order in which they came. Written by triggers, so that no
-- statement that changes one can leave it out; never changed and never deleted, except that it is noted.
create table account_history (
    seq       bigint generated always as identity primary key,
    user_id   uuid not null references app_user,
    what      text not null constraint account_history_kind_is_known check (what in ('name', 'address', 'name_proposed')),
    -- Null for a proposal: the name is still in use.
    was       text constraint account_history_says_what_was check ((was is null) = (what = 'name_proposed')),
    became    text not null,
    -- Whether the audit trail says so yet: a job carries it over, because the chain is written by the service and not by the database.
    in_trail  boolean not null default false
);
-- "What was everybody called?" is asked at each screening.
create index account_history_of_user on account_history (user_id, what);
-- "What is not in the trail yet?" is asked every minute.
create index account_history_to_note on account_history (seq) where not in_trail;
grant select on account_history to desk_app;
grant update (in_trail) on account_history to desk_app;

-- A name that one administrator proposed for a member of staff and another must confirm.
create table name_proposal (
    user_id      uuid primary key references app_user,
    display_name text not null,
    proposed_by  uuid not null references app_user,
    proposed_at  timestamptz not null
);
grant select, insert, delete on name_proposal to desk_app;

-- A post that somebody held, from the first to the last day, both included, in WIB.
create table former_post (
    user_id   uuid not null references app_user,
    role      text not null,
    first_day date not null,
    last_day  date not null,
    constraint former_post_days_are_in_order check (first_day <= last_day)
);
create index former_post_of_user on former_post (user_id);
grant select on former_post to desk_app;

-- Owner's rights: the application adds to the history by its changes and in no other way.
create function note_account_change() returns trigger
    language plpgsql
    security definer
    set search_path = public, pg_temp
as $$
begin
    if old.display_name is distinct from new.display_name then
        insert into account_history (user_id, what, was, became) values (new.id, 'name', old.display_name, new.display_name);
    end if;
    if old.email is distinct from new.email then
        insert into account_history (user_id, what, was, became) values (new.id, 'address', old.email, new.email);
    end if;
    return null;
end
$$;
create trigger app_user_history
    after update of display_name, email on app_user
    for each row
    when (old.customer_id is null and (old.display_name is distinct from new.display_name or old.email is distinct from new.email))
    execute function note_account_change();

create function note_name_proposal() returns trigger
    language plpgsql
    security definer
    set search_path = public, pg_temp
as $$
begin
    insert into account_history (user_id, what, became) values (new.user_id, 'name_proposed', new.display_name);
    return null;
end
$$;
create trigger name_proposal_history
    after insert on name_proposal
    for each row
    execute function note_name_proposal();

-- The last day is the database's: it bounds for how many years a post is remembered, and decides nothing by the hour.
create function note_former_post() returns trigger
    language plpgsql
    security definer
    set search_path = public, pg_temp
as $$
declare
    began date := (old.granted_at at time zone 'Asia/Jakarta')::date;
begin
    insert into former_post (user_id, role, first_day, last_day)
    values (old.user_id, old.role, began, greatest(began, (now() at time zone 'Asia/Jakarta')::date));
    return null;
end
$$;
create trigger user_role_history
    after delete on user_role
    for each row
    when (old.role <> 'customer')
    execute function note_former_post();

-- Posts that were taken away before: the journal says which (`-head`) and when, the account since when it can have been held.
insert into former_post (user_id, role, first_day, last_day)
select u.id, taken.role[1], least((u.created_at at time zone 'Asia/Jakarta')::date, (j.at at time zone 'Asia/Jakarta')::date), (j.at at time zone 'Asia/Jakarta')::date
from journal j
join app_user u on u.id = j.subject_id
cross join lateral regexp_matches(j.note, '(?:^| )-([a-z_]+)', 'g') as taken (role)
where j.subject = 'user'
  and j.task = 'set_user_roles';
