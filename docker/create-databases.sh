#!/bin/sh
# Runs once, in an empty database cluster: the DataStore's database and the role that only reads it.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$PORTAL_READER_PASSWORD" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE ROLE portal_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE datastore TEMPLATE template0 ENCODING 'UTF8';
SQL
