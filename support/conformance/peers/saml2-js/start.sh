#!/usr/bin/env bash
# Starts a service provider with saml2-js on 127.0.0.1:PORT. Its settings, with reasons, are in server.mjs.
# Environment: IDP_METADATA (a file, required), PORT (18111), RUN_DIR (.rehearsal/peers/saml2-js).
set -euo pipefail
PEER=saml2-js
PORT=${PORT:-18111}
source "$(dirname "$0")/../background.sh"
source "$(dirname "$0")/../npm.sh"
npm_server saml2-js
