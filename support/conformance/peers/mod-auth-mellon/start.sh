#!/usr/bin/env bash
# Starts an Apache with mod_auth_mellon on 127.0.0.1:PORT. Its settings, with reasons, are in apache.conf.
# Environment: IDP_METADATA (a file, required), PORT (18135), RUN_DIR (.rehearsal/peers/mod-auth-mellon).
set -euo pipefail
PEER=mod-auth-mellon
PORT=${PORT:-18135}
source "$(dirname "$0")/../background.sh"
source "$(dirname "$0")/../apache.sh"

[[ -e /usr/lib/apache2/modules/mod_auth_mellon.so ]] || fail "is not installed; install.sh does that"
idp_metadata
nothing_runs_yet
key_pair sp
BASE=$base
CERTIFICATE=$(grep --invert-match -- ----- "$RUN_DIR/keys/sp.crt")
filled "$here/metadata.xml" BASE CERTIFICATE >"$RUN_DIR/metadata.xml"
# mod_auth_mellon reads its settings at each request, and each time OpenSSL would load the certificates of all public
# authorities, which takes a tenth of a second. The identity provider's certificate is in its metadata.
export IDP_METADATA SSL_CERT_FILE=/dev/null SSL_CERT_DIR=/nonexistent
apache "$here/apache.conf"
answers "$base/mellon/metadata"

echo "metadata=$base/mellon/metadata"
echo "signIn=$base/secure/"
echo "page=$base/"
echo "version=mod_auth_mellon $(debian_version libapache2-mod-auth-mellon), lasso $(debian_version 'liblasso[0-9]*')," \
  "Apache $(debian_version apache2-bin)"
echo "logs=$RUN_DIR/apache-error.log"
