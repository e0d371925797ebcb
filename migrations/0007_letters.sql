-- Letters: their numbers, their signed bytes, and the attempts to sign. A letter is written once;
-- only its standing can change.

-- The office's test certification authority (SIGNING=local), made at the first start. It belongs to
-- the installation, not to an office.
create table letter_authority (
    -- There is one: two processes that start at once cannot both make one.
    one         boolean primary key default true constraint letter_authority_is_one check (one),
    -- The private key under the master key, bound to the certificate beside it.
    sealed      bytea not null,
    -- DER; published, so that any reader of a letter can check its signature.
    certificate bytea not null,
    created_at  timestamptz not null
);
grant select, insert on letter_authority to desk_app;

create table letter (
    id              uuid primary key,
    office_id       uuid not null references office,
    kind            text not null constraint letter_kind_is_known check (kind in ('audit_notice', 'complaint_answer')),
    -- The file it belongs to. A letter of whistle-blowing names none: only the sealed papers of a
    -- case lead to it.
    application_id  uuid references application,
    -- The draft of that file that was signed.
    draft           smallint,
    number          text not null,
    -- The place in the register without gaps; letters of whistle-blowing have random numbers and no
    -- place.
    number_year     integer,
    number_sequence integer,
    -- Perihal, for the public page. Null for whistle-blowing: its page says only what the holder of
    -- the paper reads there anyway.
    subject         text,
    signer_title    text not null,
    on_date         date not null,
    -- The moment, for the order of the register; whistle-blowing keeps days.
    signed_at       timestamptz,
    -- SHA-256 of the token in the QR code: a reader of this table cannot open the letter's page.
    token_digest    bytea not null constraint letter_token_is_unique unique,
    -- SHA-256 of the signed PDF.
    sha256          bytea not null constraint letter_sha256_is_unique unique,
    size            integer not null,
    -- The signing provider: 'local' or 'bsre'.
    provider        text not null,
    -- A withdrawn letter keeps its number, void with a reason; the number is never given again.
    voided_at       timestamptz,
    voided_by       uuid,
    void_reason     text,
    -- The day from which a later letter holds in its stead.
    superseded_on   date,
    constraint letter_register_has_no_twins unique (office_id, kind, number_year, number_sequence),
    constraint letter_is_void_with_a_reason
        check ((voided_at is null) = (void_reason is null) and (voided_at is null) = (voided_by is null)),
    constraint letter_of_a_complaint_tells_nothing check (kind <> 'complaint_answer' or (
        application_id is null and draft is null and number_year is null and number_sequence is null
        and subject is null and signed_at is null and voided_at is null
    )),
    constraint letter_of_an_application_is_whole check (kind <> 'audit_notice' or (
        application_id is not null and draft is not null and number_year is not null and number_sequence is not null
        and subject is not null and signed_at is not null
    ))
);
create unique index letter_number_is_unique on letter (office_id, number) where application_id is not null;
-- One letter for each draft that was signed.
create unique index letter_one_a_draft on letter (application_id, draft) where application_id is not null;
-- The register, newest first.
create index letter_of_office on letter (office_id, signed_at desc, id desc) where application_id is not null;
grant select, insert on letter to desk_app;
-- Not the number, not the digest, not the file: those are for ever.
grant update (voided_at, voided_by, void_reason, superseded_on) on letter to desk_app;

-- The signed bytes, in the transaction of the signature. No update and no delete: they never
-- change.
create table letter_file (
    letter_id uuid primary key references letter,
    bytes     bytea not null
);
grant select, insert on letter_file to desk_app;

-- The same for an answer to a complaint: under the key of its case, and deleted with the case. The
-- row names its letter only inside the sealed bytes.
create table wbs.letter_file (
    id      uuid primary key,
    case_id uuid not null references wbs.complaint on delete cascade,
    draft   smallint not null,
    sealed  bytea not null,
    constraint letter_file_one_a_draft unique (case_id, draft)
);
grant select, insert on wbs.letter_file to desk_app;
alter table wbs.letter_file enable row level security;
create policy part_of_a_complaint_one_sees on wbs.letter_file
    using (exists (select from wbs.complaint c where c.id = case_id))
    with check (true);

-- Attempts to have a letter signed, and their outcome; also when nothing was signed. Neither NIK
-- nor passphrase nor a word of the provider.
create table signature_attempt (
    id             uuid primary key,
    office_id      uuid not null references office,
    kind           text not null,
    -- Null for whistle-blowing: only the person who tried sees the attempt.
    application_id uuid references application,
    attempted_by   uuid not null,
    provider       text not null,
    outcome        text not null
        constraint signature_attempt_outcome_is_known check (outcome in ('signed', 'refused', 'unavailable', 'broken', 'not_kept')),
    -- The provider's own number for a refusal, or the HTTP status.
    number         integer,
    at             timestamptz not null
);
create index signature_attempt_of_office on signature_attempt (office_id, at desc, id desc);
grant select, insert on signature_attempt to desk_app;
