-- When a filing has been mirrored, and what may have become late.

-- When the folder at Drive first held every document of its application: the journal says so then, once for each filing. Null until then; what was mirrored
-- before this column is told when its next document is.
alter table drive_folder add column mirrored_at timestamptz;
