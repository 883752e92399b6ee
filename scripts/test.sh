#!/usr/bin/env bash
# `npm test`: sets up what the tests need, then runs all of them: types, lint, direction of dependencies, unit and contract tests, and the end-to-end suite on
# real engines, real SSH and two `local` hosts. `npm test -- unit` runs one part: check, unit, contract, e2e.
set -eu

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
. scripts/bootstrap/say.sh
. scripts/bootstrap/apt.sh
. scripts/bootstrap/node.sh

PACKAGES="openssh-server openssh-client busybox-static debootstrap docker.io docker-registry iptables iproute2 procps sudo socat bash ca-certificates default-jre-headless"

main() {
  bring_dependencies all
  NODE=$(find_node)
  [ -n "$NODE" ] || die "Cannot find Node $NODE_WANTED or newer" "Install it, then run the command again"
  export PATH="$(dirname "$NODE"):$ROOT/node_modules/.bin:$PATH"
  export NODE_USE_SYSTEM_CA="${NODE_USE_SYSTEM_CA-1}"
  case ${1:-all} in
    check) check ;;
    unit) run_parts unit ;;
    contract) bring_packages && run_parts contract ;;
    e2e) bring_packages && bring_engine && run_parts e2e ;;
    all)
      check
      bring_packages
      bring_engine
      run_parts unit contract e2e
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

# One part after the other, as the later ones fill a small computer; all of them run, and the last line adds them up.
run_parts() {
  results=$(mktemp -d "${TMPDIR:-/tmp}/clocker-tests.XXXXXX")
  status=0
  for part in "$@"; do
    say "Running the $part tests"
    vitest run --project "$part" --reporter=default --reporter=json --outputFile.json="$results/$part.json" || status=1
  done
  node scripts/test-summary.ts "$results"/*.json || status=1
  rm -rf "$results"
  return "$status"
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
