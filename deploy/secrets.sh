#!/bin/sh
# Makes the secrets of docker-compose.yml once; those that are there stay. Needs openssl.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
# Containers run as other users than the one who starts them, and compose mounts files with their own rights: the folder keeps others out.
chmod 700 secrets

make() {
  [ -s "secrets/$1" ] || printf %s "$2" >"secrets/$1"
  chmod 644 "secrets/$1"
}
random() { openssl rand -hex "$1"; }

make postgres_password "$(random 24)"
make database_url "postgres://damson:$(cat secrets/postgres_password)@postgres:5432/damson"
make app_secret "$(random 32)"
make s3_access_key_id "$(random 10)"
make s3_secret_access_key "$(random 24)"
make meili_master_key "$(random 24)"
