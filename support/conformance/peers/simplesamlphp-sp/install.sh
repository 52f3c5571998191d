#!/usr/bin/env bash
# Installs SimpleSAMLphp and PHP from Debian's packages, as root. start.sh uses PHP's own server.
# SimpleSAMLphp depends on some web server, so apache2 is installed where there is none, and Debian starts it
# on port 80 unless policy-rc.d forbids it; nothing here needs it.
set -euo pipefail
source "$(dirname "$0")/../debian.sh"
debian_packages simplesamlphp php-cli php-xml php-mbstring php-sqlite3 curl openssl
