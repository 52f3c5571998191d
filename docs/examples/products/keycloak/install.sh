#!/bin/sh
# Puts Keycloak 26.4.7 from Maven Central (152 MiB) into .rehearsal. Needs Maven and Python 3 to fetch and unpack it.
# Skipped if KEYCLOAK_HOME names a Keycloak that is there already.
set -e
cd "$(dirname "$0")"
version=26.4.7
if [ -n "$KEYCLOAK_HOME" ] || [ -d .rehearsal/keycloak-$version ]; then exit 0; fi
mkdir -p .rehearsal
cd .rehearsal
mvn --quiet --batch-mode dependency:copy -DoutputDirectory=. -Dmdep.useBaseVersion=true \
  -Dartifact=org.keycloak:keycloak-quarkus-dist:$version:zip
python3 -m zipfile -e keycloak-quarkus-dist-$version.zip .
rm keycloak-quarkus-dist-$version.zip
