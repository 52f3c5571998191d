#!/usr/bin/env bash
# Builds a service provider with gosaml2 into RUN_DIR, as go.sum says.
set -euo pipefail
PEER=gosaml2
source "$(dirname "$0")/../go.sh"
go_program
