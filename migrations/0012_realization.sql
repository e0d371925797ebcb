-- The record Data Realisasi Layanan Sertifikasi, and reports that are made while the caller does something else.

-- The record is read in the order of receipt, page by page, for a period. Drafts are not in it: nothing was received yet.
create index application_received on application (office_id, submitted_at, id) where submitted_at is not null;

-- A report that takes longer than a caller should wait: asked for, made by the job engine, fetched by whoever asked, then forgotten.
create table report_job (
    id            uuid primary key,
    office_id     uuid not null references office,
    -- Nobody else may know of it.
    owner_id      uuid not null references app_user,
    -- The roles it was asked for with: the report shows what these see, and is given to nobody who no longer holds them.
    roles         text[] not null,
    -- What was asked for (reporting/realization/asked.rs), and its digest: the same asked for again while it is being made is the same job.
    request       jsonb not null,
    request_sha256 bytea not null,
    state         text not null default 'queued' constraint report_job_state_is_known check (state in ('queued', 'running', 'done', 'failed')),
    rows_total    bigint not null default 0,
    rows_done     bigint not null default 0,
    -- Where the result lies in the document store. Written before the result is, so that whatever happens somebody knows what to delete.
    object_key    text constraint report_job_has_its_own_object unique,
    media_type    text,
    file_name     text,
    size          bigint,
    created_at    timestamptz not null,
    finished_at   timestamptz,
    expires_at    timestamptz not null,
    constraint report_job_done_is_whole check (state <> 'done' or (object_key is not null and media_type is not null and file_name is not null
        and size is not null and finished_at is not null))
);
create unique index report_job_once on report_job (owner_id, request_sha256) where state in ('queued', 'running');
create index report_job_by_end on report_job (expires_at);
grant select, insert, update, delete on report_job to desk_app;
