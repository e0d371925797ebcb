-- Documents of both kinds of files, and their mirror at Google Drive.

-- One row for every version ever received. The bytes lie in the document store under object_key; an
-- object without a row is no document.
create table document_version (
    id          uuid primary key,
    office_id   uuid not null references office,
    -- The customer in whose folder it lies (SOP step 2). No foreign keys to customer, case and
    -- user: the rows of a document outlive the case, and workflows that do not know each other
    -- share documents.
    customer_id uuid not null,
    case_id     uuid not null,
    -- Code of the requirement it answers, as the case's frozen checklist has it.
    requirement text not null
        constraint document_version_requirement_is_a_code check (requirement ~ '^[A-Za-z0-9_.-]{1,100}$'),
    version     integer not null constraint document_version_counts_from_one check (version > 0),
    -- For display only: never a path, never part of object_key.
    file_name   text not null constraint document_version_file_name_is_plain check (file_name ~ '^[^/\\]{1,200}$'),
    -- The type found in the content; the sender's claim does not count.
    kind        text not null
        constraint document_version_kind_is_known check (kind in ('pdf', 'jpeg', 'png', 'docx', 'xlsx')),
    size        bigint not null constraint document_version_is_not_empty check (size > 0),
    -- Of the bytes as stored: readers check them against it, and it is the ETag.
    sha256      bytea not null constraint document_version_sha256_is_whole check (octet_length(sha256) = 32),
    -- Two rows on one object would make one document vanish with the other.
    object_key  text not null constraint document_version_has_its_own_object unique,
    uploaded_by uuid not null,
    uploaded_at timestamptz not null,
    -- Also the index for "all versions" and "the latest of each" of a case.
    constraint document_version_is_numbered_once unique (case_id, requirement, version)
);
-- Versions are immutable: a document that was verified must stay the same. So no update and no
-- delete, not even by mistake.
grant select, insert on document_version to desk_app;

-- The mirror of the customer's folder at Google Drive (SOP step 2): a copy that a job writes, never
-- the record. One row for each application that is mirrored.
create table drive_folder (
    case_id     uuid primary key,
    office_id   uuid not null references office,
    queued_at   timestamptz not null,
    -- Drive's id of the application's folder and its link; null until the folder is there.
    folder_id   text,
    link        text,
    attempts    integer not null default 0,
    -- Code of the last failure; null when the last attempt went well.
    failure     text,
    -- The first time at which the folder held every document of its application: the journal says
    -- so then, once for each filing. Null until then.
    mirrored_at timestamptz,
    constraint drive_folder_has_link check ((folder_id is null) = (link is null))
);
grant select, insert, update on drive_folder to desk_app;

-- One row for each version of a document that is mirrored.
create table drive_file (
    document_id uuid primary key references document_version,
    case_id     uuid not null references drive_folder,
    -- Drive's id of the file and its link; null until the file is there.
    file_id     text,
    link        text,
    mirrored_at timestamptz,
    attempts    integer not null default 0,
    failure     text,
    -- An upload that broke off resumes here: the URI of Drive's session, sealed, because the URI
    -- alone permits writing the file.
    session     bytea,
    constraint drive_file_is_whole check ((file_id is null) = (link is null) and (file_id is null) = (mirrored_at is null))
);
create index drive_file_of_case on drive_file (case_id);
grant select, insert, update on drive_file to desk_app;
