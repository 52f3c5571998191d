#!/usr/bin/env bash
# Ends the processes that start.sh recorded in the same RUN_DIR.
set -euo pipefail
PEER=pysaml2-sp
PORT=${PORT:-18104}
source "$(dirname "$0")/../background.sh"
end_all
