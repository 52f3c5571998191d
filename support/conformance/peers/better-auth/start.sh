#!/usr/bin/env bash
# Starts a service provider with Better Auth on 127.0.0.1:PORT. Its settings, with reasons, are in server.mjs.
# Environment: IDP_METADATA (a file, required), PORT (18124), RUN_DIR (.rehearsal/peers/better-auth).
set -euo pipefail
PEER=better-auth
PORT=${PORT:-18124}
source "$(dirname "$0")/../background.sh"
source "$(dirname "$0")/../npm.sh"
npm_server better-auth @better-auth/sso
