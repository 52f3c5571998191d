#!/bin/sh
# Ends the processes that start.sh started, and no others.
cd "$(dirname "$0")" || exit 1
for name in portal keycloak; do
  [ -f .rehearsal/$name.pid ] || continue
  pid=$(cat .rehearsal/$name.pid)
  case $(ps -o args= -p "$pid") in *portal.mjs* | *kc.sh* | *keycloak*) kill "$pid" ;; esac
  rm .rehearsal/$name.pid
done
