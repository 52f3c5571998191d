# Shared by the install.sh scripts of peers that are Debian packages.

# debian_packages NAME…: installs the missing packages, as root. Prints nothing if there are none.
debian_packages() {
  local name missing=()
  for name; do
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
  done
  if [[ ${#missing[@]} -eq 0 ]]; then return; fi
  echo "apt-get installs ${missing[*]} and what they need"
  [[ $(id -u) == 0 ]] || { echo "this needs root" >&2; exit 1; }
  # An outdated package list names files that no longer exist.
  apt-get update --quiet=2
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends \
    --option=DPkg::Lock::Timeout=600 "${missing[@]}"
}
