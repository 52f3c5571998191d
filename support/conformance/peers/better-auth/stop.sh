#!/usr/bin/env bash
# Ends the processes that start.sh recorded in the same RUN_DIR.
set -euo pipefail
PEER=better-auth
PORT=${PORT:-18124}
source "$(dirname "$0")/../background.sh"
end_all
