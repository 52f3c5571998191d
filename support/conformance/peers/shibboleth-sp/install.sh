#!/usr/bin/env bash
# Installs the Shibboleth service provider for Apache from Debian's packages, as root.
# Only apache2-bin, not apache2, so that no web server starts on port 80. Debian also starts Shibboleth's daemon on its
# own socket, unless policy-rc.d forbids it; start.sh does not need that one.
set -euo pipefail
source "$(dirname "$0")/../debian.sh"
debian_packages apache2-bin libapache2-mod-shib media-types curl openssl
