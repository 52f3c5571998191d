#!/usr/bin/env bash
# Starts a service provider with samlify on 127.0.0.1:PORT. Its settings, with reasons, are in server.mjs.
# Environment: IDP_METADATA (a file, required), PORT (18110), RUN_DIR (.rehearsal/peers/samlify).
set -euo pipefail
PEER=samlify
PORT=${PORT:-18110}
source "$(dirname "$0")/../background.sh"

cmp --silent "$here/package-lock.json" "$RUN_DIR/installed-lock.json" ||
  fail "is not installed in $RUN_DIR; install.sh does that"
idp_metadata
nothing_runs_yet
key_pair sp
secret session.secret

export IDP_METADATA PORT RUN_DIR
in_background node node "$here/server.mjs"
answers "$base/metadata"

package_version() { node -p 'require(process.argv[1]).version' "$RUN_DIR/node_modules/$1/package.json"; }
echo "metadata=$base/metadata"
echo "signIn=$base/login?RelayState=%2F"
echo "page=$base/"
echo "version=samlify $(package_version samlify), Node.js $(node --version)"
echo "logs=$RUN_DIR/node.log"
