#!/usr/bin/env bash
# Installs SimpleSAMLphp and PHP from Debian's packages, as root. start.sh uses PHP's built-in server.
# SimpleSAMLphp depends on a web server, so Debian installs apache2 if there is none, and starts it on port 80 unless
# policy-rc.d forbids it. It is not used.
set -euo pipefail
source "$(dirname "$0")/../debian.sh"
debian_packages simplesamlphp php-cli php-xml php-mbstring php-sqlite3 curl openssl
