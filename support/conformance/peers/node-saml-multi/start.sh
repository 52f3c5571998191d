#!/usr/bin/env bash
# Starts a service provider of two organizations with passport-saml on 127.0.0.1:PORT. Its settings, with reasons, are
# in server.mjs. Environment: IDP_METADATA and SECOND_IDP_METADATA (files, required), PORT (18121), RUN_DIR
# (.rehearsal/peers/node-saml-multi).
set -euo pipefail
PEER=node-saml-multi
PORT=${PORT:-18121}
source "$(dirname "$0")/../background.sh"
source "$(dirname "$0")/../npm.sh"
[[ -s ${SECOND_IDP_METADATA:-} ]] || fail "SECOND_IDP_METADATA must name the metadata of the second identity provider"
METADATA=/acme/metadata
npm_server @node-saml/passport-saml @node-saml/node-saml
