#!/usr/bin/env bash
# Starts a service provider with django-allauth on 127.0.0.1:PORT. Its settings, with reasons, are in server.py.
# Environment: IDP_METADATA (a file, required), PORT (18132), RUN_DIR (.rehearsal/peers/django-allauth).
set -euo pipefail
PEER=django-allauth
PORT=${PORT:-18132}
source "$(dirname "$0")/../background.sh"
source "$(dirname "$0")/../python.sh"

python_installed
idp_metadata
nothing_runs_yet
key_pair sp
secret django.secret
python_server "$here/server.py" /accounts/saml/stand/metadata/ /accounts/saml/stand/login/
echo "version=$(python_versions django-allauth python3-saml xmlsec Django)"
