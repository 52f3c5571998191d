# Shared by the scripts of peers whose packages come from PyPI. install.sh sources it with PEER set; start.sh sources it
# after background.sh.
here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
RUN_DIR=${RUN_DIR:-$(cd "$here/../../../.." && pwd)/.rehearsal/peers/$PEER}
python=$RUN_DIR/venv/bin/python

# Installs the packages of requirements.txt, which names all of them, into a virtual environment in RUN_DIR.
python_packages() {
  # Copied only after pip has finished.
  if cmp --silent "$here/requirements.txt" "$RUN_DIR/installed.txt"; then return; fi

  echo "$PEER: pip installs the packages of requirements.txt into $RUN_DIR"
  mkdir -p "$RUN_DIR"
  # Debian's Python; the path may have another one first.
  /usr/bin/python3 -m venv --clear "$RUN_DIR/venv"
  "$python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$here/requirements.txt"
  cp "$here/requirements.txt" "$RUN_DIR/installed.txt"
}

# python_server PROGRAM METADATA SIGN_IN: starts it, with pages.py within its reach, and prints where it is.
python_server() {
  export IDP_METADATA PORT RUN_DIR PYTHONPATH=$here/..
  in_background python "$python" -B "$1"
  answers "$base$2"

  echo "metadata=$base$2"
  echo "signIn=$base$3"
  echo "page=$base/"
  echo "logs=$RUN_DIR/python.log"
}

python_installed() {
  cmp --silent "$here/requirements.txt" "$RUN_DIR/installed.txt" ||
    fail "is not installed in $RUN_DIR; install.sh does that"
}

# python_versions NAME…: each with its version, and Python's.
python_versions() {
  local name
  for name; do printf '%s, ' "$name $(sed -n "s/^$name==//p" "$here/requirements.txt")"; done
  "$python" --version
}
