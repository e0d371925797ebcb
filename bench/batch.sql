-- $count$ submitted applications with their own id prefix ($batch$), for a cell that files each of them once.
insert into application (id, office_id, customer_id, number, scheme, kind, scheme_version, form, company, stage, version, round, visible_to,
                         waiting_for, created_at, submitted_at, stage_since)
select ('$batch$-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, a.office_id, a.customer_id, 'P-$batch$-' || n, a.scheme, a.kind, 1, a.form,
       'PT $batch$ ' || n, 'submitted', 2, 1, '{customer,pji_staff}', '{pji_staff}', now(), now(), now()
from generate_series(1, $count$) n
join application a on a.id = '00000000-0000-7000-8000-000000000001';

insert into clock_entry (office_id, case_id, at, step, round, party)
select o.id, ('$batch$-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, now(), place + 1, place, case place when 0 then 'customer' else 'office' end
from office o, generate_series(1, $count$) n, generate_series(0, 1) place
order by n, place;

insert into journal (office_id, subject, subject_id, at, actor_id, actor_roles, task, step, from_stage, to_stage, round)
select o.id, 'application', ('$batch$-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, now(), '00000000-0000-7000-a000-000000000001', '{customer}',
       'submit_application', 1, 'draft', 'submitted', 1
from office o, generate_series(1, $count$) n;
