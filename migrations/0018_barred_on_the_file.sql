-- The visibility rule is asked of each row of each list, twice: by the query and by row-level security. Two things made a row dear, and are gone.

-- Who is barred stands on the file itself, so that the rule is an expression the planner sees through, and not a query within a function for each row. It is kept
-- by the table of conflicts and by nothing else. Tags, as there: a dump says no more than before.
alter table wbs.complaint add column barred bytea[] not null default '{}';
update wbs.complaint c
set barred = array(select x.person_tag from wbs.conflict x where x.case_id = c.id and not x.lifted order by x.person_tag);

-- The file is locked before the conflict is written, as by everybody who does both. What is added to is the newest row, also when somebody else was faster.
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
create trigger barred_is_kept before insert or update of lifted on wbs.conflict
    for each row execute function wbs.keep_barred();
-- The application writes every other column.
revoke insert, update on wbs.complaint from desk_app;
do $$
begin
    execute (select format('grant insert (%1$s), update (%1$s) on wbs.complaint to desk_app', string_agg(quote_ident(attname), ', '))
             from pg_attribute
             where attrelid = 'wbs.complaint'::regclass and attnum > 0 and not attisdropped and attname <> 'barred');
end
$$;

create or replace function wbs.may_see(file wbs.complaint, viewer_office uuid, person bytea, roles text[], team_roles text[], teams uuid[]) returns boolean
    language sql
    stable
return file.office_id = viewer_office
   and (file.visible_to && roles or (file.visible_to && team_roles and file.team_id = any (teams)))
   and not person = any (file.barred);

-- The same where a file is not at hand: one question, one answer.
create or replace function wbs.bars(complaint uuid, person bytea) returns boolean
    language sql
    stable
    security definer
    set search_path = wbs, pg_temp
return exists (select from wbs.complaint c where c.id = complaint and person = any (c.barred));

-- Who asks, as the second lock reads it from the settings of the transaction. A reporter and the service have no office, and asking for theirs must be no error:
-- where a row was changed by somebody else meanwhile, PostgreSQL evaluates all of these before it looks again.
create function wbs.said_office() returns uuid
    language sql
    stable
return nullif(current_setting('desk.office'), '')::uuid;

create function wbs.said_person() returns bytea
    language sql
    stable
return decode(current_setting('desk.person'), 'hex');

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

-- The second lock for one who asks: what `admits` says, with the settings as arguments, so that a statement on many rows reads them once.
create function wbs.admits_to(file wbs.complaint, standing text, own_case text, viewer_office uuid, person bytea, roles text[], team_roles text[], teams uuid[])
    returns boolean
    language sql
    stable
return case standing
    when 'service' then true
    when 'reporter' then file.id::text = own_case
    when 'staff' then wbs.may_see(file, viewer_office, person, roles, team_roles, teams)
    else false
end;

create or replace function wbs.admits(file wbs.complaint) returns boolean
    language sql
    stable
return wbs.admits_to(file, wbs.standing(), wbs.said_case(), wbs.said_office(), wbs.said_person(), wbs.said_roles(), wbs.said_team_roles(), wbs.said_teams());

-- Each `(select ...)` is evaluated once for a statement, and only if it is asked for.
alter policy complaint_is_read on wbs.complaint using (wbs.admits_to(complaint, (select wbs.standing()), (select wbs.said_case()), (select wbs.said_office()),
    (select wbs.said_person()), (select wbs.said_roles()), (select wbs.said_team_roles()), (select wbs.said_teams())));
grant execute on function wbs.said_office, wbs.said_person, wbs.said_roles, wbs.said_team_roles, wbs.said_teams, wbs.said_case, wbs.admits_to to desk_app;
