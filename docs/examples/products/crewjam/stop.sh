#!/bin/sh
# Ends the process that start.sh started, and no other.
cd "$(dirname "$0")" || exit 1
[ -f .rehearsal/pid ] || exit 0
pid=$(cat .rehearsal/pid)
case $(ps -o args= -p "$pid") in *.rehearsal/portal*) kill "$pid" ;; esac
rm .rehearsal/pid
