#!/usr/bin/env bash
# Installs the Shibboleth service provider for Apache from Debian's packages, as root.
# Only apache2-bin is asked for, not apache2, so no web server starts on port 80. Of Shibboleth, Debian starts its daemon, on a socket of its own, unless policy-rc.d forbids it: start.sh needs neither.
set -euo pipefail
source "$(dirname "$0")/../debian.sh"
debian_packages apache2-bin libapache2-mod-shib media-types curl openssl
