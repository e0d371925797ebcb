-- Lists begin with the newest, and what has not surfaced yet is the newest of all, seen by nobody: the index of lists leaves it out, or a morning of many
-- complaints is stepped over by every list of that morning.
create index complaint_surfaced on wbs.complaint (office_id, surfaces_at desc, id desc) where visible_to <> '{}';
drop index wbs.complaint_of_office;
