-- Screening for conflicts of interest goes on after the surfacing, and a complaint that nobody free can handle raises an alarm.

-- With which roster a complaint was screened last: a mark under a key of the service. Another name, account, role or appointment makes another mark, and the
-- service looks at the complaint again. It says nothing of the complaint; null until it surfaces.
alter table wbs.complaint add column screened_with bytea;

-- A message of the reporter is read by the office only once it was screened for names: whoever it speaks of is barred first. What the office wrote needs none.
-- Messages from before this column are screened at the service's next look.
alter table wbs.message add column screened boolean not null default false;
update wbs.message set screened = true where author = 'office';
grant update (screened) on wbs.message to desk_app;
-- What the screening looks for.
create index message_to_screen on wbs.message (surfaces_at, case_id) where not screened;

-- An alarm to the auditors and administrators: that the audit trail holds something to look at. It is about no complaint that could be found, and names nobody:
-- who was not told would say in a dump who is barred.
alter table notification drop constraint notification_kind_is_known;
alter table notification add constraint notification_kind_is_known
    check (kind in ('step_waiting', 'case_moved', 'step_late', 'webhook_disabled', 'disclosure_waits', 'disclosure_decided', 'reporter_wrote', 'trail_alarm'));
alter table notification drop constraint notification_of_a_complaint_names_nobody;
alter table notification add constraint notification_of_a_complaint_names_nobody
    check ((complaint_id is null and kind <> 'trail_alarm') = (user_id is not null) and (user_id is null) = (person_tag is not null));
alter table notification drop constraint notification_is_about_one_thing;
alter table notification add constraint notification_is_about_one_thing
    check (num_nonnulls(application_id, complaint_id, webhook_id) = case when kind = 'trail_alarm' then 0 else 1 end);
