#!/usr/bin/env bash
# Builds a service provider with crewjam/saml into RUN_DIR, as go.sum says.
set -euo pipefail
PEER=crewjam-saml
source "$(dirname "$0")/../go.sh"
go_program
