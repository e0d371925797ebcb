-- The clock of a step.
insert into clock_entry (office_id, case_id, at, step, round, party) values ($1, $2, $3, $4, 0, 'office')
