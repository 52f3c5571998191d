#!/usr/bin/env bash
# Installs pysaml2 and what it needs into RUN_DIR with pip, in the versions of requirements.txt. Python, and xmlsec1,
# which verifies its signatures, come from Debian's packages, as root. Starts nothing.
set -euo pipefail
PEER=pysaml2
source "$(dirname "$0")/../debian.sh"
source "$(dirname "$0")/../python.sh"
debian_packages python3-venv xmlsec1 curl openssl
python_packages
