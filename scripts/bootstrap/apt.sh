# Installing Debian and Ubuntu packages. Sourced, after say.sh.

APT_OPTIONS="-y -q --no-install-recommends -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Options::=--force-confold"

# apt_install PACKAGE...: installs what is missing; refreshes the package lists only when the first attempt fails or they are empty.
apt_install() {
  has apt-get || die "Cannot install $*: this is neither Debian nor Ubuntu" "Install $* with your distribution's package manager, then run the command again"
  is_root || die "Cannot install $* without root" "Run: sudo apt-get install --no-install-recommends $*"
  say "Installing $* with apt-get"
  APT_LOG=$(mktemp "${TMPDIR:-/tmp}/clocker-apt.XXXXXX")
  if apt_lists_exist && apt_try_install "$@"; then return; fi
  apt_update
  apt_try_install "$@" || die "Cannot install $*: apt-get failed; its last lines:" "$(tail -n 12 "$APT_LOG")"
}

apt_lists_exist() { ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1; }

apt_try_install() {
  # shellcheck disable=SC2086 # the options are words
  DEBIAN_FRONTEND=noninteractive apt-get install $APT_OPTIONS "$@" >"$APT_LOG" 2>&1 </dev/null
}

# The lists' own lock has no timeout option in apt, so an update that runs beside this one is waited for here. A third party's repository that
# cannot be reached must not stop the install: what counts is whether the packages are found.
apt_update() {
  tries=0
  until apt-get update -q >"$APT_LOG" 2>&1 </dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -ge 60 ] || ! grep -q 'Could not get lock' "$APT_LOG"; then break; fi
    sleep 2
  done
}
