#!/usr/bin/env bash
# Starts a service provider with saml-jackson on 127.0.0.1:PORT. Its settings, with reasons, are in server.mjs.
# Environment: IDP_METADATA (a file, required), PORT (18122), RUN_DIR (.rehearsal/peers/saml-jackson).
set -euo pipefail
PEER=saml-jackson
PORT=${PORT:-18122}
source "$(dirname "$0")/../background.sh"
source "$(dirname "$0")/../npm.sh"
# Otherwise it reports its use to its makers.
export DO_NOT_TRACK=1
npm_server @boxyhq/saml-jackson
