# Sourced by the start.sh of peers that are modules of Apache, after background.sh.

# apache FILE: runs Apache with this configuration, in which ${RUN_DIR}, ${PORT} and ${here} may stand.
apache() {
  # Apache does not run as root, and another account might have no access to this folder. So if root starts it, it runs
  # as www-data with one of root's rights: to read and write any file.
  local as=()
  if [[ $(id -u) == 0 ]]; then
    as=(setpriv --reuid www-data --regid www-data --clear-groups)
    as+=(--inh-caps +dac_override --ambient-caps +dac_override)
  fi
  export RUN_DIR PORT here
  in_background apache "${as[@]}" apache2 -f "$1" -D FOREGROUND
}
