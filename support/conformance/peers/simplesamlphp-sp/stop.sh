#!/usr/bin/env bash
# Ends what start.sh noted in the same RUN_DIR.
set -euo pipefail
PEER=simplesamlphp-sp
PORT=${PORT:-18102}
source "$(dirname "$0")/../background.sh"
end_all
