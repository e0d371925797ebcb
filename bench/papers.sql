-- A paper for each of the first $count$ applications; its object is written by the trial with the same bytes.
insert into document_version (id, office_id, customer_id, case_id, requirement, version, file_name, kind, size, sha256, object_key, uploaded_by, uploaded_at)
select replace(a.id::text, '-8000-', '-b000-')::uuid, a.office_id, a.customer_id, a.id, 'nib', 1, 'nib.pdf', 'pdf', octet_length(p.bytes), sha256(p.bytes),
       'customers/' || (n % 200) || '/' || n || '.pdf', replace(a.customer_id::text, '-9000-', '-a000-')::uuid, a.created_at
from generate_series(1, $count$) n
join application a on a.id = ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid
cross join lateral (select convert_to(repeat('paper ' || n || E'\n', 200), 'UTF8') as bytes) p;
