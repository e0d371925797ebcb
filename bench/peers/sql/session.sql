-- The person of an access token, if the session is open: what each request asks first.
select u.id, u.office_id, u.customer_id, array(select r.role from user_role r where r.user_id = u.id) as roles
from session s
join app_user u on u.id = s.user_id
where s.id = $1
  and s.user_id = $2
  and s.revoked_at is null
  and s.expires_at > now()
