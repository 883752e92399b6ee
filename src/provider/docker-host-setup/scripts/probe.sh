# Tells how Docker Engine stands on this machine, as name=value lines.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

has() { command -v "$1" >/dev/null 2>&1; }
yes_if() { if "$@"; then echo yes; else echo no; fi; }

init_system() {
  if [ -d /run/systemd/system ]; then echo systemd; return; fi
  case $(cat /proc/1/comm 2>/dev/null) in
    init | openrc-init) if has service && [ -e /etc/init.d/docker ]; then echo service; return; fi ;;
  esac
  echo none
}

package_manager() {
  for manager in apt-get dnf yum; do
    if has "$manager"; then echo "$manager"; return; fi
  done
  echo none
}

# Of the interface that leads outside: containers whose packets are larger than it takes lose them on some networks.
outside_mtu() {
  device=$(awk '$2 == "00000000" && $8 == "00000000" {print $1; exit}' /proc/net/route 2>/dev/null)
  cat "/sys/class/net/$device/mtu" 2>/dev/null || echo 0
}

echo "engine=$(yes_if has dockerd)"
echo "init=$(init_system)"
echo "packages=$(package_manager)"
echo "brought=$(yes_if test -f /etc/clocker/brought-docker)"
echo "restartDue=$(yes_if test -f /etc/clocker/docker-restart-due)"
echo "mtu=$(outside_mtu)"
echo "root=$(yes_if test "$(id -u)" = 0)"
