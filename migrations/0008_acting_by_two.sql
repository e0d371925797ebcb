-- Whoever acts for the head reads complaints, so acting needs two administrators like every role that does: one enters the appointment, another
-- confirms it. Appointments entered before that rule stand, without the second name.
alter table acting_appointment
    add column confirmed_at timestamptz,
    add column confirmed_by uuid references app_user,
    add constraint acting_appointment_confirmation_is_dated check (confirmed_by is null or confirmed_at is not null),
    add constraint acting_appointment_needs_two_people check (confirmed_by is distinct from created_by or confirmed_by is null);

update acting_appointment
set confirmed_at = created_at;
