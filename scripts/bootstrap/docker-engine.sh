#!/usr/bin/env bash
# Brings a Docker Engine to this computer, only when none answers: installs Debian's or Ubuntu's docker.io and starts it, with systemd where it runs,
# else dockerd itself. Prints the engine's endpoint (unix:///...) on standard output. Doing it again does nothing.
set -eu

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/say.sh"
. "$here/apt.sh"

ENDPOINT=${DOCKER_HOST:-unix:///var/run/docker.sock}
SOCKET=${ENDPOINT#unix://}
LOG=${CLOCKER_DOCKERD_LOG:-/var/log/clocker-dockerd.log}
PID_FILE=/var/run/docker.pid
ASK_WITH_NODE='const [, e] = process.argv, at = e.startsWith("unix://") ? { socketPath: e.slice(7), path: "/version" } : e.replace(/^tcp:/, "http:") + "/version";
require("http").get(at, (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on("error", () => process.exit(1));'
START_SECONDS=${CLOCKER_DOCKERD_START_SECONDS:-90}

main() {
  if engine_answers; then finish; fi
  refuse_what_cannot_be_brought
  hold_lock /run/clocker-docker-engine.lock 900
  if engine_answers; then finish; fi
  has dockerd || apt_install docker.io iptables ca-certificates
  install_client
  if ! engine_answers; then start_engine; fi
  finish
}

finish() {
  printf '%s\n' "$ENDPOINT"
  exit 0
}

# From Debian 13 on the client is a package of its own, which docker.io only recommends.
install_client() {
  has docker && return
  if apt-cache show docker-cli >/dev/null 2>&1; then apt_install docker-cli; return; fi
  has curl || has node || apt_install curl
}

engine_answers() {
  if has docker; then
    timeout 10 docker -H "$ENDPOINT" version --format '{{.Server.APIVersion}}' >/dev/null 2>&1
  elif has curl; then
    ask_with_curl >/dev/null 2>&1
  elif has node; then
    timeout 10 node -e "$ASK_WITH_NODE" "$ENDPOINT" >/dev/null 2>&1
  else
    return 1
  fi
}

ask_with_curl() {
  case $ENDPOINT in
    unix://*) curl -fsS --noproxy '*' --max-time 10 --unix-socket "$SOCKET" http://localhost/version ;;
    *) curl -fsS --max-time 10 "http://${ENDPOINT#*://}/version" ;;
  esac
}

refuse_what_cannot_be_brought() {
  case $ENDPOINT in
    unix:///var/run/docker.sock | unix:///run/docker.sock) ;;
    *) die "No Docker Engine answers at DOCKER_HOST \"$ENDPOINT\"" "Start that engine, or unset DOCKER_HOST to have one installed here" ;;
  esac
  is_root && return
  if [ -S "$SOCKET" ] && [ ! -w "$SOCKET" ]; then
    die "Cannot use the Docker Engine at \"$SOCKET\": permission denied" "Run: sudo usermod -aG docker $(id -un), then log in again"
  fi
  die "No Docker Engine answers at \"$SOCKET\", and installing one needs root" "Run: sudo $here/docker-engine.sh"
}

start_engine() {
  if [ -d /run/systemd/system ]; then
    say "Starting Docker Engine with systemd"
    systemctl enable --now docker >&2 || die "systemd cannot start docker" "See: journalctl -u docker"
  else
    start_dockerd
  fi
  wait_until_it_answers
}

# The log and the pid outlive this script; the lock's descriptor must not, or the next bootstrap would wait for the engine to end.
start_dockerd() {
  say "Starting Docker Engine itself, as no systemd runs here (log: $LOG)"
  mount_cgroups
  if [ -f "$PID_FILE" ] && ! kill -0 "$(cat "$PID_FILE")" 2>/dev/null; then rm -f "$PID_FILE"; fi
  setsid dockerd -H "$ENDPOINT" --log-level warn >>"$LOG" 2>&1 </dev/null 9>&- &
  DOCKERD=$!
}

mount_cgroups() {
  if mountpoint -q /sys/fs/cgroup || grep -q ' /sys/fs/cgroup/' /proc/mounts; then return; fi
  say "Mounting /sys/fs/cgroup"
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
}

wait_until_it_answers() {
  deadline=$((SECONDS + START_SECONDS))
  until engine_answers; do
    if [ -n "${DOCKERD:-}" ] && ! kill -0 "$DOCKERD" 2>/dev/null; then fail_with_log "it ended"; fi
    if [ "$SECONDS" -ge "$deadline" ]; then fail_with_log "it has not answered for $START_SECONDS s"; fi
    sleep 0.3
  done
}

fail_with_log() {
  say "Docker Engine did not start: $1; last lines of its log:"
  if [ -f "$LOG" ]; then tail -n 15 "$LOG" >&2; fi
  exit 1
}

main "$@"
