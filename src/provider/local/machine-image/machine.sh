#!/bin/bash
# The main process of a local machine: does at start what a boot does on a computer, then runs sshd, and stops Docker Engine in good order at the end.
# Host set-up starts Docker Engine over SSH, as on any machine, and leaves /etc/clocker/start-docker where no init system does it at boot: then it is started here.
set -u

main() {
  mount -o remount,rw /sys || echo "clocker-machine: cannot remount /sys read-write" >&2
  prepare_cgroups
  [ -f /etc/docker/daemon.json ] || write_daemon_config
  mkdir -p /run/sshd /run/lock
  trap stop TERM INT
  /usr/sbin/sshd -D -e &
  sshd=$!
  if [ -f /etc/clocker/start-docker ]; then setsid dockerd >>/var/log/docker.log 2>&1 </dev/null & fi
  wait "$sshd"
}

stop() {
  if [ -f /run/docker.pid ]; then
    dockerd=$(cat /run/docker.pid)
    kill "$dockerd" 2>/dev/null
    for _ in $(seq 80); do kill -0 "$dockerd" 2>/dev/null || break; sleep 0.1; done
  fi
  kill "$sshd" 2>/dev/null
  exit 0
}

# cgroup v2: a group with processes in it cannot have children, so this machine's processes move aside, and its children get every controller.
prepare_cgroups() {
  cgroups=/sys/fs/cgroup
  [ -f "$cgroups/cgroup.controllers" ] || return 0
  mount -o remount,rw "$cgroups"
  mkdir -p "$cgroups/init"
  while read -r pid; do echo "$pid" >"$cgroups/init/cgroup.procs" 2>/dev/null; done <"$cgroups/cgroup.procs"
  for controller in $(cat "$cgroups/cgroup.controllers"); do echo "+$controller" >"$cgroups/cgroup.subtree_control" 2>/dev/null; done
}

# Containers of the engine in this machine belong below the machine's own control group: its limits hold for them, and they go with it. On cgroup v1 the
# machine sees its host's groups, so the engine has to be told. Name servers and the MTU are the host's: the engine network's own name server, which
# /etc/resolv.conf names, answers only inside this machine.
write_daemon_config() {
  mkdir -p /etc/docker
  {
    echo '{'
    group=$(sed -n 's/^[0-9]*:memory:\(.*\)$/\1/p' /proc/self/cgroup)
    if [ -n "$group" ]; then printf '  "cgroup-parent": "%s/docker",\n' "${group%/}"; fi
    if [ -n "${CLOCKER_MTU:-}" ]; then printf '  "mtu": %s,\n' "$CLOCKER_MTU"; fi
    printf '  "dns": ['
    separator=''
    for server in ${CLOCKER_DNS:-}; do printf '%s"%s"' "$separator" "$server"; separator=', '; done
    printf ']\n}\n'
  } >/etc/docker/daemon.json
}

main
