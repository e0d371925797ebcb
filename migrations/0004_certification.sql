-- Certification (SOP cert): applications, what was checked, asked and answered in each round, audit notices, auditors, e-billing.

create table application (
    id               uuid primary key,
    office_id        uuid not null references office,
    customer_id      uuid not null references customer,
    -- Nomor permohonan: given at submission, from a register; a draft has none.
    number           text,
    scheme           text not null,
    kind             text not null,
    -- The checklist's version, frozen at submission: a later change of the scheme does not change what this customer was asked for.
    scheme_version   smallint,
    -- What the customer says, as the API takes it (certification/form.rs).
    form             jsonb not null,
    -- The company as named in the form, beside it because lists show and search it.
    company          text not null,
    stage            text not null,
    -- Counts changes: the version of the ETag.
    version          bigint not null default 1,
    -- Counts the customer's submissions: 1 at submission, one more at each completion.
    round            smallint not null default 0,
    -- Counts drafts of the notice: four eyes look at one draft.
    draft            smallint not null default 0,
    -- The roles that have been named on this file's road so far (derived from the SOP's rows at each hand-over): staff see a file from the stage at
    -- which a row first names their role, and from then on.
    visible_to       text[] not null,
    -- The roles whose numbered step, or part of one, the file waits for at this stage: whose desk it lies on. Side exits do not count.
    waiting_for      text[] not null,
    -- Set when the road ends, so that a closed file keeps being measured by the calendar it ran under.
    calendar_version integer,
    created_at       timestamptz not null,
    submitted_at     timestamptz,
    -- When it came to this stage: the order of the work lists.
    stage_since      timestamptz not null,
    constraint application_number_is_unique unique (office_id, number),
    constraint application_stage_is_known check (stage in ('draft', 'submitted', 'filed', 'deficient', 'verified', 'awaiting_customer', 'completed', 'confirmed',
        'notice_drafted', 'notice_initialled', 'notice_signed', 'notice_sent', 'rejected', 'withdrawn', 'expired')),
    constraint application_has_number_once_submitted check (number is not null or stage in ('draft', 'withdrawn'))
);
-- A customer's list, newest first.
create index application_of_customer on application (customer_id, created_at desc, id desc);
-- The office's list, newest first.
create index application_of_office on application (office_id, created_at desc, id desc);
-- The office's list by stage.
create index application_by_stage on application (office_id, stage, created_at desc, id desc);
-- The desk: what still waits for somebody, longest waiting first. Finished files, soon the most, are not in it.
create index application_waiting on application (office_id, stage_since, id)
    where waiting_for <> '{}';
-- Two cases at once for the same company, scheme and kind are a mistake (certification 3.2, guard of step 1).
create unique index application_open_once on application (customer_id, scheme, kind, lower(company))
    where stage not in ('draft', 'notice_sent', 'rejected', 'withdrawn', 'expired');
grant select, insert, update on application to desk_app;

-- May this caller know of the file? The one visibility rule: every read, list, count and export of files goes through it.
create function may_see(file application, viewer_office uuid, viewer_customer uuid, viewer_roles text[]) returns boolean
    language sql
    stable
    parallel safe
return file.office_id = viewer_office
   and case when viewer_customer is null then file.visible_to && viewer_roles else file.customer_id = viewer_customer end;
grant execute on function may_see to desk_app;

-- What was handed in, frozen at each submission: form, applicable checklist, document versions, answers.
create table submission_snapshot (
    office_id      uuid not null references office,
    application_id uuid not null references application,
    round          smallint not null,
    at             timestamptz not null,
    content        jsonb not null,
    primary key (application_id, round)
);
grant select, insert on submission_snapshot to desk_app;

-- The verifier's judgement of one item in one round. Only what was open is judged again.
create table verification_item (
    office_id      uuid not null references office,
    application_id uuid not null references application,
    round          smallint not null,
    requirement    text not null,
    result         text not null constraint verification_item_result_is_known check (result in ('complete', 'missing', 'unfit', 'not_applicable')),
    note           text,
    verified_by    uuid not null,
    at             timestamptz not null,
    primary key (application_id, round, requirement),
    constraint verification_item_says_what_is_wrong check (result not in ('missing', 'unfit') or note is not null)
);
grant select, insert on verification_item to desk_app;

-- Lembar kekurangan dokumen, one for each round; without items it says "nihil".
create table deficiency_sheet (
    id             uuid primary key,
    office_id      uuid not null references office,
    application_id uuid not null references application,
    round          smallint not null,
    number         text not null,
    items          jsonb not null,
    issued_by      uuid not null,
    issued_at      timestamptz not null,
    constraint deficiency_sheet_number_is_unique unique (office_id, number),
    constraint deficiency_sheet_one_a_round unique (application_id, round)
);
grant select, insert on deficiency_sheet to desk_app;

-- Lembar konfirmasi audit: what was proposed, and what the customer answered. A new proposal is a new row.
create table audit_confirmation (
    office_id      uuid not null references office,
    application_id uuid not null references application,
    seq            smallint not null,
    round          smallint not null,
    proposal       jsonb not null,
    -- Until when it may be answered: the last usable moment. Afterwards the file expires.
    answer_by      timestamptz not null,
    sent_by        uuid not null,
    sent_at        timestamptz not null,
    answer         jsonb,
    answered_at    timestamptz,
    primary key (application_id, seq),
    constraint audit_confirmation_answered_once check ((answer is null) = (answered_at is null))
);
grant select, insert on audit_confirmation to desk_app;
grant update (answer, answered_at) on audit_confirmation to desk_app;

-- People who audit for the office.
create table auditor (
    id          uuid primary key,
    office_id   uuid not null references office,
    name        text not null,
    -- Codes of the schemes they may audit.
    schemes     text[] not null,
    -- Whether they may lead a team.
    may_lead    boolean not null,
    active      boolean not null default true,
    created_at  timestamptz not null
);
create index auditor_of_office on auditor (office_id, created_at desc, id desc);
grant select, insert on auditor to desk_app;

-- Surat pemberitahuan audit. One row for each draft; the content of a draft is never changed, a correction is the next draft.
create table audit_notice (
    id              uuid primary key,
    office_id       uuid not null references office,
    application_id  uuid not null references application,
    draft           smallint not null,
    -- Canonical JSON (RFC 8785) and its SHA-256: what is initialled is what is signed.
    content         text not null,
    content_sha256  bytea not null,
    drafted_by      uuid not null,
    drafted_at      timestamptz not null,
    letter_initial  jsonb,
    cost_initial    jsonb,
    returned        jsonb,
    number          text,
    number_year     integer,
    number_sequence integer,
    signature       jsonb,
    signed_at       timestamptz,
    sent_at         timestamptz,
    constraint audit_notice_one_a_draft unique (application_id, draft),
    constraint audit_notice_number_is_unique unique (office_id, number),
    constraint audit_notice_register_has_no_twins unique (office_id, number_year, number_sequence),
    constraint audit_notice_is_numbered_when_signed check ((signature is null) = (number is null)),
    constraint audit_notice_is_signed_before_it_is_sent check (sent_at is null or signature is not null)
);
create index audit_notice_signed on audit_notice (office_id, signed_at desc, id desc) where signed_at is not null;
grant select, insert on audit_notice to desk_app;
-- Not the content, not its hash, not the application: those are for ever.
grant update (letter_initial, cost_initial, returned, number, number_year, number_sequence, signature, signed_at, sent_at) on audit_notice to desk_app;

-- E-billing. Its payment is a status of its own, never a stage of the case.
create table billing (
    id             uuid primary key,
    office_id      uuid not null references office,
    application_id uuid not null references application,
    notice_id      uuid not null references audit_notice,
    -- Kode billing: fifteen digits, made by SIMPONI, typed in by staff.
    code           text not null constraint billing_code_is_fifteen_digits check (code ~ '^[0-9]{15}$'),
    -- Rupiah.
    amount         bigint not null constraint billing_amount_is_positive check (amount > 0),
    lines          jsonb not null,
    issued_at      timestamptz not null,
    expires_at     timestamptz not null,
    created_by     uuid not null,
    created_at     timestamptz not null,
    constraint billing_code_is_unique unique (code),
    constraint billing_expires_after_it_is_issued check (expires_at > issued_at)
);
create index billing_of_office on billing (office_id, created_at desc, id desc);
create index billing_of_application on billing (application_id);
grant select, insert on billing to desk_app;

create table payment (
    id          uuid primary key,
    office_id   uuid not null references office,
    billing_id  uuid not null references billing,
    ntpn        text not null constraint payment_ntpn_is_sixteen_characters check (ntpn ~ '^[0-9A-Z]{16}$'),
    ntb         text,
    amount      bigint not null,
    bank        text,
    paid_at     timestamptz not null,
    recorded_by uuid not null,
    recorded_at timestamptz not null,
    constraint payment_ntpn_is_unique unique (ntpn),
    constraint payment_one_for_a_billing unique (billing_id)
);
grant select, insert on payment to desk_app;
