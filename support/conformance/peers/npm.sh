# Shared by the scripts of peers whose packages come from npm. install.sh sources it with PEER set; start.sh sources it
# after background.sh, with METADATA set if its server.mjs has the metadata at another path than /metadata.
here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
RUN_DIR=${RUN_DIR:-$(cd "$here/../../../.." && pwd)/.rehearsal/peers/$PEER}

# Installs the packages of package-lock.json into RUN_DIR, as locked. Changes nothing else.
npm_packages() {
  local program
  for program in node npm curl openssl; do
    command -v "$program" >/dev/null || { echo "$PEER: needs the program $program" >&2; exit 1; }
  done
  # Copied only after npm has finished.
  if cmp --silent "$here/package-lock.json" "$RUN_DIR/installed-lock.json"; then return; fi

  echo "$PEER: npm installs the packages of package-lock.json into $RUN_DIR"
  mkdir -p "$RUN_DIR"
  cp "$here/package.json" "$here/package-lock.json" "$RUN_DIR/"
  (cd "$RUN_DIR" && npm ci --ignore-scripts --no-audit --no-fund)
  cp "$here/package-lock.json" "$RUN_DIR/installed-lock.json"
}

# npm_server PACKAGE…: starts server.mjs, and prints where it is, with the versions of these packages.
npm_server() {
  cmp --silent "$here/package-lock.json" "$RUN_DIR/installed-lock.json" ||
    fail "is not installed in $RUN_DIR; install.sh does that"
  idp_metadata
  nothing_runs_yet
  key_pair sp
  secret session.secret

  export IDP_METADATA PORT RUN_DIR
  in_background node node "$here/server.mjs"
  answers "$base${METADATA:-/metadata}"

  local name versions=
  for name; do versions+="${name#*/} $(package_version "$name"), "; done
  echo "metadata=$base${METADATA:-/metadata}"
  echo "page=$base/"
  echo "version=${versions}Node.js $(node --version)"
  echo "logs=$RUN_DIR/node.log"
}

package_version() { node -p 'require(process.argv[1]).version' "$RUN_DIR/node_modules/$1/package.json"; }
