-- When a filing has been mirrored, and what may have become late.

-- When the folder at Drive first held every document of its application: the journal says so then, once for each filing. Null until then; what was mirrored
-- before this column is told when its next document is.
alter table drive_folder add column mirrored_at timestamptz;

-- Files that wait for somebody, of both workflows in one form, for the job that looks for what has become late: one question instead of one for each. It looks
-- with the eyes of whoever asks (security_invoker): as its owner it would show complaints to everybody, for the owner stands above row-level security.
create view waiting_file with (security_invoker = true) as
    select 'application' as subject, id, office_id, waiting_for
    from application
    where waiting_for <> '{}'
    union all
    select 'complaint', id, office_id, waiting_for
    from wbs.complaint
    where waiting_for <> '{}';
grant select on waiting_file to desk_app;
