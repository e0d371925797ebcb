-- Teams (tim kerja): a complaint is forwarded to one, and only its members see it from then on.

-- It was meant to name the team of a team_lead or team_staff; nothing ever wrote or read it. A person can be in several teams, so a column of the
-- role could not say it.
alter table user_role drop column team;

create table team (
    id         uuid primary key,
    office_id  uuid not null references office,
    -- As the office writes it; compared in lower case.
    name       text not null,
    -- A team is never deleted, only dissolved: files name it.
    active     boolean not null default true,
    -- What If-Match is about: counts changes of the team and of its members.
    version    bigint not null default 1,
    created_at timestamptz not null
);
-- A dissolved team keeps its name: another of that name would be taken for it in old files.
create unique index team_name_is_unique on team (office_id, lower(name));
-- The order of the list of teams.
create index team_by_age on team (office_id, created_at, id);
grant select, insert, update on team to desk_app;

-- Who is in a team. What they do there, leading or working, is said by their roles.
create table team_member (
    team_id uuid not null references team,
    user_id uuid not null references app_user,
    primary key (team_id, user_id)
);
-- "Which teams is this person in?" is asked whenever they look for their files.
create index team_member_of_user on team_member (user_id);
-- Without update: a member is added or removed.
grant select, insert, delete on team_member to desk_app;
