-- Identity: organisations, accounts, roles, teams, sessions, second factors, acting appointments,
-- the keys that sign tokens, the counters of login throttling, the log of sign-ins, and API keys for
-- integrators.
--
-- Only its owner knows the password of an account. The roles that need two administrators to be
-- given also need two to be taken away, and an account with such a role needs two to be deactivated
-- or activated.

-- Ranges of days of one role of one office must not overlap: that needs equality and ranges in one
-- index.
create extension if not exists btree_gist;

-- A customer organisation (Pelanggan). Applications belong to the organisation, not to the person
-- that typed them.
create table customer (
    id          uuid primary key,
    office_id   uuid not null references office,
    name        text not null,
    street      text not null,
    city        text not null,
    province    text not null,
    postal_code text not null,
    -- Nomor Induk Berusaha; null because a firm may apply before it has one. Not unique: typing a
    -- number does not prove that it belongs to the firm.
    nib         text constraint customer_nib_has_13_digits check (nib ~ '^[0-9]{13}$'),
    created_at  timestamptz not null
);
grant select, insert, update on customer to desk_app;

-- A person's account. Never deleted, only deactivated: the journal names it.
create table app_user (
    id                   uuid primary key,
    office_id            uuid not null references office,
    -- Null for the office's own staff.
    customer_id          uuid references customer,
    -- Kept as typed; compared in lower case. ASCII only, so that every lower() agrees.
    email                text not null,
    display_name         text not null,
    -- PHC string of argon2id; names its own parameters, so that they can be raised. Null until the
    -- owner takes up the invitation. Until then the account cannot sign in and its roles sleep: it
    -- counts as the holder of none.
    password_hash        text,
    password_changed_at  timestamptz not null,
    active               boolean not null default true,
    -- Compared by If-Match: counts changes of the account and of its roles.
    version              bigint not null default 1,
    created_at           timestamptz not null,
    -- Whether notifications also go by mail: null means the default, which is yes for customers and
    -- no for staff.
    mails_notifications  boolean,
    -- The time at which a reader of mail at this address proved it. Null: not yet. Notifications go
    -- by mail only to proved addresses.
    email_verified_at    timestamptz,
    -- The language of mails: the browser's preference when the account was made.
    language             text not null default 'id' constraint app_user_language_is_known check (language in ('id', 'en'))
);
-- One account for an address in the whole installation: sign-in does not ask for the office.
create unique index app_user_email_is_unique on app_user (lower(email));
-- The order of the list of users.
create index app_user_by_age on app_user (office_id, created_at, id);
create index app_user_of_customer on app_user (customer_id) where customer_id is not null;
grant select, insert, update on app_user to desk_app;

-- The roles of each account. The codes are those of the SOP kernel's `Role`.
create table user_role (
    user_id     uuid not null references app_user,
    role        text not null,
    granted_at  timestamptz not null,
    -- Null if the service itself gave the role: at a registration, or at the first start.
    granted_by  uuid references app_user,
    -- The first of the two administrators, where two are needed.
    proposed_by uuid references app_user,
    primary key (user_id, role),
    constraint user_role_needs_two_people check (proposed_by is distinct from granted_by or proposed_by is null)
);
-- "Which accounts are administrators?" is asked before one is removed; lists filter by role.
create index user_role_by_role on user_role (role, user_id);
grant select, insert, delete on user_role to desk_app;

-- A change of a role that needs two administrators, proposed by the first of them.
create table role_proposal (
    user_id     uuid not null references app_user,
    role        text not null,
    proposed_by uuid not null references app_user,
    proposed_at timestamptz not null,
    -- True: to take the role away. False: to give it.
    takes       boolean not null default false,
    primary key (user_id, role)
);
grant select, insert, delete on role_proposal to desk_app;

-- A deactivation or activation of an account with roles that need two administrators, proposed by
-- the first of them.
create table activity_proposal (
    user_id     uuid primary key references app_user,
    active      boolean not null,
    proposed_by uuid not null references app_user,
    proposed_at timestamptz not null
);
grant select, insert, delete on activity_proposal to desk_app;

-- A name that one administrator proposed for a member of staff and another must confirm.
create table name_proposal (
    user_id      uuid primary key references app_user,
    display_name text not null,
    proposed_by  uuid not null references app_user,
    proposed_at  timestamptz not null
);
grant select, insert, delete on name_proposal to desk_app;

-- A printed invitation, for an owner who reads no mail: two codes, each shown once to another
-- administrator, so that neither can take the account up alone.
create table invitation_slip (
    user_id       uuid primary key references app_user,
    -- SHA-256 of the first code, and the administrator that it was shown to.
    first_digest  bytea not null constraint invitation_slip_first_is_sha256 check (octet_length(first_digest) = 32),
    first_by      uuid not null references app_user,
    -- The same of the second code; null until another administrator asks for it.
    second_digest bytea constraint invitation_slip_second_is_sha256 check (octet_length(second_digest) = 32),
    second_by     uuid references app_user,
    expires_at    timestamptz not null,
    constraint invitation_slip_second_has_author check ((second_digest is null) = (second_by is null)),
    constraint invitation_slip_needs_two_people check (second_by is distinct from first_by)
);
-- An invitation is found by the codes alone.
create unique index invitation_slip_by_codes on invitation_slip (first_digest, second_digest);
grant select, insert, update, delete on invitation_slip to desk_app;

-- Former names, addresses and posts of staff: a complaint may name a person by a former name, and
-- its screening must find them.

-- Each change of a name or an address of a member of staff, and each proposal of a name, in order.
-- Written by triggers, so that no statement that changes one can leave it out; never deleted, and
-- never changed but for `in_trail`.
create table account_history (
    seq       bigint generated always as identity primary key,
    user_id   uuid not null references app_user,
    what      text not null constraint account_history_kind_is_known check (what in ('name', 'address', 'name_proposed')),
    -- Null for a proposal: the name is still in use.
    was       text constraint account_history_says_what_was check ((was is null) = (what = 'name_proposed')),
    became    text not null,
    -- Whether the audit trail holds the change: a job carries it over, because the service writes
    -- the chain and the database does not.
    in_trail  boolean not null default false
);
-- Each screening reads the former names of all staff.
create index account_history_of_user on account_history (user_id, what);
-- A job asks every minute for the changes that the trail lacks.
create index account_history_to_note on account_history (seq) where not in_trail;
grant select on account_history to desk_app;
grant update (in_trail) on account_history to desk_app;

-- A post that an account held, from the first to the last day, both included, in WIB.
create table former_post (
    user_id   uuid not null references app_user,
    role      text not null,
    first_day date not null,
    last_day  date not null,
    constraint former_post_days_are_in_order check (first_day <= last_day)
);
create index former_post_of_user on former_post (user_id);
grant select on former_post to desk_app;

-- The three functions below have owner's rights: the application adds to the history by its changes
-- and in no other way.
create function note_account_change() returns trigger
    language plpgsql
    security definer
    set search_path = public, pg_temp
as $$
begin
    if old.display_name is distinct from new.display_name then
        insert into account_history (user_id, what, was, became) values (new.id, 'name', old.display_name, new.display_name);
    end if;
    if old.email is distinct from new.email then
        insert into account_history (user_id, what, was, became) values (new.id, 'address', old.email, new.email);
    end if;
    return null;
end
$$;
create trigger app_user_history
    after update of display_name, email on app_user
    for each row
    when (old.customer_id is null
        and (old.display_name is distinct from new.display_name or old.email is distinct from new.email))
    execute function note_account_change();

create function note_name_proposal() returns trigger
    language plpgsql
    security definer
    set search_path = public, pg_temp
as $$
begin
    insert into account_history (user_id, what, became) values (new.user_id, 'name_proposed', new.display_name);
    return null;
end
$$;
create trigger name_proposal_history
    after insert on name_proposal
    for each row
    execute function note_name_proposal();

-- The last day comes from the database's clock: it bounds for how many years a post is remembered,
-- and decides nothing by the hour.
create function note_former_post() returns trigger
    language plpgsql
    security definer
    set search_path = public, pg_temp
as $$
declare
    began date := (old.granted_at at time zone 'Asia/Jakarta')::date;
begin
    insert into former_post (user_id, role, first_day, last_day)
    values (old.user_id, old.role, began, greatest(began, (now() at time zone 'Asia/Jakarta')::date));
    return null;
end
$$;
create trigger user_role_history
    after delete on user_role
    for each row
    when (old.role <> 'customer')
    execute function note_former_post();

-- Teams (tim kerja): a complaint is forwarded to one, and only its members see it from then on.
create table team (
    id         uuid primary key,
    office_id  uuid not null references office,
    -- As the office writes it; compared in lower case.
    name       text not null,
    -- A team is never deleted, only dissolved: files name it.
    active     boolean not null default true,
    -- Compared by If-Match: counts changes of the team and of its members.
    version    bigint not null default 1,
    created_at timestamptz not null
);
-- A dissolved team keeps its name: another of that name would be taken for it in old files.
create unique index team_name_is_unique on team (office_id, lower(name));
-- The order of the list of teams.
create index team_by_age on team (office_id, created_at, id);
grant select, insert, update on team to desk_app;

-- The members of teams. A person can be in several; their roles say whether they lead or work
-- there.
create table team_member (
    team_id uuid not null references team,
    user_id uuid not null references app_user,
    primary key (team_id, user_id)
);
-- "Which teams is this person in?" is asked whenever they look for their files.
create index team_member_of_user on team_member (user_id);
-- Without update: a member is added or removed.
grant select, insert, delete on team_member to desk_app;

-- A signed-in session: the family of its refresh tokens. Every request looks it up, so a revocation
-- takes effect at once.
create table session (
    id          uuid primary key,
    user_id     uuid not null references app_user,
    started_at  timestamptz not null,
    -- No refresh extends it: after this time the password is asked for again. Roles that read
    -- complaints or give roles have shorter limits, which the program applies by today's roles.
    expires_at  timestamptz not null,
    -- The last request, to the minute: an idle session ends.
    seen_at     timestamptz not null,
    -- The last proof of the second factor in this session; null while the account has none.
    proved_at   timestamptz,
    -- The network of the sign-in (/24 or /48), for the owner's list of sessions.
    place       text not null,
    revoked_at  timestamptz,
    revoked_for text constraint session_revocation_is_known
        check (revoked_for in (
            'logout', 'password_change', 'password_reset', 'deactivation', 'refresh_token_reuse',
            'second_factor_change', 'ended_by_owner'
        )),
    constraint session_revocation_has_reason check ((revoked_at is null) = (revoked_for is null))
);
-- The order of the owner's list.
create index session_of_user on session (user_id, started_at, id) where revoked_at is null;
-- The sweep finds old sessions by this.
create index session_by_end on session (expires_at);
grant select, insert, update, delete on session to desk_app;

-- A stream of events ends with its session, at once.
create function tell_of_session_end() returns trigger
    language plpgsql
    set search_path = pg_catalog
as $$
begin
    perform pg_notify('desk_session', new.id::text);
    return null;
end
$$;
create trigger session_end_is_told
    after update of revoked_at on session
    for each row
    when (new.revoked_at is not null)
    execute function tell_of_session_end();

-- One-use refresh tokens. Only their SHA-256 is kept: 256 random bits need no slow hash. Used ones
-- stay until the session ends, because a second use is the sign of a theft.
create table refresh_token (
    digest     bytea primary key constraint refresh_token_digest_is_sha256 check (octet_length(digest) = 32),
    session_id uuid not null references session on delete cascade,
    issued_at  timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz,
    -- Keyed tag of the client (network and program) that used it: the same client may repeat the
    -- request for some seconds, because its reply may have been lost.
    used_by    bytea,
    constraint refresh_token_use_has_client check ((used_at is null) = (used_by is null))
);
create index refresh_token_of_session on refresh_token (session_id);
grant select, insert, update, delete on refresh_token to desk_app;

-- Second factors: an authenticator app (TOTP, RFC 6238) or a passkey (WebAuthn).
create table second_factor (
    id            uuid primary key,
    user_id       uuid not null references app_user,
    kind          text not null constraint second_factor_kind_is_known check (kind in ('totp', 'passkey')),
    -- The owner's name for it.
    label         text not null,
    -- TOTP: the secret under a key derived from the root key, bound to the id. It cannot be a hash,
    -- because each code is computed from it.
    secret        bytea,
    -- TOTP: the time step of the last accepted code. No code of this step or an earlier one is
    -- accepted again.
    last_step     bigint,
    -- Passkey: the credential's id and its public key (SEC 1, P-256).
    credential_id bytea constraint second_factor_credential_is_unique unique,
    public_key    bytea,
    -- Passkey: the authenticator's counter of signatures; a lower value suggests a cloned
    -- authenticator.
    sign_count    bigint,
    created_at    timestamptz not null,
    -- Null until its owner has proved to hold it. Until then it opens nothing.
    confirmed_at  timestamptz,
    last_used_on  date,
    constraint second_factor_has_its_key check (
        case kind
            when 'totp' then secret is not null and credential_id is null and public_key is null
            else secret is null and credential_id is not null and public_key is not null and sign_count is not null
        end
    )
);
-- Every authenticated request looks up whether the account has a factor.
create index second_factor_of_user on second_factor (user_id, created_at, id);
-- One app for an account, and one that waits to be confirmed and then replaces it.
create unique index second_factor_one_totp on second_factor (user_id, (confirmed_at is null)) where kind = 'totp';
grant select, insert, update, delete on second_factor to desk_app;

-- Codes for an owner without the second factor, each valid once. Only their SHA-256 is kept: 120
-- random bits need no slow hash.
create table recovery_code (
    user_id    uuid not null references app_user,
    digest     bytea not null constraint recovery_code_digest_is_sha256 check (octet_length(digest) = 32),
    created_at timestamptz not null,
    used_at    timestamptz,
    primary key (user_id, digest)
);
grant select, insert, update, delete on recovery_code to desk_app;

-- Challenges of passkeys that wait for their answer, each valid for one successful answer, of one
-- account in one ceremony. Only the SHA-256 is kept.
create table passkey_challenge (
    digest     bytea primary key constraint passkey_challenge_digest_is_sha256 check (octet_length(digest) = 32),
    user_id    uuid not null references app_user,
    purpose    text not null constraint passkey_challenge_purpose_is_known check (purpose in ('registration', 'proof')),
    expires_at timestamptz not null
);
create index passkey_challenge_by_end on passkey_challenge (expires_at);
grant select, insert, delete on passkey_challenge to desk_app;

-- The root key of the installation, from which all other keys are derived, sealed under MASTER_KEY.
-- While MASTER_KEY is exchanged there are two copies, each beside the id of its key.
create table root_key (
    -- A tag of the MASTER_KEY that opens the copy.
    key_id     text primary key,
    sealed     bytea not null,
    created_at timestamptz not null
);
grant select, insert, delete on root_key to desk_app;

-- An appointment to act for an office holder (Plh. while the holder is away, Plt. while the post is
-- vacant), from the first to the last day, both included, in WIB. The acting head reads complaints,
-- so an appointment needs two administrators like every role that does: one enters it, another
-- confirms it. Its end takes the head's rights away, and needs two as well.
create table acting_appointment (
    id                     uuid primary key,
    office_id              uuid not null references office,
    user_id                uuid not null references app_user,
    role                   text not null constraint acting_appointment_is_for_the_head check (role = 'head'),
    kind                   text not null constraint acting_appointment_kind_is_known check (kind in ('plh', 'plt')),
    first_day              date not null,
    last_day               date not null,
    -- Number of the letter of appointment (surat perintah).
    decree_number          text not null,
    created_at             timestamptz not null,
    created_by             uuid not null references app_user,
    revoked_at             timestamptz,
    revoked_by             uuid references app_user,
    version                bigint not null default 1,
    -- Null until another administrator confirms it; until then it gives no rights.
    confirmed_at           timestamptz,
    confirmed_by           uuid references app_user,
    -- The first of the two administrators who end a confirmed appointment; null unless one did.
    revocation_proposed_at timestamptz,
    revocation_proposed_by uuid references app_user,
    constraint acting_appointment_days_are_in_order check (first_day <= last_day),
    constraint acting_appointment_revocation_has_author check ((revoked_at is null) = (revoked_by is null)),
    constraint acting_appointment_confirmation_is_dated check (confirmed_by is null or confirmed_at is not null),
    constraint acting_appointment_needs_two_people check (confirmed_by is distinct from created_by or confirmed_by is null),
    constraint acting_appointment_revocation_proposal_has_author
        check ((revocation_proposed_at is null) = (revocation_proposed_by is null)),
    -- Two people must not sign for the same chair on the same day.
    constraint acting_appointment_does_not_overlap
        exclude using gist (office_id with =, role with =, daterange(first_day, last_day, '[]') with &&)
        where (revoked_at is null)
);
create index acting_appointment_of_user on acting_appointment (user_id) where revoked_at is null;
create index acting_appointment_by_age on acting_appointment (office_id, created_at, id);
grant select, insert, update on acting_appointment to desk_app;

-- The active accounts of the office that hold one of `of_roles` on the day `on_day` (WIB), each with
-- the role held, including acting holders.
create function holders_of(of_office uuid, of_roles text[], on_day date) returns table (user_id uuid, role text)
    language sql
    stable
begin atomic
    select u.id, held.role
    from app_user u
    join (
        select r.user_id, r.role
        from user_role r
        where r.role = any (of_roles)
        union
        select a.user_id, a.role
        from acting_appointment a
        where a.office_id = of_office
          and a.role = any (of_roles)
          and a.revoked_at is null
          and a.confirmed_at is not null
          and on_day between a.first_day and a.last_day
    ) held on held.user_id = u.id
    where u.office_id = of_office
      and u.active
      and u.password_hash is not null;
end;
grant execute on function holders_of to desk_app;

-- Processes keep sign-ins in memory for reads (src/identity/sign_in_cache.rs). Each change of what
-- they keep tells them: of a session, its account, the account's roles, appointments and second
-- factors. The last use of a session is not among it.
create function tell_of_sign_in_change() returns trigger
    language plpgsql
    set search_path = pg_catalog
as $$
begin
    perform pg_notify('desk_sign_in', '');
    return null;
end
$$;
create trigger session_change_is_told
    after update of id, user_id, started_at, expires_at, proved_at, revoked_at or delete or truncate on session
    for each statement
    execute function tell_of_sign_in_change();
create trigger account_change_is_told
    after update of id, office_id, customer_id, display_name, active or delete or truncate on app_user
    for each statement
    execute function tell_of_sign_in_change();
create trigger role_change_is_told
    after insert or update or delete or truncate on user_role
    for each statement
    execute function tell_of_sign_in_change();
create trigger acting_change_is_told
    after insert or update or delete or truncate on acting_appointment
    for each statement
    execute function tell_of_sign_in_change();
create trigger second_factor_change_is_told
    after insert or update of user_id, confirmed_at or delete or truncate on second_factor
    for each statement
    execute function tell_of_sign_in_change();

-- Ed25519 keys that sign access tokens: next (published, not used yet), active (signs), retired
-- (still published for an hour, then dropped from the key set). They belong to the installation,
-- not to an office.
create table signing_key (
    id           uuid primary key,
    -- RFC 7638 thumbprint of the public key.
    kid          text not null constraint signing_key_kid_is_unique unique,
    state        text not null constraint signing_key_state_is_known check (state in ('next', 'active', 'retired')),
    -- The private key under the master key, bound to the kid. Null for a retired key, which signs
    -- nothing.
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

-- Attempts to sign in that did not succeed (yet: an attempt is written before the password is
-- checked, so that many at once are all counted). Account and address only as HMAC tags: the table
-- does not tell which address tried which account. Unknown accounts count like known ones.
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

-- Addresses from which an account signed in lately. They are counted apart, so that strangers who
-- hammer an account cannot lock its owner out.
create table known_address (
    account_tag   bytea not null,
    address_tag   bytea not null,
    last_login_at timestamptz not null,
    primary key (account_tag, address_tag)
);
create index known_address_by_age on known_address (last_login_at);
grant select, insert, update, delete on known_address to desk_app;

-- Each attempt to sign in to an account, for its owner and for the internal auditor. Reporters have
-- no account and do not appear. The row is written with the attempt, before the password is checked,
-- and its outcome is corrected afterwards, so that a reply takes the same time for every address.
create table sign_in (
    id        uuid primary key,
    office_id uuid not null references office,
    user_id   uuid not null references app_user,
    at        timestamptz not null,
    outcome   text not null constraint sign_in_outcome_is_known
        check (outcome in ('wrong_password', 'password_accepted', 'wrong_second_factor', 'signed_in')),
    -- The network (/24 or /48): enough to notice a stranger, too little to follow a person.
    place     text not null
);
create index sign_in_by_age on sign_in (office_id, at, id);
create index sign_in_of_user on sign_in (user_id, at, id);
grant select, insert, delete on sign_in to desk_app;
grant update (outcome) on sign_in to desk_app;

-- Keys with which programs of others read the data that the key's owner may read. Only the SHA-256
-- of a key is kept: 256 random bits need no slow hash.
create table integration (
    id           uuid primary key,
    office_id    uuid not null references office,
    -- The key has the owner's rights, and never more.
    owner_id     uuid not null references app_user,
    name         text not null,
    -- Codes of the program's `Scope`.
    scopes       text[] not null constraint integration_has_a_scope check (cardinality(scopes) > 0),
    digest       bytea not null
        constraint integration_digest_is_sha256 check (octet_length(digest) = 32)
        constraint integration_digest_is_unique unique,
    created_at   timestamptz not null,
    -- The last day (WIB) on which it is good.
    last_day     date not null,
    -- A day and no moment: enough to see that the key lies unused, too little to watch a person by.
    last_used_on date,
    revoked_at   timestamptz,
    revoked_by   uuid references app_user,
    version      bigint not null default 1,
    constraint integration_revocation_has_author check ((revoked_at is null) = (revoked_by is null))
);
-- The order of the list, for administrators and for owners.
create index integration_by_age on integration (office_id, created_at, id);
create index integration_of_owner on integration (owner_id, created_at, id);
grant select, insert, update on integration to desk_app;
