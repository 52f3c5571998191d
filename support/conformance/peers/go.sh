# Shared by the scripts of peers in Go. install.sh sources it with PEER set; start.sh sources it after background.sh.
here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
RUN_DIR=${RUN_DIR:-$(cd "$here/../../../.." && pwd)/.rehearsal/peers/$PEER}

# Builds main.go into RUN_DIR, with the modules of go.sum, which Go keeps in its module cache.
go_program() {
  local program
  for program in go curl openssl; do
    command -v "$program" >/dev/null || { echo "$PEER: needs the program $program" >&2; exit 1; }
  done
  mkdir -p "$RUN_DIR"
  (cd "$here" && go build -mod=readonly -o "$RUN_DIR/server" .)
}

# go_server MODULE METADATA: starts the program, which shows its metadata at that path, and prints where it is, with the
# version of the module.
go_server() {
  [[ -x $RUN_DIR/server ]] || fail "is not installed in $RUN_DIR; install.sh does that"
  idp_metadata
  nothing_runs_yet
  key_pair sp

  export IDP_METADATA PORT RUN_DIR
  in_background go "$RUN_DIR/server"
  answers "$base$2"

  local used
  used=$(go version -m "$RUN_DIR/server")
  echo "metadata=$base$2"
  echo "page=$base/"
  echo "version=${1#github.com/} $(awk -v name="$1" '$2 == name { print $3 }' <<<"$used"), $(go env GOVERSION)"
  echo "logs=$RUN_DIR/go.log"
}
