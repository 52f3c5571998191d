#!/usr/bin/env bash
# Starts a service provider with crewjam/saml on 127.0.0.1:PORT. Its settings, with reasons, are in main.go.
# Environment: IDP_METADATA (a file, required), PORT (18123), RUN_DIR (.rehearsal/peers/crewjam-saml).
set -euo pipefail
PEER=crewjam-saml
PORT=${PORT:-18123}
source "$(dirname "$0")/../background.sh"
source "$(dirname "$0")/../go.sh"
go_server github.com/crewjam/saml /saml/metadata
