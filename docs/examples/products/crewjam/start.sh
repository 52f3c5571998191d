#!/bin/sh
# Starts the portal on http://127.0.0.1:8505 and returns when it responds. Its key is new each time.
set -e
cd "$(dirname "$0")"
mkdir -p .rehearsal
if curl --silent --output /dev/null http://127.0.0.1:8505/; then
  echo "crewjam: something already listens on port 8505; ./stop.sh ends what ./start.sh started" >&2
  exit 1
fi
nohup .rehearsal/portal >.rehearsal/server.log 2>&1 </dev/null &
echo $! >.rehearsal/pid
turn=0
until curl --silent --fail --output /dev/null http://127.0.0.1:8505/saml/metadata; do
  turn=$((turn + 1))
  if [ $turn -gt 150 ] || ! kill -0 "$(cat .rehearsal/pid)" 2>/dev/null; then
    echo "crewjam: the portal did not start:" >&2
    tail -n 20 .rehearsal/server.log >&2
    exit 1
  fi
  sleep 0.2
done
echo "crewjam: the portal is at http://127.0.0.1:8505/"
