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
