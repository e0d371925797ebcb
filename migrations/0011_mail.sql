-- Mail, what is proved by it, keys for integrators, and the mirror of the customer's folder at Google Drive.

-- When somebody who reads mail at this address proved it. Null: not yet. Notifications go by mail only to proved addresses.
alter table app_user add column email_verified_at timestamptz;
-- In which language mails are written: what the browser asked for when the account was made.
alter table app_user add column language text not null default 'id' constraint app_user_language_is_known check (language in ('id', 'en'));

-- A password that was reset by mail ends every session, and the session says so.
alter table session drop constraint session_revocation_is_known;
alter table session add constraint session_revocation_is_known
    check (revoked_for in ('logout', 'password_change', 'password_reset', 'deactivation', 'refresh_token_reuse'));

-- Mails to accounts: queued in the transaction of what they tell of. The text is made when it is sent, from kind, language and data; the address is that of
-- the account at that moment, so no copy of it lies here. Nothing of a complaint ever stands in data, nor that there is one.
create table mail (
    -- Also the Message-ID, so that a mail sent twice is one mail to whoever receives it.
    id              uuid primary key,
    office_id       uuid not null references office,
    user_id         uuid not null references app_user,
    kind            text not null,
    language        text not null constraint mail_language_is_known check (language in ('id', 'en')),
    -- What the template needs beside the person: codes and days, no words of people.
    data            jsonb not null,
    created_at      timestamptz not null,
    -- After this it would help nobody (a reset that has expired); null: never too late.
    useless_from    timestamptz,
    attempts        integer not null default 0,
    last_attempt_at timestamptz,
    -- Code of the last failure ('smtp_451', 'unreachable', …); never what the server said, which may hold an address.
    failure         text,
    sent_at         timestamptz,
    -- Given up: it will not be tried again.
    given_up_at     timestamptz,
    constraint mail_is_sent_or_given_up check (sent_at is null or given_up_at is null)
);
-- The order of the list of mails.
create index mail_by_age on mail (office_id, created_at, id);
-- "How many of this kind did this person get lately?"
create index mail_of_user on mail (user_id, kind, created_at);
grant select, insert, update, delete on mail to desk_app;

-- One-use tokens that went out in a mail of the same id. The token is made from that id with a key outside the database; only its SHA-256 is kept.
create table mail_token (
    mail_id    uuid primary key references mail on delete cascade,
    user_id    uuid not null references app_user,
    purpose    text not null constraint mail_token_purpose_is_known check (purpose in ('password_reset', 'email_verification')),
    digest     bytea not null constraint mail_token_digest_is_sha256 check (octet_length(digest) = 32) constraint mail_token_digest_is_unique unique,
    expires_at timestamptz not null,
    used_at    timestamptz,
    -- A later one took its place.
    voided_at  timestamptz
);
create index mail_token_of_user on mail_token (user_id, purpose) where used_at is null and voided_at is null;
grant select, insert, update, delete on mail_token to desk_app;

-- Keys with which programs of others read what their owner may read. Only the SHA-256 of a key is kept: 256 random bits need no slow hash.
create table integration (
    id           uuid primary key,
    office_id    uuid not null references office,
    -- Whose rights it has, and never more.
    owner_id     uuid not null references app_user,
    name         text not null,
    -- Codes of identity/scope.rs.
    scopes       text[] not null constraint integration_has_a_scope check (cardinality(scopes) > 0),
    digest       bytea not null constraint integration_digest_is_sha256 check (octet_length(digest) = 32) constraint integration_digest_is_unique unique,
    created_at   timestamptz not null,
    -- The last day (WIB) on which it is good.
    last_day     date not null,
    -- A day and no moment: enough to see that it lies unused, too little to watch a person by.
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

-- The mirror of the customer's folder at Google Drive (SOP step 2): a copy that a job writes, never the record. One row for each application that is mirrored.
create table drive_folder (
    case_id    uuid primary key,
    office_id  uuid not null references office,
    queued_at  timestamptz not null,
    -- Drive's id of the application's folder and its link; null until it is there.
    folder_id  text,
    link       text,
    attempts   integer not null default 0,
    -- Code of the last failure; null when the last attempt went well.
    failure    text,
    constraint drive_folder_has_link check ((folder_id is null) = (link is null))
);
grant select, insert, update on drive_folder to desk_app;

-- One row for each version of a document that is mirrored.
create table drive_file (
    document_id uuid primary key references document_version,
    case_id     uuid not null references drive_folder,
    -- Drive's id of the file and its link; null until it is there.
    file_id     text,
    link        text,
    mirrored_at timestamptz,
    attempts    integer not null default 0,
    failure     text,
    -- Where an upload that broke off goes on: the URI of Drive's session, sealed, because whoever has it may write the file.
    session     bytea,
    constraint drive_file_is_whole check ((file_id is null) = (link is null) and (file_id is null) = (mirrored_at is null))
);
create index drive_file_of_case on drive_file (case_id);
grant select, insert, update on drive_file to desk_app;
