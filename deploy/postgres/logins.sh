#!/bin/bash
# Runs once, when the database volume is new: makes the two narrow logins beside the owner's. What they may do hangs on
# the group roles, which the migrations give their rights. The newsroom's login can read nothing that has not lifted,
# even when somebody else holds its password.
set -euo pipefail
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 \
  --set app_password="$(cat "$APP_PASSWORD_FILE")" --set newsroom_password="$(cat "$NEWSROOM_PASSWORD_FILE")" <<'SQL'
create role dateline_app nologin;
create role dateline_newsroom nologin;
create role app login noinherit password :'app_password' in role dateline_app;
create role newsroom login noinherit password :'newsroom_password' in role dateline_newsroom;
alter role app set role = 'dateline_app';
alter role newsroom set role = 'dateline_newsroom';
SQL
