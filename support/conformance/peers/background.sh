# Sourced by the start.sh and stop.sh of every peer, with PEER and PORT set.
# Runs programs in the background and records their pids. Ends only recorded processes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
RUN_DIR=${RUN_DIR:-$project/.rehearsal/peers/$PEER}
mkdir -p "$RUN_DIR"
RUN_DIR=$(cd "$RUN_DIR" && pwd)
base=http://127.0.0.1:$PORT

fail() {
  echo "$PEER: $*" >&2
  exit 1
}

# Start time of a process, in clock ticks since boot: distinguishes it from a later process with the same pid.
begun() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  cut -d ' ' -f 20 <<<"${stat##*) }"
}

# Prints the pid recorded in a file if that same process is still running.
running() {
  local pid since
  read -r pid since <"$1" || return 0
  if [[ -n $since && $(begun "$pid") == "$since" ]]; then echo "$pid"; fi
}

nothing_runs_yet() {
  local note
  for note in "$RUN_DIR"/*.pid; do
    if [[ -e $note && -n $(running "$note") ]]; then
      fail "already runs as process $(running "$note"); stop.sh ends it"
    fi
    rm -f "$note"
  done
  if (: <>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
    fail "something else listens on 127.0.0.1:$PORT; choose another port by PORT"
  fi
}

# in_background NAME COMMAND…: runs the command, with its output in NAME.log.
in_background() {
  local name=$1
  shift
  setsid "$@" </dev/null >"$RUN_DIR/$name.log" 2>&1 &
  echo "$! $(begun $!)" >"$RUN_DIR/$name.pid"
}

# Ends the recorded processes with SIGTERM, and kills children that are alive five seconds later.
end_all() {
  local note pid turn
  for note in "$RUN_DIR"/*.pid; do
    [[ -e $note ]] || continue
    pid=$(running "$note")
    if [[ -n $pid ]]; then
      kill -TERM "$pid" 2>/dev/null || true
      for ((turn = 0; turn < 100; turn++)); do
        [[ -n $(running "$note") ]] || break
        sleep 0.05
      done
      if [[ -n $(running "$note") ]]; then
        kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
      fi
    fi
    rm -f "$note"
  done
}

# answers URL [SECONDS]: waits for status 200 at the URL, by default 30 seconds. Fails at once if a program has ended.
answers() {
  local url=$1 turns=$((${2:-30} * 10)) turn note status
  for ((turn = 0; turn < turns; turn++)); do
    status=$(curl --silent --output /dev/null --max-time 5 --write-out '%{http_code}' "$url" || true)
    if [[ $status == 200 ]]; then return 0; fi
    for note in "$RUN_DIR"/*.pid; do
      if [[ -z $(running "$note") ]]; then
        tail -n 20 "${note%.pid}.log" >&2
        end_all
        fail "$(basename "$note" .pid) has ended before it answered"
      fi
    done
    sleep 0.1
  done
  end_all
  fail "$url does not answer; see the logs in $RUN_DIR"
}

# key_pair NAME: an RSA-2048 key with a self-signed certificate, kept between runs.
key_pair() {
  mkdir -p "$RUN_DIR/keys"
  [[ -s $RUN_DIR/keys/$1.crt ]] || (
    umask 077 && openssl req -x509 -newkey rsa:2048 -noenc -days 1095 -subj "/CN=$PEER" \
      -keyout "$RUN_DIR/keys/$1.key" -out "$RUN_DIR/keys/$1.crt" 2>/dev/null
  )
}

# secret NAME: 32 random bytes, kept between runs.
secret() {
  mkdir -p "$RUN_DIR/keys"
  [[ -s $RUN_DIR/keys/$1 ]] || (umask 077 && openssl rand -hex 32 >"$RUN_DIR/keys/$1")
}

idp_metadata() {
  [[ -s ${IDP_METADATA:-} ]] || fail "IDP_METADATA must name a file with the identity provider's metadata"
  IDP_METADATA=$(realpath "$IDP_METADATA")
}

# As in the metadata, so escaped for XML.
idp_entity_id() { grep --only-matching --max-count=1 'entityID="[^"]*"' "$IDP_METADATA" | head -n 1 | cut -d '"' -f 2; }

# Version of a package, or of the first one that matches a pattern.
debian_version() { dpkg-query --show --showformat='${Version}\n' "$1" | grep --max-count=1 .; }

# filled FILE NAME…: the text of the file, with each @NAME@ replaced by that variable.
filled() {
  local text name
  text=$(<"$1")
  shift
  for name; do text=${text//"@$name@"/"${!name}"}; done
  printf '%s\n' "$text"
}
