-- Certification (SOP cert): applications, the checks, questions and answers of each round, audit
-- notices, auditors, e-billing, and the record of it all.

create table application (
    id               uuid primary key,
    office_id        uuid not null references office,
    customer_id      uuid not null references customer,
    -- Nomor permohonan: given at submission, from a register; a draft has none.
    number           text,
    scheme           text not null,
    kind             text not null,
    -- The checklist's version, frozen at submission: a later change of the scheme does not change
    -- the list of this customer.
    scheme_version   smallint,
    -- The customer's application form, as the API takes it.
    form             jsonb not null,
    -- The company as named in the form, beside it because lists show and search it.
    company          text not null,
    stage            text not null,
    -- Counts changes: the version of the ETag.
    version          bigint not null default 1,
    -- Counts the customer's submissions: 1 at submission, one more at each completion.
    round            smallint not null default 0,
    -- Counts drafts of the notice: the four-eyes rule is about one draft.
    draft            smallint not null default 0,
    -- The roles named on this file's way so far (derived from the SOP's rows at each hand-over):
    -- staff see a file from the stage at which a row first names their role, and from then on. The
    -- head and both leads answer for the office's work and see every submitted file: the hand-over
    -- of step 1 adds them. A draft that was withdrawn was never submitted and stays its customer's.
    visible_to       text[] not null,
    -- The roles whose numbered step, or part of one, the file waits for at this stage: the desk it
    -- lies on. Side exits do not count.
    waiting_for      text[] not null,
    -- Set when the file is closed, so that it keeps being measured by the calendar it ran under.
    calendar_version integer,
    created_at       timestamptz not null,
    submitted_at     timestamptz,
    -- When it came to this stage: the order of the work lists.
    stage_since      timestamptz not null,
    constraint application_number_is_unique unique (office_id, number),
    constraint application_stage_is_known check (stage in (
        'draft', 'submitted', 'filed', 'deficient', 'verified', 'awaiting_customer', 'completed', 'confirmed',
        'notice_drafted', 'notice_initialled', 'notice_signed', 'notice_sent', 'rejected', 'withdrawn', 'expired'
    )),
    constraint application_has_number_once_submitted check (number is not null or stage in ('draft', 'withdrawn'))
);
-- A customer's list, newest first.
create index application_of_customer on application (customer_id, created_at desc, id desc);
-- The office's list, newest first.
create index application_of_office on application (office_id, created_at desc, id desc);
-- The office's list by stage.
create index application_by_stage on application (office_id, stage, created_at desc, id desc);
-- The desk: files that wait for a role, longest waiting first. Finished files, soon the most, are
-- not in it.
create index application_waiting on application (office_id, stage_since, id)
    where waiting_for <> '{}';
-- The record is read in the order of receipt, page by page, for a period. Drafts are not in it: the
-- office has not received them.
create index application_received on application (office_id, submitted_at, id) where submitted_at is not null;
grant select, insert, update on application to desk_app;

-- Whether this caller may know of the file. The one visibility rule: every read, list, count and
-- export of files goes through it.
create function may_see(file application, viewer_office uuid, viewer_customer uuid, viewer_roles text[]) returns boolean
    language sql
    stable
    parallel safe
return file.office_id = viewer_office
   and case when viewer_customer is null then file.visible_to && viewer_roles else file.customer_id = viewer_customer end;
grant execute on function may_see to desk_app;

-- The staff that an application waits for: the holders of `of_roles` on the day `on_day`, except
-- those that did one of the tasks `barring` on its current draft (four eyes). A function in SQL, or a
-- plan for its values, would be planned anew at each step, which takes four times as long as running
-- it.
create function awaited_staff(
    of_office uuid, of_application uuid, of_draft smallint, of_roles text[], barring text[], on_day date
) returns uuid[]
    language plpgsql
    stable
    set plan_cache_mode = force_generic_plan
as $$
begin
    return array(
        select distinct h.user_id
        from holders_of(of_office, of_roles, on_day) h
        where not exists (
            select
            from journal j
            where of_draft > 0
              and j.subject_id = of_application
              and j.draft = of_draft
              and j.task = any (barring)
              and j.actor_id = h.user_id
        )
        order by h.user_id
    );
end
$$;
grant execute on function awaited_staff to desk_app;

-- One application under way for an organisation, scheme, kind, site and product or standard: the
-- functions below say which applications are for the same.

-- A name as it is compared: compatibility forms, capitals, dots, punctuation and spaces make no
-- difference, nor does it whether the legal form comes first ("PT. KARET OGAN", "PT Karet Ogan",
-- "P.T. Karet  Ogan" and "Karet Ogan, PT" are one). A name without a letter or digit, or with none
-- that the server's locale knows, is compared as it is.
create function folded_name(name text) returns text
    language sql
    immutable
    parallel safe
return coalesce(
    nullif(
        regexp_replace(
            regexp_replace(
                replace(lower(normalize(name, nfkc)), '.', ''),
                '^[[:space:]]*(.*[^[:space:],])[[:space:],]+(pt|cv|ud|pd|fa)[[:space:],]*$', '\2 \1'
            ),
            '[^[:alnum:]]+', '', 'g'
        ),
        ''
    ),
    lower(btrim(name))
);

-- An address as it is compared: a name in which the usual abbreviations count as the words.
create function folded_address(address text) returns text
    language sql
    immutable
    parallel safe
return folded_name(
    regexp_replace(
        regexp_replace(
            regexp_replace(lower(normalize(address, nfkc)), '\mjalan\M', 'jl', 'g'),
            '\m(nomor|nomer)\M', 'no', 'g'
        ),
        '\m(kota|kabupaten|kab|propinsi|provinsi|prov)\M', '', 'g'
    )
);

-- A standard as it is compared: its numbers and letters in order, with any separators between them,
-- without "SNI" and "No." before them ("SNI 06-1903:2017", "sni 06-1903-2017" and
-- "SNI No. 06-1903:2017" are one; the year is part of it, so another edition is another standard).
create function folded_standard(standard text) returns text
    language sql
    immutable
    parallel safe
return coalesce(
    nullif(
        regexp_replace(
            btrim(regexp_replace(lower(normalize(standard, nfkc)), '[^[:alnum:]]+', '-', 'g'), '-'),
            '^sni-?((nomor|nomer|no)-)?', ''
        ),
        ''
    ),
    lower(btrim(standard))
);

-- The subjects of an application: its products with their standards, or, where the scheme is itself
-- the standard, nothing beside the scheme.
create function application_subjects(file application) returns text[]
    language sql
    immutable
    parallel safe
return case
    when file.scheme = 'product_sni' then array(
        select folded_name(product ->> 'name') || ' ' || folded_standard(product ->> 'standard')
        from jsonb_array_elements(file.form -> 'products') as product
    )
    else array['']
end;

-- Whether an application is under way.
create function application_is_open(stage text) returns boolean
    language sql
    immutable
    parallel safe
return stage not in ('draft', 'notice_sent', 'rejected', 'withdrawn', 'expired');

-- Refuses a submission if the same organisation has the same under way. A trigger and not an index,
-- because only a new submission is compared with the open files: an older file may be reopened (a
-- wrong notice is withdrawn) while a newer one is open, and that is not the customer's mistake.
-- Submissions of one customer wait for each other, so that of two at once the second sees the
-- first.
create function application_open_once() returns trigger
    language plpgsql
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('application_open_once ' || new.customer_id, 0));
    if exists (
        select
        from application other
        where other.customer_id = new.customer_id
          and other.id <> new.id
          and application_is_open(other.stage)
          and other.scheme = new.scheme
          and other.kind = new.kind
          and folded_name(other.company) = folded_name(new.company)
          and folded_name(other.form #>> '{site,name}') is not distinct from folded_name(new.form #>> '{site,name}')
          and folded_address(other.form #>> '{site,address}') is not distinct from folded_address(new.form #>> '{site,address}')
          and folded_address(other.form #>> '{site,regency}') is not distinct from folded_address(new.form #>> '{site,regency}')
          and application_subjects(other) && application_subjects(new)
    ) then
        raise unique_violation using
            message = 'an application for the same is under way',
            table = 'application',
            constraint = 'application_open_once';
    end if;
    return new;
end
$$;
grant execute on function
    folded_name, folded_address, folded_standard, application_subjects, application_is_open, application_open_once
    to desk_app;
create trigger application_open_once
    before update of stage on application
    for each row
    when (old.stage = 'draft' and application_is_open(new.stage))
    execute function application_open_once();

-- The content of each submission, frozen: form, applicable checklist, document versions, answers.
create table submission_snapshot (
    office_id      uuid not null references office,
    application_id uuid not null references application,
    round          smallint not null,
    at             timestamptz not null,
    content        jsonb not null,
    primary key (application_id, round)
);
grant select, insert on submission_snapshot to desk_app;

-- The verifier's judgement of one item in one round. Only open items are judged again.
create table verification_item (
    office_id      uuid not null references office,
    application_id uuid not null references application,
    round          smallint not null,
    requirement    text not null,
    result         text not null
        constraint verification_item_result_is_known check (result in ('complete', 'missing', 'unfit', 'not_applicable')),
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

-- The price list: tariffs of non-tax revenue (PNBP), laboratory tests, travel by the standard input
-- costs (SBM), and the discount for small businesses, each with its legal basis. A price is never
-- changed: a later one begins where it ends, and two prices under one code never overlap.
create table tariff (
    id          uuid primary key,
    office_id   uuid not null references office,
    code        text not null,
    kind        text not null
        constraint tariff_kind_is_known check (kind in (
            'service', 'laboratory', 'travel_per_diem', 'travel_per_diem_in_town', 'travel_lodging', 'travel_transport', 'discount'
        )),
    label       text not null,
    unit        text not null,
    -- Rupiah for one unit. Of a discount: per cent.
    amount      bigint not null constraint tariff_amount_is_not_negative check (amount >= 0),
    -- The highest rupiah that the SBM allows for one unit; of travel only.
    ceiling     bigint,
    -- The province of the site; of travel only.
    province    text,
    legal_basis text not null,
    -- An invented or outdated price for trying the service out. Outside private mode no billing is
    -- issued while one is in force.
    is_example  boolean not null,
    valid       daterange not null
        constraint tariff_is_valid_from_a_day check (not isempty(valid) and not lower_inf(valid)),
    created_by  uuid,
    created_at  timestamptz not null,
    constraint tariff_of_travel_has_ceiling_and_province
        check ((kind like 'travel%') = (ceiling is not null) and (kind like 'travel%') = (province is not null)),
    constraint tariff_keeps_to_its_ceiling check (amount <= ceiling),
    constraint tariff_discount_is_per_cent check (kind <> 'discount' or amount <= 100),
    constraint tariff_one_at_a_time exclude using gist (office_id with =, code with =, valid with &&),
    -- Travel is looked up by kind and province. Rows without a province do not conflict.
    constraint tariff_one_for_a_province exclude using gist (office_id with =, kind with =, lower(province) with =, valid with &&)
);
grant select, insert on tariff to desk_app;
grant update (valid) on tariff to desk_app;

-- The composition of a cost estimate: the tariffs that an application of a scheme and kind pays, and
-- the quantity of each. Changed like the price list.
create table cost_component (
    id          uuid primary key,
    office_id   uuid not null references office,
    scheme      text not null,
    kind        text not null,
    component   text not null
        constraint cost_component_is_known check (component in (
            'application', 'stage_1', 'lead', 'auditor', 'sampling_officer', 'expert', 'technical_team', 'process', 'surveillance', 'discount'
        )),
    tariff_code text not null,
    per         text not null constraint cost_component_per_is_known check (per in ('file', 'product', 'man_day')),
    valid       daterange not null
        constraint cost_component_is_valid_from_a_day check (not isempty(valid) and not lower_inf(valid)),
    created_by  uuid,
    created_at  timestamptz not null,
    constraint cost_component_one_at_a_time
        exclude using gist (office_id with =, scheme with =, kind with =, component with =, valid with &&)
);
grant select, insert on cost_component to desk_app;
grant update (valid) on cost_component to desk_app;

-- Lembar konfirmasi audit: the proposal and the customer's answer. A new proposal is a new row.
create table audit_confirmation (
    office_id      uuid not null references office,
    application_id uuid not null references application,
    seq            smallint not null,
    round          smallint not null,
    proposal       jsonb not null,
    -- The last moment for an answer. Afterwards the file expires.
    answer_by      timestamptz not null,
    sent_by        uuid not null,
    sent_at        timestamptz not null,
    answer         jsonb,
    answered_at    timestamptz,
    -- The names of the proposed team, in the order of proposal->'proposed_team'. The sheet names
    -- them on paper and is printed again as it was sent: an auditor's name may be corrected later,
    -- and the sheet must go on showing the names that the customer was shown. Null prints no names.
    team_names     text[],
    primary key (application_id, seq),
    constraint audit_confirmation_answered_once check ((answer is null) = (answered_at is null))
);
grant select, insert on audit_confirmation to desk_app;
grant update (answer, answered_at) on audit_confirmation to desk_app;

-- The office's auditors: people that may be in an audit team, with or without an account.
create table auditor (
    id          uuid primary key,
    office_id   uuid not null references office,
    -- Null for a person from outside that has no account here.
    user_id     uuid references app_user,
    name        text not null,
    -- Nomor Induk Pegawai; null for people that are not civil servants.
    nip         text constraint auditor_nip_has_18_digits check (nip ~ '^[0-9]{18}$'),
    -- Scheme, role in a team, technical codes, first and last day of each competence. One value,
    -- because it is always read and replaced as a whole.
    competences jsonb not null,
    -- From this day on the person joins no team.
    retired_on  date,
    -- Compared by If-Match: counts changes of the record.
    version     bigint not null default 1,
    created_at  timestamptz not null,
    -- One person, one record: otherwise the same person could be in two audits on one day.
    constraint auditor_account_is_unique unique (user_id),
    constraint auditor_nip_is_unique unique (office_id, nip)
);
create index auditor_of_office on auditor (office_id, created_at desc, id desc);
grant select, insert on auditor to desk_app;
grant update (user_id, name, nip, competences, retired_on, version) on auditor to desk_app;

-- Relations of an auditor to a customer that endanger impartiality, as the keeper of the list
-- enters them.
create table auditor_relation (
    auditor_id  uuid not null references auditor,
    customer_id uuid not null references customer,
    kind        text not null constraint auditor_relation_kind_is_known
        check (kind in ('consulted_for', 'worked_for', 'family', 'financial')),
    -- The last day of the relation; null while it lasts.
    until       date,
    note        text,
    primary key (auditor_id, customer_id, kind)
);
grant select, insert, delete on auditor_relation to desk_app;

-- The person's own statements about one customer: a conflict, or none. The latest one about a
-- customer counts, and no other person can take it back.
create table auditor_declaration (
    -- The order of the statements.
    seq         bigint generated always as identity primary key,
    auditor_id  uuid not null references auditor,
    customer_id uuid not null references customer,
    -- Null: the person declares that there is no conflict.
    kind        text constraint auditor_declaration_kind_is_known
        check (kind in ('consulted_for', 'worked_for', 'family', 'financial')),
    until       date,
    statement   text not null,
    declared_by uuid not null references app_user,
    declared_at timestamptz not null,
    constraint auditor_declaration_without_conflict_has_no_end check (kind is not null or until is null)
);
create index auditor_declaration_latest on auditor_declaration (auditor_id, customer_id, seq desc);
grant select, insert on auditor_declaration to desk_app;

-- The last day of the relations between an auditor and a customer, `infinity` while one lasts, null
-- without any.
create function auditor_related_until(person uuid, client uuid) returns date
    language sql
    stable
    parallel safe
begin atomic
    select max(coalesce(known.until, 'infinity'))
    from (
        select r.until
        from auditor_relation r
        where r.auditor_id = person
          and r.customer_id = client
        union all
        select d.until
        from (
            select kind, until
            from auditor_declaration
            where auditor_id = person
              and customer_id = client
            order by seq desc
            limit 1
        ) d
        where d.kind is not null
    ) known;
end;

-- Whether a relation lasted into the two years before `first_day` (ISO/IEC 17021-1, 17065: a person
-- that consulted for or worked with a client in the last two years does not audit it).
create function auditor_is_related(person uuid, client uuid, first_day date) returns boolean
    language sql
    stable
    parallel safe
return coalesce(auditor_related_until(person, client) > first_day - interval '2 years', false);

-- The days on which an auditor is not free: leave, other work, and audits. One table, so that one
-- constraint keeps all of them apart. The days of a proposal are tentative until the customer has
-- agreed; days and people that the customer drops are deleted.
create table auditor_booking (
    id             uuid primary key,
    office_id      uuid not null references office,
    auditor_id     uuid not null references auditor,
    kind           text not null constraint auditor_booking_kind_is_known
        check (kind in ('leave', 'other_work', 'tentative', 'firm')),
    application_id uuid references application,
    -- The role in the audit team.
    role           text,
    days           daterange not null constraint auditor_booking_has_two_ends
        check (not isempty(days) and not lower_inf(days) and not upper_inf(days)),
    note           text,
    created_at     timestamptz not null,
    -- The dates proposed for one audit may overlap: only one of them will be used.
    booked_for     uuid not null generated always as (coalesce(application_id, id)) stored,
    constraint auditor_booking_audit_has_application check ((kind in ('tentative', 'firm')) = (application_id is not null)),
    constraint auditor_booking_audit_has_role check ((application_id is null) = (role is null)),
    -- No person is at two places on one day.
    constraint auditor_booking_once_a_day
        exclude using gist (auditor_id with =, days with &&, booked_for with <>)
);
create index auditor_booking_of_application on auditor_booking (application_id) where application_id is not null;
grant select, insert, delete on auditor_booking to desk_app;
grant update (kind) on auditor_booking to desk_app;

-- Refuses to book a person for a customer to which the person is or was related, and to make such a
-- booking firm. The lock on the person makes writers of the same days wait for each other instead
-- of for a deadlock.
create function auditor_booking_is_impartial() returns trigger
    language plpgsql
as $$
begin
    perform from auditor where id = new.auditor_id for no key update;
    if exists (
        select
        from application a
        where a.id = new.application_id
          and auditor_is_related(new.auditor_id, a.customer_id, lower(new.days))
    ) then
        raise check_violation using
            message = 'the person is related to the customer',
            table = 'auditor_booking',
            constraint = 'auditor_booking_is_impartial';
    end if;
    return new;
end
$$;
grant execute on function auditor_related_until, auditor_is_related, auditor_booking_is_impartial to desk_app;
create trigger auditor_booking_is_impartial
    before insert or update of kind on auditor_booking
    for each row
    execute function auditor_booking_is_impartial();

-- The calculated audit time of an application with its inputs. A correction is the next row.
create table audit_time (
    office_id      uuid not null references office,
    application_id uuid not null references application,
    seq            smallint not null,
    -- The inputs, and the result with the version of the table it was read from.
    content        jsonb not null,
    recorded_by    uuid not null references app_user,
    recorded_at    timestamptz not null,
    primary key (application_id, seq)
);
grant select, insert on audit_time to desk_app;

-- Surat pemberitahuan audit. One row for each draft; the content of a draft is never changed, a
-- correction is the next draft.
create table audit_notice (
    id              uuid primary key,
    office_id       uuid not null references office,
    application_id  uuid not null references application,
    draft           smallint not null,
    -- Canonical JSON (RFC 8785) and its SHA-256: the initialled bytes are the signed bytes.
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
grant update (letter_initial, cost_initial, returned, number, number_year, number_sequence, signature, signed_at, sent_at)
    on audit_notice to desk_app;

-- What decides beside the stage whether a next step may be done. While the customer is awaited: the
-- time to answer by, and whether the last deficiency sheet has items. While a notice awaits its
-- signature or its dispatch: the first day of the audit.
create function next_step_conditions(file uuid, at_stage text)
    returns table (answer_by timestamptz, has_open_items boolean, audit_begins date)
    language sql
    stable
begin atomic
    select case when at_stage = 'awaiting_customer' then (
               select c.answer_by from audit_confirmation c where c.application_id = file order by c.seq desc limit 1
           ) end,
           case when at_stage = 'awaiting_customer' then (
               select jsonb_array_length(s.items) > 0 from deficiency_sheet s where s.application_id = file order by s.round desc limit 1
           ) end,
           case when at_stage in ('notice_initialled', 'notice_signed') then (
               select (n.content::jsonb -> 'audit_dates' ->> 0)::date
               from audit_notice n
               where n.application_id = file
               order by n.draft desc
               limit 1
           ) end;
end;
grant execute on function next_step_conditions to desk_app;

-- E-billing. Its payment is a status of its own, never a stage of the case.
create table billing (
    id             uuid primary key,
    office_id      uuid not null references office,
    application_id uuid not null references application,
    notice_id      uuid not null references audit_notice,
    -- Kode billing: fifteen digits, made by SIMPONI; typed in by staff, or sent by the payment
    -- office.
    code           text not null constraint billing_code_is_fifteen_digits check (code ~ '^[0-9]{15}$'),
    -- Rupiah.
    amount         bigint not null constraint billing_amount_is_positive check (amount > 0),
    lines          jsonb not null,
    -- Kode akun PNBP. Null until the office names it: the accounts of the ministry are data.
    account        text constraint billing_account_is_six_digits check (account ~ '^[0-9]{6}$'),
    -- Payer and note, as the office writes them and as SIMPONI takes them.
    payer          text not null,
    payer_sent     text not null constraint billing_payer_fits_simponi check (payer_sent ~ '^[0-9A-Za-z .,&()]{1,50}$'),
    note           text not null,
    note_sent      text not null constraint billing_note_fits_simponi check (note_sent ~ '^[0-9A-Za-z .,&()]{1,200}$'),
    issued_at      timestamptz not null,
    expires_at     timestamptz not null,
    -- The request of this code at the payment office; null for a code that was typed in.
    request_id     uuid,
    -- The billing whose place this one takes.
    replaces       uuid references billing constraint billing_is_replaced_once unique,
    created_by     uuid not null,
    created_at     timestamptz not null,
    -- The end of a code that must not be paid any more: a newer code replaces it, or it is
    -- cancelled, because nothing is due or the code is wrong. SIMPONI may still take money for it
    -- until it expires, so a payment can come all the same; it is recorded and flagged. "Expired"
    -- and "paid" are derived (`billing_status`), never stored.
    ended_at       timestamptz,
    ended_as       text constraint billing_end_is_known check (ended_as in ('replaced', 'cancelled')),
    ended_because  text,
    constraint billing_code_is_unique unique (code),
    constraint billing_expires_after_it_is_issued check (expires_at > issued_at),
    constraint billing_end_has_a_kind check ((ended_at is null) = (ended_as is null))
);
create index billing_of_office on billing (office_id, created_at desc, id desc);
create index billing_of_application on billing (application_id);
-- The PNBP figures of a period.
create index billing_by_issue on billing (office_id, issued_at);
-- One payable code for each file. A code that has expired still stands in this index: it is
-- replaced, in the transaction that writes the next one.
create unique index billing_one_payable on billing (application_id) where ended_at is null;
grant select, insert on billing to desk_app;
grant update (ended_at, ended_as, ended_because) on billing to desk_app;

-- A request of a billing code at the payment office. Its id is the transaction number (TrxId): a
-- request that is repeated after a lost answer gets the same code.
create table billing_request (
    id             uuid primary key,
    office_id      uuid not null references office,
    application_id uuid not null references application,
    notice_id      uuid not null references audit_notice,
    amount         bigint not null constraint billing_request_amount_is_positive check (amount > 0),
    lines          jsonb not null,
    payer          text not null,
    note           text not null,
    -- Null for the request that the signature of a notice makes; step 8 uses its code. Otherwise
    -- the reason of a replacement, which takes place when the code comes.
    replace_reason text,
    requested_by   uuid not null,
    requested_at   timestamptz not null,
    status         text not null constraint billing_request_status_is_known check (status in ('waiting', 'issued', 'refused', 'used', 'dropped')),
    -- The number of the payment office for this request (SimponiTrxId).
    office_trx_id  text,
    code           text constraint billing_request_code_is_fifteen_digits check (code ~ '^[0-9]{15}$'),
    issued_at      timestamptz,
    expires_at     timestamptz,
    attempts       integer not null default 0,
    -- Code of the last failure.
    failure        text,
    constraint billing_request_is_answered_whole check ((code is null) = (issued_at is null) and (code is null) = (expires_at is null)),
    constraint billing_request_has_a_code check (status not in ('issued', 'used') or code is not null)
);
create index billing_request_of_application on billing_request (application_id, requested_at desc);
create unique index billing_request_one_open on billing_request (application_id) where status in ('waiting', 'issued');
alter table billing add constraint billing_request_exists foreign key (request_id) references billing_request;
grant select, insert on billing_request to desk_app;
grant update (status, office_trx_id, code, issued_at, expires_at, attempts, failure) on billing_request to desk_app;

-- Every payment that the treasury took, also one that is too much, too little, too late, under an
-- old code, or a second one: money that came is recorded.
create table payment (
    id          uuid primary key,
    office_id   uuid not null references office,
    billing_id  uuid not null references billing,
    ntpn        text not null constraint payment_ntpn_is_sixteen_characters check (ntpn ~ '^[0-9A-Z]{16}$'),
    ntb         text,
    amount      bigint not null constraint payment_amount_is_plausible check (amount between 1 and 1000000000000),
    bank        text,
    channel     text,
    -- Tanggal buku: the day on which the treasury books it.
    book_date   date,
    paid_at     timestamptz not null,
    source      text not null constraint payment_source_is_known check (source in ('hand', 'callback', 'status_call', 'statement')),
    -- Null if the payment office reported it.
    recorded_by uuid,
    recorded_at timestamptz not null,
    -- Two people found that this payment was recorded by mistake.
    annulled_at timestamptz,
    constraint payment_is_recorded_by_a_person check (recorded_by is not null or source in ('callback', 'status_call'))
);
-- One payment has one NTPN. An annulled record frees it for the right one.
create unique index payment_ntpn_is_unique on payment (ntpn) where annulled_at is null;
create index payment_of_billing on payment (billing_id);
-- The deposit sheet of a month.
create index payment_of_office on payment (office_id, paid_at, id);
grant select, insert on payment to desk_app;
grant update (annulled_at) on payment to desk_app;

-- Corrections of payments that deviate from their billing; one person proposes, another decides.
create table payment_correction (
    id          uuid primary key,
    office_id   uuid not null references office,
    payment_id  uuid not null references payment,
    kind        text not null constraint payment_correction_kind_is_known check (kind in ('transfer', 'refund', 'annulment', 'acceptance')),
    amount      bigint not null constraint payment_correction_amount_is_plausible check (amount between 1 and 1000000000000),
    -- The billing under which the money of a transfer or a refund was counted: that of the payment,
    -- or one that an earlier transfer moved it to.
    from_billing uuid references billing,
    -- The billing that a transfer is counted under.
    to_billing  uuid references billing,
    reason      text not null,
    -- The rule it is done by, such as PMK 96/PMK.05/2017 for a refund.
    legal_basis text,
    -- The number of the letter or the decision (SKPP, SP2D …).
    document    text,
    proposed_by uuid not null,
    proposed_at timestamptz not null,
    decided_by  uuid,
    decided_at  timestamptz,
    confirmed   boolean,
    constraint payment_correction_by_two check (not coalesce(confirmed, false) or decided_by <> proposed_by),
    constraint payment_correction_is_decided_whole
        check ((decided_at is null) = (decided_by is null) and (decided_at is null) = (confirmed is null)),
    constraint payment_transfer_has_a_target check ((kind = 'transfer') = (to_billing is not null)),
    constraint payment_transfer_moves_money check (from_billing <> to_billing),
    constraint payment_correction_of_money_has_a_source check ((kind in ('transfer', 'refund')) = (from_billing is not null)),
    constraint payment_refund_has_a_basis check (kind <> 'refund' or legal_basis is not null)
);
create index payment_correction_of_payment on payment_correction (payment_id);
-- The money that transfers moved to a billing.
create index payment_correction_to_billing on payment_correction (to_billing) where confirmed and kind = 'transfer';
create index payment_correction_from_billing on payment_correction (from_billing) where confirmed and from_billing is not null;
create unique index payment_correction_one_open on payment_correction (payment_id) where decided_at is null;
grant select, insert on payment_correction to desk_app;
grant update (decided_by, decided_at, confirmed) on payment_correction to desk_app;

-- The money under each billing: payments, transfers from and to it, refunds. Every sum of money
-- reads this view.
create view billing_money as
select p.billing_id, p.id as payment_id, p.amount as received, 0::bigint as refunded
from payment p
where p.annulled_at is null
union all
select c.from_billing, c.payment_id, -c.amount, 0
from payment_correction c
where c.confirmed
  and c.kind = 'transfer'
union all
select c.to_billing, c.payment_id, c.amount, 0
from payment_correction c
where c.confirmed
  and c.kind = 'transfer'
union all
select c.from_billing, c.payment_id, 0, c.amount
from payment_correction c
where c.confirmed
  and c.kind = 'refund';

-- What is due from each application, and what came in for it after refunds.
create view application_money as
select a.id as application_id,
       (select coalesce(sum(b.amount), 0)::bigint from billing b where b.application_id = a.id and b.ended_at is null) as due,
       (
           select coalesce(sum(m.received - m.refunded), 0)::bigint
           from billing b
           join billing_money m on m.billing_id = b.id
           where b.application_id = a.id
       ) as net
from application a;

-- A payment as its readers see it, with the flags that bring it to the treasurer's desk. It leaves
-- the desk when two people accept it, or when they move away or refund the money that deviates.
create view payment_record as
select p.id,
       p.office_id,
       p.billing_id,
       b.application_id,
       p.paid_at,
       k.kept > 0
           and cardinality(case when k.kept <= b.amount then array_remove(f.flags, 'too_much') else f.flags end) > 0
           and not exists (select from payment_correction c where c.payment_id = p.id and c.confirmed and c.kind = 'acceptance') as needs_decision,
       jsonb_build_object(
           'id', p.id, 'billing_id', p.billing_id, 'application_id', b.application_id, 'code', b.code, 'ntpn', p.ntpn, 'ntb', p.ntb,
           'amount', p.amount, 'bank', p.bank, 'channel', p.channel, 'book_date', p.book_date, 'paid_at', p.paid_at,
           'source', p.source, 'recorded_at', p.recorded_at, 'annulled_at', p.annulled_at, 'flags', to_jsonb(f.flags),
           'corrections', (
               select coalesce(
                   jsonb_agg(
                       jsonb_build_object(
                           'id', c.id, 'kind', c.kind, 'amount', c.amount, 'from_billing', c.from_billing, 'to_billing', c.to_billing, 'reason', c.reason,
                           'legal_basis', c.legal_basis, 'document', c.document, 'proposed_at', c.proposed_at, 'decided_at', c.decided_at,
                           'status', case when c.confirmed is null then 'proposed' when c.confirmed then 'confirmed' else 'rejected' end
                       )
                       order by c.proposed_at, c.id
                   ),
                   '[]'
               )
               from payment_correction c
               where c.payment_id = p.id
           )
       ) as content
from payment p
join billing b on b.id = p.billing_id
cross join lateral (
    -- The money of the payment that is still under its billing.
    select coalesce(sum(m.received - m.refunded), 0)::bigint as kept
    from billing_money m
    where m.payment_id = p.id
      and m.billing_id = p.billing_id
) k
cross join lateral (
    select array_remove(
        array[
            case when b.ended_as = 'replaced' then 'on_replaced_code' end,
            case when b.ended_as = 'cancelled' then 'on_cancelled_code' end,
            case when p.paid_at > b.expires_at then 'after_expiry' end,
            case when p.paid_at < b.issued_at then 'before_issue' end,
            case when p.amount < b.amount then 'too_little' end,
            case when p.amount > b.amount then 'too_much' end,
            case when exists (
                select
                from payment o
                where o.billing_id = p.billing_id
                  and (o.paid_at, o.id) < (p.paid_at, p.id)
                  and exists (
                      select
                      from billing_money m
                      where m.payment_id = o.id
                        and m.billing_id = o.billing_id
                      having sum(m.received - m.refunded) > 0
                  )
            ) then 'paid_twice' end
        ],
        null
    ) as flags
) f;

-- The status of a billing at a moment. `outstanding` is what its application still owes.
create function billing_status(ended_as text, expires_at timestamptz, outstanding bigint, at timestamptz) returns text
    language sql
    immutable
    parallel safe
return case
    when ended_as is not null then ended_as
    when outstanding <= 0 then 'paid'
    when at > expires_at then 'expired'
    else 'issued'
end;
grant select on billing_money, application_money, payment_record to desk_app;
grant execute on function billing_status to desk_app;

-- A statement of the treasury that was uploaded for reconciliation.
create table treasury_statement (
    id          uuid primary key,
    office_id   uuid not null references office,
    sha256      bytea not null,
    -- Rows read, and of them those whose payment was recorded before.
    row_count   integer not null,
    known_count integer not null,
    uploaded_by uuid not null,
    uploaded_at timestamptz not null,
    constraint treasury_statement_once unique (office_id, sha256)
);
grant select, insert on treasury_statement to desk_app;

-- A payment that the treasury reports and that waits for a person: a row of a statement, or an item
-- of the payment office whose code is unknown here or that contradicts what is recorded. Nothing is
-- booked from a report until the treasurer confirms it.
create table payment_report (
    id           uuid primary key,
    office_id    uuid not null references office,
    source       text not null constraint payment_report_source_is_known check (source in ('callback', 'status_call', 'statement')),
    statement_id uuid references treasury_statement,
    -- The line of the statement.
    line         integer,
    -- As reported; it need not be a code of this office.
    code         text not null,
    ntpn         text not null constraint payment_report_ntpn_is_sixteen_characters check (ntpn ~ '^[0-9A-Z]{16}$'),
    ntb          text,
    -- Null in a report of the payment office, which names none.
    amount       bigint constraint payment_report_amount_is_plausible check (amount between 1 and 1000000000000),
    bank         text,
    channel      text,
    book_date    date,
    paid_at      timestamptz not null,
    received_at  timestamptz not null,
    status       text not null default 'open' constraint payment_report_status_is_known check (status in ('open', 'booked', 'dismissed')),
    payment_id   uuid references payment,
    decided_by   uuid,
    decided_at   timestamptz,
    reason       text,
    constraint payment_report_is_decided_whole check ((status = 'open') = (decided_at is null) and (status = 'open') = (decided_by is null)),
    constraint payment_report_is_booked_as_a_payment check ((status = 'booked') = (payment_id is not null))
);
-- The same report again makes no second entry, decided or not. A report of the same NTPN with another
-- amount or time contradicts it, and stands beside it.
create unique index payment_report_once on payment_report (office_id, ntpn, code, paid_at, amount) nulls not distinct;
create index payment_report_of_office on payment_report (office_id, received_at desc, id desc);
grant select, insert on payment_report to desk_app;
grant update (status, payment_id, decided_by, decided_at, reason) on payment_report to desk_app;
