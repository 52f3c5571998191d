#!/usr/bin/env bash
# Installs saml-jackson and its dependencies into RUN_DIR with npm, as locked. Changes nothing else.
set -euo pipefail
PEER=saml-jackson
source "$(dirname "$0")/../npm.sh"
npm_packages
