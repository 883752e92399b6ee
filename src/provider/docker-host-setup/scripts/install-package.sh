# Installs Docker Engine from the distribution's packages. Never upgrades a kernel, never removes a package, never restarts the machine.
set -u
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l NEEDRESTART_SUSPEND=1

has() { command -v "$1" >/dev/null 2>&1; }

install_with_apt() {
  if ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 && apt_install; then return; fi
  update_lists
  apt_install
}

apt_install() {
  apt-get install -y -q --no-install-recommends --no-remove -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 -o Dpkg::Options::=--force-confold \
    docker.io iptables ca-certificates $(client_package)
}

# From Debian 13 on the client is a package of its own, which docker.io only recommends.
client_package() {
  if ! has docker && apt-cache show docker-cli >/dev/null 2>&1; then echo docker-cli; fi
}

# apt has no option to wait for the lists' lock, which other tools hold after a boot. A third party's list that cannot be fetched is no reason to stop.
update_lists() {
  for attempt in $(seq 120); do
    output=$(apt-get update -q 2>&1)
    case $output in *'Could not get lock'*) sleep 5 ;; *) break ;; esac
  done
  echo "$output"
}

# Docker's own packages where their repository is set up, else the distribution's name for it (Fedora, Amazon Linux).
install_with_dnf() {
  for package in docker-ce moby-engine docker; do
    if "$1" -q list --available "$package" >/dev/null 2>&1; then
      "$1" install -y --setopt=install_weak_deps=False --exclude='kernel*' "$package"
      return
    fi
  done
  echo "no repository of this machine has docker-ce, moby-engine or docker" >&2
  return 1
}

if has apt-get; then install_with_apt
elif has dnf; then install_with_dnf dnf
elif has yum; then install_with_dnf yum
else
  echo "this machine has neither apt-get, dnf nor yum" >&2
  exit 1
fi
