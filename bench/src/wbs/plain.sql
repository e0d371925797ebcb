-- The same complaints in clear text and without row-level security, for the bare server.
create schema plain;
grant usage on schema plain to desk_app;
create table plain.complaint (like wbs.complaint including all);
-- The bare list has all complaints, so its index covers all rows; the service's index omits complaints that have not surfaced.
create index on plain.complaint (office_id, surfaces_at desc, id desc);
create table plain.content (case_id uuid primary key references plain.complaint, said text not null);
create table plain.identity (case_id uuid primary key references plain.complaint, said text not null);
create table plain.paper (id uuid primary key, case_id uuid not null references plain.complaint, kind text not null, at timestamptz not null, said text not null);
create index on plain.paper (case_id, kind, at);
create table plain.message (id uuid primary key, case_id uuid not null references plain.complaint, seq integer not null, author text not null,
    on_date date not null, surfaces_at timestamptz not null, asks boolean not null, said text not null, unique (case_id, seq));
create table plain.opening (like wbs.opening including all);
create table plain.outbox (like wbs.outbox including all);
create table plain.session (like wbs.session including all);
create table plain.event (seq bigint generated always as identity primary key, case_id uuid not null, at timestamptz not null, action text not null);
create index on plain.event (case_id);
grant select, insert on all tables in schema plain to desk_app;
