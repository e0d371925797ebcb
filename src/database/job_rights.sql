-- What the application may do in tables that no migration of ours makes. It reads which migrations were run, to refuse a database that is too old.
-- In the job engine's schema it may queue, run and finish jobs, and owns nothing. The engine switches row security on without a
-- policy, so each such table gets one. Run after every migration, because a new version of the engine may bring new tables.
do $$
declare
    secured record;
begin
    grant select on _sqlx_migrations to desk_app;
    grant usage on schema graphile_worker to desk_app;
    grant select, insert, update, delete on all tables in schema graphile_worker to desk_app;
    grant usage, select on all sequences in schema graphile_worker to desk_app;
    grant execute on all functions in schema graphile_worker to desk_app;
    for secured in
        select c.relname
        from pg_class c
        where c.relnamespace = 'graphile_worker'::regnamespace
          and c.relrowsecurity
          and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'desk_app_works')
    loop
        execute format('create policy desk_app_works on graphile_worker.%I to desk_app using (true) with check (true)', secured.relname);
    end loop;
end
$$
