#!/usr/bin/env bash
# Makes the database and its three roles (migrations/0001_foundation.sql explains them). Run once per server, as a superuser.
# Needs OWNER_PASSWORD, APP_PASSWORD, VAULT_PASSWORD; server and superuser by psql's own PGHOST, PGUSER, …; in the compose file the image runs it.
set -euo pipefail
: "${OWNER_PASSWORD:?}" "${APP_PASSWORD:?}" "${VAULT_PASSWORD:?}"
# psql reads the passwords from the environment and quotes them, so they are in no argument list and may contain any character.
psql -v ON_ERROR_STOP=1 -q -U "${POSTGRES_USER:-${PGUSER:-postgres}}" -d postgres <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv vault_password VAULT_PASSWORD
create role desk_owner login password :'owner_password';
create role desk_app login password :'app_password';
create role desk_vault login password :'vault_password';
create database desk owner desk_owner;
revoke connect, temporary on database desk from public;
grant connect on database desk to desk_app, desk_vault;
-- Contents and times of complaints must not be in the server's log; the service refuses to start otherwise. Terse omits the values
-- that an error quotes ("Key (…)=(…) already exists"). The others are mostly the defaults, and stay so when the server's configuration changes.
select format('alter role %I set %s = %L', role, setting, value)
from unnest(array['desk_app', 'desk_vault']) as role,
    (values ('log_error_verbosity', 'terse'), ('log_statement', 'none'), ('log_min_duration_statement', '-1'), ('log_min_duration_sample', '-1'),
        ('log_transaction_sample_rate', '0'), ('log_parameter_max_length', '0'), ('log_parameter_max_length_on_error', '0')) as quiet (setting, value)
\gexec
SQL
