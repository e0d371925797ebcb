-- The office's staff and its customers. $staff_hash$ is one argon2 hash for every account. Ids contain the number of
-- the row.
insert into customer (id, office_id, name, street, city, province, postal_code, nib, created_at)
select ('00000000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid, o.id, 'PT Tirta Musi ' || n, 'Jl. Perindustrian II No. ' || n, 'Palembang',
       'Sumatera Selatan', '30151', lpad(n::text, 13, '1'), now() - interval '2 years'
from office o, generate_series(1, 200) n;

insert into app_user (id, office_id, customer_id, email, display_name, password_hash, password_changed_at, created_at)
select replace(c.id::text, '-9000-', '-a000-')::uuid, c.office_id, c.id, 'customer' || right(c.id::text, 3) || '@bench.example', c.name, '$staff_hash$',
       c.created_at, c.created_at
from customer c;

insert into app_user (id, office_id, email, display_name, password_hash, password_changed_at, created_at)
select ('00000000-0000-7000-b000-' || lpad(n::text, 12, '0'))::uuid, o.id, 'staff' || lpad(n::text, 3, '0') || '@bench.example', 'Petugas ' || n,
       '$staff_hash$', now() - interval '2 years', now() - interval '2 years'
from office o, generate_series(1, 16) n;

insert into user_role (user_id, role, granted_at)
select id, case when customer_id is null then 'pji_staff' else 'customer' end, created_at
from app_user;

