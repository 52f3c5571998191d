#!/bin/sh
# Installs the packages of package.json beside this file. Needs Node.js 22 and npm.
set -e
cd "$(dirname "$0")"
npm install --ignore-scripts --no-package-lock --no-audit --no-fund
