#!/usr/bin/env bash
# Installs saml2-js and its dependencies into RUN_DIR with npm, as locked. Changes nothing else.
set -euo pipefail
PEER=saml2-js
source "$(dirname "$0")/../npm.sh"
npm_packages
