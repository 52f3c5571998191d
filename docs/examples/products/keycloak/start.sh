#!/bin/sh
# Starts Keycloak on http://127.0.0.1:8503 and its client, the portal, on http://127.0.0.1:8504, and returns when both
# respond. Needs Java 17 and Node.js 22. Keycloak's data is in memory.
set -e
cd "$(dirname "$0")"
home=${KEYCLOAK_HOME:-$PWD/.rehearsal/keycloak-26.4.7}
mkdir -p .rehearsal
for port in 8503 8504; do
  if curl --silent --output /dev/null http://127.0.0.1:$port/; then
    echo "keycloak: something already listens on port $port; ./stop.sh ends what ./start.sh started" >&2
    exit 1
  fi
done

in_background() {
  name=$1
  shift
  nohup "$@" >.rehearsal/"$name".log 2>&1 </dev/null &
  echo $! >.rehearsal/"$name".pid
}

# until_ready NAME URL: waits until the URL responds, at most four minutes.
until_ready() {
  turn=0
  until curl --silent --fail --output /dev/null "$2"; do
    turn=$((turn + 1))
    if [ $turn -gt 480 ] || ! kill -0 "$(cat .rehearsal/"$1".pid)" 2>/dev/null; then
      echo "keycloak: $1 did not start:" >&2
      tail -n 20 .rehearsal/"$1".log >&2
      exit 1
    fi
    sleep 0.5
  done
}

export KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=admin JAVA_OPTS_APPEND=-Xmx768m
in_background keycloak bash "$home"/bin/kc.sh start-dev --db=dev-mem --http-host=127.0.0.1 --http-port=8503
until_ready keycloak http://127.0.0.1:8503/realms/master
node realm.mjs
in_background portal node portal.mjs
until_ready portal http://127.0.0.1:8504/
echo "keycloak: the portal is at http://127.0.0.1:8504/"
