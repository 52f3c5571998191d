#!/usr/bin/env bash
# Installs samlify and its dependencies into RUN_DIR with npm, as locked. Changes nothing else.
set -euo pipefail
PEER=samlify
source "$(dirname "$0")/../npm.sh"
npm_packages
