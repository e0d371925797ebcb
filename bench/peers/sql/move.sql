-- Files an application that waits for it and that one of the person's roles sees.
update application
set stage = 'filed',
    version = version + 1,
    visible_to = array(select distinct role from unnest(visible_to || '{customer,operations_staff,ss_lead}'::text[]) as role order by role),
    waiting_for = '{operations_staff}',
    stage_since = $2
where id = $1
  and stage = 'submitted'
  and visible_to && $3::text[]
