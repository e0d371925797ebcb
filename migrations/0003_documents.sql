-- Documents: one row for every version ever received. The bytes lie in the document store under object_key; an object without a row is no document.
create table document_version (
    id          uuid primary key,
    office_id   uuid not null references office,
    -- Whose folder it lies in (SOP step 2). No foreign keys to customer, case and user: the rows of a document outlive what they were about, and
    -- documents are shared by workflows that do not know each other.
    customer_id uuid not null,
    case_id     uuid not null,
    -- Code of the requirement it answers, as the case's frozen checklist has it.
    requirement text not null constraint document_version_requirement_is_a_code check (requirement ~ '^[A-Za-z0-9_.-]{1,100}$'),
    version     integer not null constraint document_version_counts_from_one check (version > 0),
    -- For display only: never a path, never part of object_key.
    file_name   text not null constraint document_version_file_name_is_plain check (file_name ~ '^[^/\\]{1,200}$'),
    -- What the content was found to be, not what the sender said.
    kind        text not null constraint document_version_kind_is_known check (kind in ('pdf', 'jpeg', 'png', 'docx', 'xlsx')),
    size        bigint not null constraint document_version_is_not_empty check (size > 0),
    -- Of the bytes as stored: what a reader checks them against, and the ETag.
    sha256      bytea not null constraint document_version_sha256_is_whole check (octet_length(sha256) = 32),
    -- Two rows on one object would make one document vanish with the other.
    object_key  text not null constraint document_version_has_its_own_object unique,
    uploaded_by uuid not null,
    uploaded_at timestamptz not null,
    -- Also the index for "all versions" and "the latest of each" of a case.
    constraint document_version_is_numbered_once unique (case_id, requirement, version)
);
-- Versions are immutable: what was verified must stay what was verified. So no update and no delete, not even by mistake.
grant select, insert on document_version to desk_app;
