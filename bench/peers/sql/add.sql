-- A new draft.
insert into application (id, office_id, customer_id, scheme, kind, form, company, stage, visible_to, waiting_for, created_at, stage_since)
values ($1, $2, $3, 'quality_iso9001', 'initial', $4, 'PT Tirta Musi', 'draft', '{customer}', '{customer}', $5, $5)
