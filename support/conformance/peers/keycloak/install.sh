#!/usr/bin/env bash
# Installs Keycloak into RUN_DIR: 170 megabytes from Maven Central, which Maven verifies. Java, Maven and unzip come
# from Debian's packages, as root. Starts nothing.
set -euo pipefail
PEER=keycloak
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../debian.sh"
VERSION=$(<"$here/version")
RUN_DIR=${RUN_DIR:-$(cd "$here/../../../.." && pwd)/.rehearsal/peers/$PEER}
home=$RUN_DIR/keycloak-$VERSION
debian_packages openjdk-17-jre-headless maven unzip curl openssl

# Written only after all has finished.
if [[ -e $home/installed ]]; then exit; fi
echo "$PEER: Maven downloads Keycloak $VERSION into $RUN_DIR"
mkdir -p "$RUN_DIR"
(cd "$RUN_DIR" && mvn --quiet --batch-mode dependency:copy -DoutputDirectory=. -Dmdep.useBaseVersion=true \
  "-Dartifact=org.keycloak:keycloak-quarkus-dist:$VERSION:zip")
rm -rf "$home"
unzip -q "$RUN_DIR/keycloak-quarkus-dist-$VERSION.zip" -d "$RUN_DIR"
rm "$RUN_DIR/keycloak-quarkus-dist-$VERSION.zip"
"$home/bin/kc.sh" build --db=dev-mem
touch "$home/installed"
