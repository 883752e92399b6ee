# Starts or restarts ($ACTION) Docker Engine by $INIT: systemd, service (sysv, openrc), or none: then dockerd itself, which /etc/clocker/start-docker lets a
# system container start again when it starts. Then removes the note $RESTART_DUE.
set -u
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
LOG=/var/log/docker.log
SOCKET=/var/run/docker.sock
PID_FILE=/var/run/docker.pid

with_systemd() {
  systemctl enable docker >/dev/null 2>&1
  systemctl "$ACTION" docker && return
  journalctl -u docker -n 20 --no-pager
  return 1
}

with_service() {
  service docker "$ACTION" && return
  tail -n 20 "$LOG"
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
  echo "dockerd has no socket; last lines of $LOG:" >&2
  tail -n 15 "$LOG" >&2
  return 1
}

case $INIT in
  systemd) with_systemd ;;
  service) with_service ;;
  *) directly ;;
esac && rm -f "$RESTART_DUE"
