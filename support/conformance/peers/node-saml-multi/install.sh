#!/usr/bin/env bash
# Installs passport-saml and its dependencies into RUN_DIR with npm, as locked. Changes nothing else.
set -euo pipefail
PEER=node-saml-multi
source "$(dirname "$0")/../npm.sh"
npm_packages
