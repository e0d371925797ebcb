-- The twenty newest applications at a stage that the person sees.
select a.id, a.office_id, a.number, a.company, a.scheme, a.kind, a.stage, a.round, a.created_at, a.submitted_at, a.stage_since,
       coalesce(a.calendar_version, (select max(v.version) from calendar_version v where v.office_id = a.office_id)) as calendar_version,
       t.since, t.steps, t.rounds
from application a
cross join lateral (
    select coalesce(array_agg(e.at), '{}') as since, coalesce(array_agg(e.step), '{}') as steps, coalesce(array_agg(e.round), '{}') as rounds
    from (select at, step, round from clock_entry where case_id = a.id order by seq) e
) t
where a.office_id = $1
  and a.stage = $2
  and (a.visible_to && $3::text[] or a.customer_id = $4)
order by a.created_at desc, a.id desc
limit 20
