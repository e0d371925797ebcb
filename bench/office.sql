-- An office with $count$ applications, one every ten minutes, of which the last twentieth is open, with the ledger and journal rows of their stages.
-- Ids contain the number of the row.
-- The usual stages: for each, the stage itself, the party of its step, and the journal's task code.
create temporary table road (place int, stage text, step smallint, party text, task text, named text[], waits text[]);
insert into road values
    (0, 'draft', 1, 'customer', 'start_application', '{customer}', '{customer}'),
    (1, 'submitted', 2, 'office', 'submit_application', '{customer,pji_staff}', '{pji_staff}'),
    (2, 'filed', 3, 'office', 'file_application', '{customer,operations_staff,ss_lead}', '{operations_staff}'),
    (3, 'verified', 4, 'office', 'verify_documents', '{customer,pji_staff,ss_lead}', '{pji_staff}'),
    (4, 'awaiting_customer', 5, 'customer', 'propose_audit', '{customer}', '{customer}'),
    (5, 'completed', 3, 'office', 'complete_application', '{customer,operations_staff,ss_lead}', '{operations_staff}'),
    (6, 'confirmed', 6, 'office', 'verify_documents', '{customer,operations_staff,ss_lead}', '{operations_staff}'),
    (7, 'notice_drafted', 6, 'office', 'draft_audit_notice', '{customer,head,pji_lead,ss_lead}', '{head,pji_lead,ss_lead}'),
    (8, 'notice_initialled', 7, 'office', 'initial_notice_cost', '{customer,head,pji_lead,ss_lead}', '{head,pji_lead,ss_lead}'),
    (9, 'notice_signed', 8, 'office', 'sign_audit_notice', '{customer,pji_staff}', '{pji_staff}'),
    (10, 'notice_sent', null, null, 'dispatch_audit_notice', '{treasurer}', '{}');

-- The first 95 of 100 are sent; up to 99 are at one of the other stages; the last are drafts.
create temporary table made as
select n,
       ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid as id,
       ('00000000-0000-7000-9000-' || lpad((1 + n % 200)::text, 12, '0'))::uuid as customer_id,
       now() - ($count$ + 1 - n) * interval '10 minutes' as created_at,
       case when n <= $count$ / 100 * 95 then 10 when n <= $count$ / 100 * 99 then 1 + n % 9 else 0 end as place
from generate_series(1, $count$) n;

insert into application (id, office_id, customer_id, number, scheme, kind, scheme_version, form, company, stage, version, round, draft, visible_to,
                         waiting_for, calendar_version, created_at, submitted_at, stage_since)
select m.id, o.id, m.customer_id, case when m.place > 0 then 'P-2026-' || lpad(m.n::text, 8, '0') end, 'quality_iso9001', 'initial', 1,
       jsonb_build_object(
           'scheme', 'quality_iso9001', 'kind', 'initial', 'facts', '{}'::jsonb,
           'company', jsonb_build_object('name', 'PT Tirta Musi ' || m.n, 'nib', '1234567890123', 'address', 'Jl. Perindustrian II No. 12, Palembang'),
           'site', '{"name": "Pabrik Kertapati", "address": "Jl. Ki Marogan No. 8", "regency": "Kota Palembang", "province": "Sumatera Selatan"}'::jsonb,
           'products', '[]'::jsonb, 'scope', 'Produksi air minum dalam kemasan', 'personnel', '{"total": 48, "shifts": 2}'::jsonb,
           'contact', '{"name": "Rahmat Hidayat", "email": "mutu@tirtamusi.example", "phone": "+62 711 555 0101"}'::jsonb
       ),
       'PT Tirta Musi ' || m.n, r.stage, 1 + m.place, least(m.place, 1), (m.place >= 7)::int,
       (select array_agg(distinct role order by role) from road p, unnest(p.named) role where p.place <= m.place), r.waits,
       case when m.place = 10 then 1 end, m.created_at, case when m.place > 0 then m.created_at + interval '30 minutes' end,
       m.created_at + m.place * interval '30 minutes'
from made m
join road r on r.place = m.place, office o;

insert into clock_entry (office_id, case_id, at, step, round, party)
select o.id, m.id, m.created_at + r.place * interval '30 minutes', r.step, least(r.place, 1), r.party
from made m
join road r on r.place <= m.place, office o
order by m.n, r.place;

insert into journal (office_id, subject, subject_id, at, actor_id, actor_roles, task, step, from_stage, to_stage, round, draft)
select o.id, 'application', m.id, m.created_at + r.place * interval '30 minutes', replace(m.customer_id::text, '-9000-', '-a000-')::uuid,
       r.named[1:1], r.task, nullif(r.place, 0), b.stage, case when r.place > 0 then r.stage end, least(r.place, 1), (r.place >= 7)::int
from made m
join road r on r.place <= m.place
left join road b on b.place = r.place - 1, office o
order by m.n, r.place;
