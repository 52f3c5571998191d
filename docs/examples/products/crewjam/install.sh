#!/bin/sh
# Builds the portal with crewjam/saml from the Go module proxy, as pinned in go.mod and go.sum. Needs Go 1.25.
set -e
cd "$(dirname "$0")"
go build -o .rehearsal/portal .
