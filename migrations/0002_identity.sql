create table customer (id uuid primary key, office_id uuid not null references office, name text not null);
create table app_user (id uuid primary key, display_name text not null);
