#!/usr/bin/env bash
# Installs django-allauth and what it needs into RUN_DIR with pip, in the versions of requirements.txt. Python comes
# from Debian's packages, as root. Starts nothing.
set -euo pipefail
PEER=django-allauth
source "$(dirname "$0")/../debian.sh"
source "$(dirname "$0")/../python.sh"
debian_packages python3-venv curl openssl
python_packages
