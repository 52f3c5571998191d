#!/usr/bin/env bash
# Starts a service provider with pysaml2 on 127.0.0.1:PORT. Its settings, with reasons, are in ../pysaml2-sp/server.py.
# Environment: IDP_METADATA (a file, required), PORT (18136), RUN_DIR (.rehearsal/peers/pysaml2).
set -euo pipefail
PEER=pysaml2
PORT=${PORT:-18136}
source "$(dirname "$0")/../background.sh"
source "$(dirname "$0")/../python.sh"

python_installed
idp_metadata
nothing_runs_yet
key_pair sp

# pysaml2 passes each message to xmlsec1 in a file.
TMPDIR=$RUN_DIR/tmp
mkdir -p "$TMPDIR"
export TMPDIR
python_server "$here/../pysaml2-sp/server.py" /metadata /secure
echo "version=$(python_versions pysaml2), xmlsec1 $(debian_version xmlsec1)"
