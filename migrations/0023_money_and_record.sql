-- The office's record, one payable code for each file, and what makes two applications the same.

-- The head and both leads answer for the office's work and see every submitted file (certification/sop.rs, `overseers`). Files from before learn it here;
-- later ones are shown to them by the hand-over of step 1. A draft that was withdrawn was never submitted and stays its customer's.
update application
set visible_to = array(select distinct role from unnest(visible_to || '{head,pji_lead,ss_lead}') as role order by role)
where submitted_at is not null;

-- Since when a code is not to be paid any more: a newer code took its place, the notice that followed bills nothing, or the file left the road. SIMPONI may
-- still take money for it until it expires, so a payment can come all the same; it is recorded, and this column says that it came for a superseded code.
alter table billing add column superseded_at timestamptz;
update billing b
set superseded_at = (
    select min(n.created_at)
    from billing n
    where n.application_id = b.application_id
      and (n.created_at, n.id) > (b.created_at, b.id)
);
-- One payable code for each file. Whatever the application does, a second one cannot be written before the first is superseded.
create unique index billing_one_payable on billing (application_id) where superseded_at is null;
grant update (superseded_at) on billing to desk_app;
-- What came in for a file is added up over all of its codes.
create index payment_of_billing on payment (billing_id) include (amount);

-- One application under way for an organisation, scheme, kind, site and product or standard. The old index knew neither site nor product, so a second factory
-- was refused, and it compared names letter by letter. It also refused to reopen an older file (a wrong notice is withdrawn) while a newer one was open, which
-- is no mistake of anybody's: only a new submission is held against what is open.
drop index application_open_once;

-- A name as it is compared: compatibility forms, capitals, dots, punctuation and spaces make no difference, nor does it whether the legal form comes first
-- ("PT. KARET OGAN", "PT Karet Ogan", "P.T. Karet  Ogan" and "Karet Ogan, PT" are one). A name without a letter or digit, or with none that the server's
-- locale knows, is compared as it is.
create function folded_name(name text) returns text
    language sql
    immutable
    parallel safe
return coalesce(
    nullif(
        regexp_replace(
            regexp_replace(replace(lower(normalize(name, nfkc)), '.', ''), '^[[:space:]]*(.*[^[:space:],])[[:space:],]+(pt|cv|ud|pd|fa)[[:space:],]*$', '\2 \1'),
            '[^[:alnum:]]+', '', 'g'
        ),
        ''
    ),
    lower(btrim(name))
);

-- An address as it is compared: a name in which the usual abbreviations are as good as the words.
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

-- A standard as it is compared: its numbers and letters in order, whatever stands between them, without "SNI" and "No." before them
-- ("SNI 06-1903:2017", "sni 06-1903-2017" and "SNI No. 06-1903:2017" are one; the year is part of it, so another edition is another standard).
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

-- What an application is for: its products with their standards, or, where the scheme is itself the standard, nothing beside the scheme.
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

-- Refuses a submission for what the same organisation has under way. A trigger and not an index, because only the submission is held against it: a file that
-- is reopened never is. Submissions of one customer wait for each other, so that of two at once the second sees the first.
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
grant execute on function folded_name, folded_address, folded_standard, application_subjects, application_is_open, application_open_once to desk_app;
create trigger application_open_once
    before update of stage on application
    for each row
    when (old.stage = 'draft' and application_is_open(new.stage))
    execute function application_open_once();
