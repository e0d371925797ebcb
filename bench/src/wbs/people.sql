-- Sixteen accounts with the role head (the benchmark measures reads, so the number of heads does not matter), the lead of a team, and two custodians.
insert into app_user (id, office_id, email, display_name, password_hash, password_changed_at, created_at)
select ('00000000-0000-7000-c000-' || lpad(n::text, 12, '0'))::uuid, s.office_id, case when n = 17 then 'lead001' when n > 17 then 'custodian00' || n - 17 else 'head' || lpad(n::text, 3, '0') end || '@bench.example',
       'Penangan ' || n, s.password_hash, s.created_at, s.created_at
from app_user s, generate_series(1, 19) n
where s.email = 'staff001@bench.example';

insert into user_role (user_id, role, granted_at)
select id, case when email like 'lead%' then 'team_lead' when email like 'custodian%' then 'identity_custodian' else 'head' end, created_at
from app_user
where id::text like '00000000-0000-7000-c000-%';

insert into team (id, office_id, name, created_at)
select '00000000-0000-7000-d000-000000000001', id, 'Tim Pengujian', now()
from office;
insert into team_member (team_id, user_id) values ('00000000-0000-7000-d000-000000000001', '00000000-0000-7000-c000-000000000017');
