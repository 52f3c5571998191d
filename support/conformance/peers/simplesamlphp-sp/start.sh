#!/usr/bin/env bash
# Starts SimpleSAMLphp as a service provider, with PHP's built-in server, on 127.0.0.1:PORT.
# Its settings, with reasons, are in config/.
# Environment: IDP_METADATA (a file, required), PORT (18102), RUN_DIR (.rehearsal/peers/simplesamlphp-sp).
set -euo pipefail
PEER=simplesamlphp-sp
PORT=${PORT:-18102}
source "$(dirname "$0")/../background.sh"

[[ -e /usr/share/simplesamlphp/www/_include.php ]] || fail "is not installed; install.sh does that"
idp_metadata
nothing_runs_yet
key_pair sp
secret salt
# Removes sessions and remembered assertions of an earlier run.
rm -rf "$RUN_DIR/data" "$RUN_DIR/tmp"
mkdir -p "$RUN_DIR/data" "$RUN_DIR/tmp"

PEER_BASE=$base
IDP_ENTITY_ID=$(idp_entity_id)
SIMPLESAMLPHP_CONFIG_DIR=$here/config
export RUN_DIR PEER_BASE IDP_METADATA IDP_ENTITY_ID SIMPLESAMLPHP_CONFIG_DIR
in_background php php -d display_errors=0 -d log_errors=1 -d "sys_temp_dir=$RUN_DIR/tmp" \
  -d opcache.enable_cli=1 -d "opcache.lockfile_path=$RUN_DIR/tmp" \
  -S "127.0.0.1:$PORT" -t /usr/share/simplesamlphp/www "$here/router.php"
metadata=$base/module.php/saml/sp/metadata.php/default-sp
answers "$metadata"

echo "metadata=$metadata"
echo "signIn=$base/secure"
echo "page=$base/"
echo "version=SimpleSAMLphp $(debian_version simplesamlphp), PHP $(php -r 'echo PHP_VERSION;')"
echo "logs=$RUN_DIR/simplesamlphp.log"
