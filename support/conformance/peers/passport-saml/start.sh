#!/usr/bin/env bash
# Starts a service provider with passport-saml on 127.0.0.1:PORT. Its settings, with reasons, are in server.mjs.
# Environment: IDP_METADATA (a file, required), PORT (18103), RUN_DIR (.rehearsal/peers/passport-saml).
set -euo pipefail
PEER=passport-saml
PORT=${PORT:-18103}
source "$(dirname "$0")/../background.sh"
source "$(dirname "$0")/../npm.sh"
npm_server @node-saml/passport-saml @node-saml/node-saml
