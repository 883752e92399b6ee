# Messages and locks that the bootstrap scripts share. Sourced, never run. People read standard error; standard output carries results.

say() { printf 'clocker: %s\n' "$*" >&2; }

die() {
  say "$1"
  if [ $# -gt 1 ]; then printf '         %s\n' "$2" >&2; fi
  exit 1
}

is_root() { [ "$(id -u)" = 0 ]; }

has() { command -v "$1" >/dev/null 2>&1; }

# hold_lock FILE SECONDS: one bootstrap at a time; the lock goes with the process. Descriptor 9 is reserved for it: long-lived children close it.
hold_lock() {
  mkdir -p "$(dirname "$1")"
  has flock || die "Cannot lock \"$1\": flock is missing" "Run: apt-get install util-linux"
  exec 9>"$1"
  flock -n 9 && return
  say "Waiting for another bootstrap that holds \"$1\""
  flock -w "$2" 9 || die "Cannot lock \"$1\": another bootstrap has held it for $2 s" "See which with: fuser -v $1"
}
