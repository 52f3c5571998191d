#!/usr/bin/env bash
# Installs ruby-saml and WEBrick from Debian's packages, as root.
set -euo pipefail
source "$(dirname "$0")/../debian.sh"
debian_packages ruby ruby-saml ruby-webrick curl openssl
