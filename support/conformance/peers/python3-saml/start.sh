#!/usr/bin/env bash
# Starts a service provider with python3-saml on 127.0.0.1:PORT. Its settings, with reasons, are in server.py.
# Environment: IDP_METADATA (a file, required), PORT (18131), RUN_DIR (.rehearsal/peers/python3-saml).
set -euo pipefail
PEER=python3-saml
PORT=${PORT:-18131}
source "$(dirname "$0")/../background.sh"
source "$(dirname "$0")/../python.sh"

python_installed
idp_metadata
nothing_runs_yet
key_pair sp
python_server "$here/server.py" /metadata /login
echo "version=$(python_versions python3-saml xmlsec lxml)"
