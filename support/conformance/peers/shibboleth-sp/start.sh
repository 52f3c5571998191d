#!/usr/bin/env bash
# Starts the Shibboleth service provider, shibd and an Apache, on 127.0.0.1:PORT.
# Its settings, with reasons, are in shibboleth2.xml and security-policy.xml.
# Environment: IDP_METADATA (a file, required), PORT (18101), RUN_DIR (.rehearsal/peers/shibboleth-sp).
set -euo pipefail
PEER=shibboleth-sp
PORT=${PORT:-18101}
source "$(dirname "$0")/../background.sh"
source "$(dirname "$0")/../apache.sh"

[[ -e /usr/lib/apache2/modules/mod_shib.so ]] || fail "is not installed; install.sh does that"
idp_metadata
nothing_runs_yet
key_pair signing
key_pair encryption

IDP=$(idp_entity_id)
for name in shibboleth2.xml shibd.logger mod_shib.logger; do
  filled "$here/$name" RUN_DIR PORT IDP IDP_METADATA here >"$RUN_DIR/$name"
done

rm -f "$RUN_DIR/shibd.sock"
# Both log here until they have read their configuration. Without this they log to /var/log.
SHIBSP_LOGGING=$RUN_DIR/shibd.logger \
  in_background shibd shibd -F -f -c "$RUN_DIR/shibboleth2.xml" -p "$RUN_DIR/shibd.own"
SHIBSP_LOGGING=$RUN_DIR/mod_shib.logger apache "$here/apache.conf"
answers "$base/Shibboleth.sso/Metadata"

echo "metadata=$base/Shibboleth.sso/Metadata"
echo "signIn=$base/secure/"
echo "page=$base/"
echo "version=Shibboleth SP $(debian_version libapache2-mod-shib), OpenSAML $(debian_version 'libsaml[0-9]*')," \
  "Apache $(debian_version apache2-bin)"
echo "logs=$RUN_DIR/shibd-own.log"
