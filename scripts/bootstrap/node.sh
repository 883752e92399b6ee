# Node and the dependencies from npm. Sourced, after say.sh and apt.sh, with ROOT set to the project's folder.

NODE_WANTED=24.15
STAMP=$ROOT/node_modules/.clocker-stamp

# bring_dependencies [all]: makes node_modules what package-lock.json says; `all` brings what development needs too. Returns at once when it is already so.
bring_dependencies() {
  if is_up_to_date "${1:-}"; then return; fi
  hold_lock_on_project
  if is_up_to_date "${1:-}"; then return; fi
  if ! is_installed "${1:-}"; then install_dependencies "${1:-}"; fi
  link_node
  write_stamp
}

# The newest enough Node: the system's, else the one that npm brought. Prints nothing when there is none.
find_node() {
  for node in "$(command -v node || true)" "$ROOT/node_modules/.bin/node"; do
    if [ -x "$node" ] && is_new_enough "$("$node" --version 2>/dev/null)"; then
      printf '%s\n' "$node"
      return
    fi
  done
}

is_new_enough() {
  version=${1#v}
  major=${version%%.*}
  rest=${version#*.}
  minor=${rest%%.*}
  case $major$minor in '' | *[!0-9]*) return 1 ;; esac
  [ "$major" -gt "${NODE_WANTED%.*}" ] || { [ "$major" -eq "${NODE_WANTED%.*}" ] && [ "$minor" -ge "${NODE_WANTED#*.}" ]; }
}

# npm 9 (Debian 12) leaves out the link to an executable named `node`; npm's own scripts need it too.
link_node() {
  for node in "$ROOT"/node_modules/node-linux-*/bin/node; do
    if [ -x "$node" ] && [ ! -e "$ROOT/node_modules/.bin/node" ]; then ln -s "../${node#"$ROOT"/node_modules/}" "$ROOT/node_modules/.bin/node"; fi
  done
}

# The stamp holds the lock file's hash and what was installed: `all`, or `run`.
is_up_to_date() {
  [ -f "$STAMP" ] || return 1
  read -r hash kind <"$STAMP" || return 1
  [ "$hash" = "$(lock_hash)" ] && { [ "${1:-}" != all ] || [ "$kind" = all ]; }
}

write_stamp() {
  kind=run
  if has_development_packages; then kind=all; fi
  printf '%s %s\n' "$(lock_hash)" "$kind" >"$STAMP.$$"
  mv "$STAMP.$$" "$STAMP"
}

lock_hash() { sha256sum "$ROOT/package-lock.json" | cut -d' ' -f1; }

has_development_packages() { [ -d "$ROOT/node_modules/typescript" ]; }

# Somebody may have run npm by hand: then there is nothing to do.
is_installed() {
  node=$(find_node)
  [ -n "$node" ] && "$node" "$ROOT/scripts/bootstrap/is-installed.mjs" "$ROOT" "${1:-run}"
}

# `npm install --no-save` takes the versions and hashes of the lock file, as `npm ci` does, but leaves what is right in place (others may be running
# from it), and does not fail where a registry lacks an optional package for some other platform.
install_dependencies() {
  has npm || bring_npm
  omit=--omit=dev
  if [ "$1" = all ] || has_development_packages; then omit=--include=dev; fi
  say "Installing Node and the dependencies with npm"
  log=$(mktemp "${TMPDIR:-/tmp}/clocker-npm.XXXXXX")
  (cd "$ROOT" && npm install --no-save "$omit" --no-progress --loglevel=error) >"$log" 2>&1 </dev/null 9>&- \
    || die "npm cannot install the dependencies; its last lines:" "$(tail -n 15 "$log")"
  rm -f "$log"
}

bring_npm() {
  if ! has apt-get; then
    die "Cannot find npm, which brings Node $NODE_WANTED and the dependencies" "Install Node $NODE_WANTED or newer with npm, then run the command again"
  fi
  is_root || die "Cannot find npm, and installing it needs root" "Run: sudo apt-get install --no-install-recommends nodejs npm"
  apt_install nodejs npm ca-certificates
}

# The lock is on a file that is there anyway, so that the project's folder may be read-only once all is installed.
hold_lock_on_project() {
  has flock || die "Cannot lock \"$ROOT\": flock is missing" "Run: apt-get install util-linux"
  exec 9<"$ROOT/package.json"
  flock -n 9 && return
  say "Waiting for another bootstrap of \"$ROOT\""
  flock -w 900 9 || die "Cannot lock \"$ROOT/package.json\": another bootstrap has held it for 900 s" "See which with: fuser -v $ROOT/package.json"
}
