-- Who must act on a request for a disclosure is told of it, and who handles a complaint that its reporter has written. All by tag, as everything told of a
-- complaint is.
alter table notification
    drop constraint notification_kind_is_known,
    add constraint notification_kind_is_known check (kind in
        ('step_waiting', 'case_moved', 'step_late', 'webhook_disabled', 'disclosure_waits', 'disclosure_decided', 'reporter_wrote')),
    -- A person's name beside one of these would say what a tag keeps.
    add constraint notification_of_a_disclosure_is_of_a_complaint
        check (complaint_id is not null or kind not in ('disclosure_waits', 'disclosure_decided', 'reporter_wrote'));

-- Whether this caller decides on disclosures of a complaint: a custodian of its office who is not barred from it. The same rule as that of the requests
-- themselves; custodians see no complaint.
create function wbs.decides(complaint uuid, of_office uuid) returns boolean
    language sql
    stable
return wbs.standing() = 'staff'
   and 'identity_custodian' = any (string_to_array(current_setting('desk.roles', true), ','))
   and of_office::text = current_setting('desk.office', true)
   and not wbs.bars(complaint, decode(current_setting('desk.person', true), 'hex'));

-- That a request waits is the custodians' to read, and nothing else of the complaint: whoever loses the role, or comes to be barred, finds it no more.
alter policy notification_is_read on notification
    using (complaint_id is null
        or exists (select from wbs.complaint c where c.id = complaint_id)
        or (kind = 'disclosure_waits' and wbs.decides(complaint_id, office_id)));
alter policy notification_is_marked on notification
    using (complaint_id is null
        or exists (select from wbs.complaint c where c.id = complaint_id)
        or (kind = 'disclosure_waits' and wbs.decides(complaint_id, office_id)));
