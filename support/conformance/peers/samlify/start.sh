#!/usr/bin/env bash
# Starts a service provider with samlify on 127.0.0.1:PORT. Its settings, with reasons, are in server.mjs.
# Environment: IDP_METADATA (a file, required), PORT (18110), RUN_DIR (.rehearsal/peers/samlify).
set -euo pipefail
PEER=samlify
PORT=${PORT:-18110}
source "$(dirname "$0")/../background.sh"
source "$(dirname "$0")/../npm.sh"
npm_server samlify
