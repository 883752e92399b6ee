#!/usr/bin/env bash
# `npm test`: sets up what the tests need, then runs all of them: types, lint, direction of dependencies, unit and contract tests, and the end-to-end suite on
# real engines, real SSH and two `local` hosts. `npm test -- unit` runs one part: check, unit, contract, e2e.
set -eu

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
. scripts/bootstrap/say.sh
. scripts/bootstrap/apt.sh
. scripts/bootstrap/node.sh

PACKAGES="openssh-server openssh-client busybox-static debootstrap docker.io docker-registry iptables iproute2 procps sudo socat bash ca-certificates"

main() {
  bring_dependencies all
  NODE=$(find_node)
  [ -n "$NODE" ] || die "Cannot find Node $NODE_WANTED or newer" "Install it, then run the command again"
  export PATH="$(dirname "$NODE"):$ROOT/node_modules/.bin:$PATH"
  case ${1:-all} in
    check) check ;;
    unit) vitest run --project unit ;;
    contract) bring_packages && vitest run --project contract ;;
    e2e) bring_packages && bring_engine && vitest run --project e2e ;;
    all)
      check
      bring_packages
      bring_engine
      vitest run
      ;;
    *) die "Unknown part of the tests: $1" "Use check, unit, contract or e2e, or none for all" ;;
  esac
}

check() {
  say "Checking types, lint, the direction of dependencies and the generated reference"
  tsc --noEmit
  oxlint
  node scripts/check-dependencies.ts
  node scripts/generate-docs.ts --check
}

bring_packages() {
  missing=""
  for package in $PACKAGES; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
  done
  # shellcheck disable=SC2086 # the packages are words
  [ -z "$missing" ] || apt_install $missing
}

bring_engine() {
  scripts/bootstrap/docker-engine.sh >/dev/null
}

main "$@"
