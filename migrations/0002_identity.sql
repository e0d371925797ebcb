-- Identity: organisations, people, their roles, their sessions, who acts for the head, the keys that sign tokens, and what login throttling counts.

-- Ranges of days of one role of one office must not overlap: that needs equality and ranges in one index.
create extension if not exists btree_gist;

-- A customer organisation (Pelanggan). Applications belong to it, not to the person who typed them.
create table customer (
    id          uuid primary key,
    office_id   uuid not null references office,
    name        text not null,
    street      text not null,
    city        text not null,
    province    text not null,
    postal_code text not null,
    -- Nomor Induk Berusaha; null because a firm may apply before it has one. Not unique: whoever types a number has not proved that it is theirs.
    nib         text constraint customer_nib_has_13_digits check (nib ~ '^[0-9]{13}$'),
    created_at  timestamptz not null
);
grant select, insert, update on customer to desk_app;

-- A person with an account. Never deleted, only deactivated: the journal names them.
create table app_user (
    id                  uuid primary key,
    office_id           uuid not null references office,
    -- Null for the office's own staff.
    customer_id         uuid references customer,
    -- Kept as typed; compared in lower case. ASCII only, so that every lower() agrees.
    email               text not null,
    display_name        text not null,
    -- PHC string of argon2id; names its own parameters, so that they can be raised.
    password_hash       text not null,
    password_changed_at timestamptz not null,
    active              boolean not null default true,
    -- What If-Match is about: counts changes of the account and of its roles.
    version             bigint not null default 1,
    created_at          timestamptz not null
);
-- One account for an address in the whole installation: sign-in does not ask for the office.
create unique index app_user_email_is_unique on app_user (lower(email));
-- The order of the list of users.
create index app_user_by_age on app_user (office_id, created_at, id);
create index app_user_of_customer on app_user (customer_id) where customer_id is not null;
grant select, insert, update on app_user to desk_app;

-- Which roles a person holds. The codes are those of sop/role.rs.
create table user_role (
    user_id     uuid not null references app_user,
    role        text not null,
    -- team_lead and team_staff belong to a team.
    team        text,
    granted_at  timestamptz not null,
    -- Null when the service itself gave it: by registering, or at the first start.
    granted_by  uuid references app_user,
    -- The first of the two administrators, where two are needed.
    proposed_by uuid references app_user,
    primary key (user_id, role),
    constraint user_role_needs_two_people check (proposed_by is distinct from granted_by or proposed_by is null)
);
-- "Who is an administrator?" is asked before one is removed; lists filter by role.
create index user_role_by_role on user_role (role, user_id);
grant select, insert, delete on user_role to desk_app;

-- A role of those that two administrators give, after the first of them said so.
create table role_proposal (
    user_id     uuid not null references app_user,
    role        text not null,
    proposed_by uuid not null references app_user,
    proposed_at timestamptz not null,
    primary key (user_id, role)
);
grant select, insert, delete on role_proposal to desk_app;

-- A signed-in session: the family of its refresh tokens. Asked for on every request, so revoking it takes effect at once.
create table session (
    id          uuid primary key,
    user_id     uuid not null references app_user,
    started_at  timestamptz not null,
    -- Whatever is refreshed: after this the password is asked for again.
    expires_at  timestamptz not null,
    revoked_at  timestamptz,
    revoked_for text constraint session_revocation_is_known
        check (revoked_for in ('logout', 'password_change', 'deactivation', 'refresh_token_reuse')),
    constraint session_revocation_has_reason check ((revoked_at is null) = (revoked_for is null))
);
create index session_of_user on session (user_id) where revoked_at is null;
-- Old sessions are swept by this.
create index session_by_end on session (expires_at);
grant select, insert, update, delete on session to desk_app;

-- One-use refresh tokens. Only their SHA-256 is kept: 256 random bits need no slow hash. Used ones stay until the session ends, because a second
-- use is what betrays a theft.
create table refresh_token (
    digest     bytea primary key constraint refresh_token_digest_is_sha256 check (octet_length(digest) = 32),
    session_id uuid not null references session on delete cascade,
    issued_at  timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz
);
create index refresh_token_of_session on refresh_token (session_id);
grant select, insert, update, delete on refresh_token to desk_app;

-- Who acts for an office holder (Plh. while the holder is away, Plt. while the post is vacant), from the first to the last day, both included, in WIB.
create table acting_appointment (
    id            uuid primary key,
    office_id     uuid not null references office,
    user_id       uuid not null references app_user,
    role          text not null constraint acting_appointment_is_for_the_head check (role = 'head'),
    kind          text not null constraint acting_appointment_kind_is_known check (kind in ('plh', 'plt')),
    first_day     date not null,
    last_day      date not null,
    -- Number of the letter of appointment (surat perintah).
    decree_number text not null,
    created_at    timestamptz not null,
    created_by    uuid not null references app_user,
    revoked_at    timestamptz,
    revoked_by    uuid references app_user,
    version       bigint not null default 1,
    constraint acting_appointment_days_are_in_order check (first_day <= last_day),
    constraint acting_appointment_revocation_has_author check ((revoked_at is null) = (revoked_by is null)),
    -- Two people must not sign for the same chair on the same day.
    constraint acting_appointment_does_not_overlap
        exclude using gist (office_id with =, role with =, daterange(first_day, last_day, '[]') with &&)
        where (revoked_at is null)
);
create index acting_appointment_of_user on acting_appointment (user_id) where revoked_at is null;
create index acting_appointment_by_age on acting_appointment (office_id, created_at, id);
grant select, insert, update on acting_appointment to desk_app;

-- Ed25519 keys that sign access tokens: next (published, not used yet), active (signs), retired (still published for an hour, then forgotten by
-- everybody). They belong to the installation, not to an office.
create table signing_key (
    id           uuid primary key,
    -- RFC 7638 thumbprint of the public key.
    kid          text not null constraint signing_key_kid_is_unique unique,
    state        text not null constraint signing_key_state_is_known check (state in ('next', 'active', 'retired')),
    -- The private key under the master key, bound to the kid. A retired key has none any more: nobody needs it.
    sealed       bytea,
    public_jwk   jsonb not null,
    created_at   timestamptz not null,
    activated_at timestamptz,
    retired_at   timestamptz,
    constraint signing_key_private_part_goes_with_retirement check ((state = 'retired') = (sealed is null)),
    constraint signing_key_retirement_has_time check ((state = 'retired') = (retired_at is not null))
);
-- At most one of each: two processes that start at once cannot both make a key.
create unique index signing_key_one_active on signing_key (state) where state in ('next', 'active');
grant select, insert, update on signing_key to desk_app;

-- Attempts to sign in that did not succeed (yet: an attempt is written before the password is checked, so that many at once are all counted).
-- Account and address only as HMAC tags: the table tells nobody who tried from where. Unknown accounts count like known ones.
create table login_failure (
    id          bigint generated always as identity primary key,
    account_tag bytea not null,
    address_tag bytea not null,
    at          timestamptz not null
);
create index login_failure_of_account on login_failure (account_tag, at);
create index login_failure_by_age on login_failure (at);
-- Update only because locking a row (skip locked) asks for it.
grant select, insert, update, delete on login_failure to desk_app;

-- Addresses from which an account was signed in to lately. They are counted apart, so that strangers who hammer an account cannot lock its owner out.
create table known_address (
    account_tag   bytea not null,
    address_tag   bytea not null,
    last_login_at timestamptz not null,
    primary key (account_tag, address_tag)
);
create index known_address_by_age on known_address (last_login_at);
grant select, insert, update, delete on known_address to desk_app;
