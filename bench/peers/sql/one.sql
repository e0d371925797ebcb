-- One application, if one of the person's roles or their company sees it.
select a.id, a.office_id, a.customer_id, c.name as customer_name, a.number, a.scheme_version, a.form, a.stage, a.version, a.round, a.created_at,
       a.submitted_at, a.stage_since,
       coalesce(a.calendar_version, (select max(v.version) from calendar_version v where v.office_id = a.office_id)) as calendar_version,
       t.since, t.steps, t.rounds,
       array(select distinct j.task from journal j where j.subject_id = a.id and j.draft = a.draft and a.draft > 0 and j.actor_id = $2) as done
from application a
join customer c on c.id = a.customer_id
cross join lateral (
    select coalesce(array_agg(e.at), '{}') as since, coalesce(array_agg(e.step), '{}') as steps, coalesce(array_agg(e.round), '{}') as rounds
    from (select at, step, round from clock_entry where case_id = a.id order by seq) e
) t
where a.id = $1
  and (a.visible_to && $3::text[] or a.customer_id = $4)
