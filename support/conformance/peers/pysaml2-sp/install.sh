#!/usr/bin/env bash
# Installs pysaml2 and xmlsec1 (which verifies its signatures) from Debian's packages, as root. Starts nothing.
set -euo pipefail
source "$(dirname "$0")/../debian.sh"
debian_packages python3 python3-pysaml2 xmlsec1 curl openssl
