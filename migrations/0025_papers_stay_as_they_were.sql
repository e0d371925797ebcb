-- A confirmation sheet names the proposed team on paper, and is printed again as it was sent: an auditor's name may be corrected later, and the sheet must
-- go on showing the names that the customer was shown. In the order of proposal->'proposed_team'.
-- Nullable, because the release before this one writes none; the next release may demand it.
alter table audit_confirmation add column team_names text[];

update audit_confirmation c
set team_names = array(
    select coalesce(a.name, '-')
    from jsonb_array_elements(c.proposal -> 'proposed_team') with ordinality as member (one, place)
    left join auditor a on a.id = (member.one ->> 'auditor_id')::uuid
    order by member.place
);
