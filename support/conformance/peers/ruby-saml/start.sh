#!/usr/bin/env bash
# Starts a service provider with ruby-saml on 127.0.0.1:PORT. Its settings, with reasons, are in server.rb.
# Environment: IDP_METADATA (a file, required), PORT (18137), RUN_DIR (.rehearsal/peers/ruby-saml below the project).
set -euo pipefail
PEER=ruby-saml
PORT=${PORT:-18137}
source "$(dirname "$0")/../background.sh"

# The package belongs to Debian's Ruby; the path may have another one first.
/usr/bin/ruby -e 'require "onelogin/ruby-saml"; require "webrick"' 2>/dev/null ||
  fail "is not installed; install.sh does that"
idp_metadata
nothing_runs_yet
key_pair sp
export IDP_METADATA PORT RUN_DIR
in_background ruby /usr/bin/ruby "$here/server.rb"
answers "$base/metadata"

echo "metadata=$base/metadata"
echo "signIn=$base/login"
echo "page=$base/"
echo "version=ruby-saml $(debian_version ruby-saml), Nokogiri $(debian_version ruby-nokogiri)," \
  "Ruby $(/usr/bin/ruby -e 'print RUBY_VERSION')"
echo "logs=$RUN_DIR/ruby.log"
