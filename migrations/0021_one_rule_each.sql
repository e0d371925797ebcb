-- An accused or recused person stays barred: declaring a conflict of theirs anew, which can be lifted, leaves what is known of them as it is.
create or replace function wbs.bar(complaint uuid, person bytea, why text, words bytea, on_day date) returns void
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

-- Who opens a complaint as one thing and on the same day as another has done both.
alter table wbs.opening drop constraint opening_pkey;
alter table wbs.opening add primary key (case_id, person_tag, on_date, role);

-- Counted and never read: each wrong code stands in the trail.
alter table wbs.disclosure drop column wrong_codes;

-- The rule of retention, for an identity as for a case: closed on or before `until`, not held, nothing that its reporter wrote or attached since the end and
-- after `until`, and no report of retaliation that is unsettled, or was settled after `heard`, so that its reporter may not have read it.
create function wbs.may_go(file wbs.complaint, until date, heard date) returns boolean
    language sql
    stable
return file.closed_on <= until
   and not file.legal_hold
   and not exists (select from wbs.message m where m.case_id = file.id and m.author = 'reporter' and m.on_date > greatest(file.closed_on, until))
   and not exists (select from wbs.attachment a where a.case_id = file.id and a.on_date > greatest(file.closed_on, until))
   and not exists (select from wbs.retaliation r where r.case_id = file.id and (r.state <> 'settled' or r.assessed_on > heard));
grant execute on function wbs.may_go to desk_app;
