#!/usr/bin/env bash
# Ends what start.sh noted in the same RUN_DIR.
set -euo pipefail
PEER=passport-saml
PORT=${PORT:-18103}
source "$(dirname "$0")/../background.sh"
end_all
