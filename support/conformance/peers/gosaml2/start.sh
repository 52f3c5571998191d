#!/usr/bin/env bash
# Starts a service provider with gosaml2 on 127.0.0.1:PORT. Its settings, with reasons, are in main.go.
# Environment: IDP_METADATA (a file, required), PORT (18125), RUN_DIR (.rehearsal/peers/gosaml2).
set -euo pipefail
PEER=gosaml2
PORT=${PORT:-18125}
source "$(dirname "$0")/../background.sh"
source "$(dirname "$0")/../go.sh"
go_server github.com/russellhaering/gosaml2 /metadata
