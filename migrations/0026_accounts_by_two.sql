-- Only its owner knows the password of an account, and what two administrators give, two take away.

-- Null until the owner has taken up the invitation. Until then the account cannot sign in, and its roles sleep: it counts as the holder of none.
alter table app_user alter column password_hash drop not null;

alter table mail_token drop constraint mail_token_purpose_is_known;
alter table mail_token add constraint mail_token_purpose_is_known check (purpose in ('password_reset', 'email_verification', 'invitation'));

-- A printed invitation, for an owner who reads no mail: two codes, each shown once to another administrator, so that neither can take the account up alone.
create table invitation_slip (
    user_id       uuid primary key references app_user,
    -- SHA-256 of the first code, and the administrator who was shown it.
    first_digest  bytea not null constraint invitation_slip_first_is_sha256 check (octet_length(first_digest) = 32),
    first_by      uuid not null references app_user,
    -- The same of the second code; null until another administrator has asked for it.
    second_digest bytea constraint invitation_slip_second_is_sha256 check (octet_length(second_digest) = 32),
    second_by     uuid references app_user,
    expires_at    timestamptz not null,
    constraint invitation_slip_second_has_author check ((second_digest is null) = (second_by is null)),
    constraint invitation_slip_needs_two_people check (second_by is distinct from first_by)
);
-- An invitation is found by the codes alone.
create unique index invitation_slip_by_codes on invitation_slip (first_digest, second_digest);
grant select, insert, update, delete on invitation_slip to desk_app;

-- A proposal to take a role away, where `takes` holds; before, a proposal was always to give one.
alter table role_proposal add column takes boolean not null default false;

-- That an account with roles of two is to be deactivated, or activated again: by the first of two administrators.
create table activity_proposal (
    user_id     uuid primary key references app_user,
    active      boolean not null,
    proposed_by uuid not null references app_user,
    proposed_at timestamptz not null
);
grant select, insert, delete on activity_proposal to desk_app;

-- The end of a confirmed appointment to act for the head: by two as well, because it takes the head's rights away.
alter table acting_appointment
    add column revocation_proposed_at timestamptz,
    add column revocation_proposed_by uuid references app_user,
    add constraint acting_appointment_revocation_proposal_has_author check ((revocation_proposed_at is null) = (revocation_proposed_by is null));

-- Those who watch accounts are told of such changes: which account, and (in `task`) what was done.
alter table notification add column account_id uuid references app_user;
do $$
declare
    known text;
begin
    -- The kinds known by now and one more.
    select pg_get_constraintdef(oid)
    into strict known
    from pg_constraint
    where conname = 'notification_kind_is_known' and conrelid = 'notification'::regclass;
    alter table notification drop constraint notification_kind_is_known;
    execute format('alter table notification add constraint notification_kind_is_known check ((%s) or kind = ''account_changed'')',
        regexp_replace(known, '^CHECK ', ''));
end
$$;
alter table notification add constraint notification_of_an_account_names_it check ((kind = 'account_changed') = (account_id is not null));
alter table notification drop constraint notification_is_about_one_thing;
alter table notification add constraint notification_is_about_one_thing
    check (num_nonnulls(application_id, complaint_id, webhook_id, account_id) = case when kind = 'trail_alarm' then 0 else 1 end);
