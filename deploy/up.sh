#!/bin/sh
# The whole stack of docker-compose.yml, one command: secrets where there are none, images, containers. Arguments go to `docker compose up`.
set -eu
cd "$(dirname "$0")/.."
sh deploy/secrets.sh
docker compose up -d --build --wait "$@"
echo "Damson is running. The first administrator signs in with the link in: docker compose logs web"
