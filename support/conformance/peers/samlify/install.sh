#!/usr/bin/env bash
# Installs samlify and its dependencies into RUN_DIR with npm, as locked. Changes nothing else.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
RUN_DIR=${RUN_DIR:-$(cd "$here/../../../.." && pwd)/.rehearsal/peers/samlify}

for program in node npm curl openssl; do
  command -v "$program" >/dev/null || { echo "samlify: needs the program $program" >&2; exit 1; }
done
# Copied only after npm has finished.
if cmp --silent "$here/package-lock.json" "$RUN_DIR/installed-lock.json"; then exit 0; fi

echo "samlify: npm installs the packages of package-lock.json into $RUN_DIR"
mkdir -p "$RUN_DIR"
cp "$here/package.json" "$here/package-lock.json" "$RUN_DIR/"
(cd "$RUN_DIR" && npm ci --ignore-scripts --no-audit --no-fund)
cp "$here/package-lock.json" "$RUN_DIR/installed-lock.json"
