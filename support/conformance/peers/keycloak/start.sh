#!/usr/bin/env bash
# Starts Keycloak as a broker: it is the service provider of the identity provider, and signs users in to portal.mjs, a
# small OpenID Connect client on 127.0.0.1:PORT. Keycloak is on the next port. The settings are in realm.mjs.
# Environment: IDP_METADATA (a file, required), PORT (18133), RUN_DIR (.rehearsal/peers/keycloak below the project).
set -euo pipefail
PEER=keycloak
PORT=${PORT:-18133}
source "$(dirname "$0")/../background.sh"

home=$RUN_DIR/keycloak-$(<"$here/version")
[[ -e $home/installed ]] || fail "is not installed in $RUN_DIR; install.sh does that"
idp_metadata
nothing_runs_yet
secret portal.secret
export IDP_METADATA PORT RUN_DIR KEYCLOAK_PORT=$((PORT + 1))
keycloak=http://127.0.0.1:$KEYCLOAK_PORT
mkdir -p "$home/data/import"
node "$here/realm.mjs" >"$home/data/import/stand-realm.json"

# Compiles less, to be ready sooner.
export JAVA_OPTS_APPEND="-XX:TieredStopAtLevel=1 -Xmx768m"
KC_LOG_LEVEL=info,org.keycloak.events:debug,org.keycloak.broker.saml:debug in_background keycloak \
  bash "$home/bin/kc.sh" start --optimized --import-realm --cache=local --http-enabled=true --http-host=127.0.0.1 \
  "--http-port=$KEYCLOAK_PORT" "--hostname=$keycloak" "--http-management-port=$((PORT + 1000))"
metadata=$keycloak/realms/stand/broker/stand/endpoint/descriptor
answers "$metadata" 600
in_background portal node "$here/portal.mjs"
answers "$base/"

echo "metadata=$metadata"
echo "signIn=$base/login"
echo "page=$base/"
echo "version=Keycloak $(<"$here/version"), Java $(java -version 2>&1 | head -n 1 | cut -d '"' -f 2)"
echo "logs=$RUN_DIR/keycloak.log"
