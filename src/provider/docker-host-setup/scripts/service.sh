# Does $ACTION (start, restart, or explain: show the end of the log) with Docker Engine by $INIT: systemd, service (sysv, openrc), or none: then dockerd itself,
# which /etc/clocker/start-docker lets a system container start again when it starts. Once the engine runs, removes the note $RESTART_DUE.
set -u
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
LOG=/var/log/docker.log
SOCKET=/var/run/docker.sock
PID_FILE=/var/run/docker.pid

explain() {
  if [ "$INIT" = systemd ]; then journalctl -u docker -n 10 --no-pager; else tail -n 10 "$LOG"; fi
}

with_systemd() {
  systemctl enable docker >/dev/null 2>&1
  systemctl "$ACTION" docker && return
  explain
  return 1
}

with_service() {
  service docker "$ACTION" && return
  explain
  return 1
}

directly() {
  mkdir -p /etc/clocker
  touch /etc/clocker/start-docker
  if [ "$ACTION" = restart ] || ! is_alive; then stop; start; fi
  wait_for_socket
}

is_alive() { [ -f "$PID_FILE" ] && kill -0 "$(cat "$PID_FILE")" 2>/dev/null; }

stop() {
  is_alive || return 0
  kill "$(cat "$PID_FILE")"
  for _ in $(seq 300); do is_alive || return 0; sleep 0.1; done
  echo "dockerd has not ended within 30 s" >&2
  return 1
}

start() {
  rm -f "$PID_FILE" "$SOCKET"
  setsid dockerd >>"$LOG" 2>&1 </dev/null &
  DOCKERD=$!
}

wait_for_socket() {
  for _ in $(seq 600); do
    if [ -S "$SOCKET" ]; then return 0; fi
    if [ -n "${DOCKERD:-}" ] && ! kill -0 "$DOCKERD" 2>/dev/null; then break; fi
    sleep 0.1
  done
  explain
  return 1
}

if [ "$ACTION" = explain ]; then explain; exit; fi

case $INIT in
  systemd) with_systemd ;;
  service) with_service ;;
  *) directly ;;
esac && rm -f "$RESTART_DUE"
