#!/usr/bin/env bash
# Ends the processes that start.sh recorded in the same RUN_DIR.
set -euo pipefail
PEER=python3-saml
PORT=${PORT:-18131}
source "$(dirname "$0")/../background.sh"
end_all
