#!/usr/bin/env bash
# Installs Better Auth and its dependencies into RUN_DIR with npm, as locked. Changes nothing else.
set -euo pipefail
PEER=better-auth
source "$(dirname "$0")/../npm.sh"
npm_packages
