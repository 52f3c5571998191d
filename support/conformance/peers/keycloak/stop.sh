#!/usr/bin/env bash
# Ends the processes that start.sh recorded in the same RUN_DIR.
set -euo pipefail
PEER=keycloak
PORT=${PORT:-18133}
source "$(dirname "$0")/../background.sh"
end_all
