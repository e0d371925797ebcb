-- 200 auditors, each with an audit of two days in every week of the twelve months before 2030-07-01 and of the eight weeks from then on. Ids contain the number of the row.
insert into auditor (id, office_id, name, competences, created_at)
select ('00000000-0000-7000-c000-' || lpad(n::text, 12, '0'))::uuid, o.id, 'Auditor ' || n,
       jsonb_build_array(jsonb_build_object('scheme', 'quality_iso9001', 'role', case when n % 4 = 0 then 'lead' else 'auditor' end, 'codes', '[]'::jsonb, 'valid_from', '2020-01-01')),
       now() - interval '2 years'
from office o, generate_series(1, 200) n;

insert into auditor_booking (id, office_id, auditor_id, kind, application_id, role, days, created_at)
select gen_random_uuid(), p.office_id, p.id, 'firm', ('00000000-0000-7000-8000-' || lpad((p.n * 60 + week + 1)::text, 12, '0'))::uuid, 'auditor',
       daterange(date '2030-07-01' + 7 * (week - 52) + (p.n % 5)::int, date '2030-07-01' + 7 * (week - 52) + (p.n % 5)::int + 2), now()
from (select a.*, right(a.id::text, 6)::bigint as n from auditor a) p, generate_series(0, 59) week;
