#!/usr/bin/env bash
# Starts a service provider with pysaml2 on 127.0.0.1:PORT. Its settings, with reasons, are in server.py.
# Environment: IDP_METADATA (a file, required), PORT (18104), RUN_DIR (.rehearsal/peers/pysaml2-sp below the project).
set -euo pipefail
PEER=pysaml2-sp
PORT=${PORT:-18104}
source "$(dirname "$0")/../background.sh"

# The package belongs to Debian's Python; the path may have another one first.
[[ -e /usr/bin/xmlsec1 ]] && /usr/bin/python3 -c 'import saml2' 2>/dev/null ||
  fail "is not installed; install.sh does that"
idp_metadata
nothing_runs_yet
key_pair sp

# pysaml2 passes each message to xmlsec1 in a file.
TMPDIR=$RUN_DIR/tmp
mkdir -p "$TMPDIR"
export IDP_METADATA PORT RUN_DIR TMPDIR PYTHONPATH=$here/..
in_background python /usr/bin/python3 -B "$here/server.py"
answers "$base/metadata"

echo "metadata=$base/metadata"
echo "signIn=$base/secure"
echo "page=$base/"
echo "version=pysaml2 $(debian_version python3-pysaml2), xmlsec1 $(debian_version xmlsec1)," \
  "$(/usr/bin/python3 --version)"
echo "logs=$RUN_DIR/python.log"
