#!/usr/bin/env bash
# Installs mod_auth_mellon for Apache from Debian's packages, as root. It needs no web server on port 80, so only
# apache2-bin is named; mod_auth_mellon's package does not start one either.
set -euo pipefail
source "$(dirname "$0")/../debian.sh"
debian_packages apache2-bin libapache2-mod-auth-mellon media-types curl openssl
