-- The journal entry of an act.
insert into journal (office_id, subject, subject_id, at, actor_id, actor_roles, task, step, from_stage, to_stage, round, draft)
values ($1, 'application', $2, $3, $4, $5::text[], $6, 2, 'submitted', 'filed', 1, 0)
