#!/usr/bin/env bash
# Makes the root file system of a Debian or Ubuntu base image with debootstrap, as a tar.gz: the way to an image where no registry answers.
# Usage: base-rootfs.sh FILE, with in the environment
#   CLOCKER_SUITE, CLOCKER_MIRROR, CLOCKER_COMPONENTS  what to install and from where (`bookworm`, an http(s) URL, `main`)
#   CLOCKER_SOURCES   the text of the image's /etc/apt/sources.list
#   CLOCKER_KEYRING   package that holds the archive's keys (`debian-archive-keyring`)
# The file appears whole or not at all; when it is there already nothing is done.
set -eu

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/say.sh"
. "$here/apt.sh"

OUT=$1
WORK=$OUT.work
ROOTFS=$WORK/rootfs

main() {
  if [ -f "$OUT" ]; then return; fi
  is_root || die "Cannot make a base image without root, as debootstrap needs it" "Run the command as root, or give Docker Engine access to a registry"
  hold_lock "$OUT.lock" 1800
  if [ -f "$OUT" ]; then return; fi
  has debootstrap && has_keys || apt_install debootstrap ca-certificates "$CLOCKER_KEYRING"
  remove_work
  trap remove_work EXIT
  trap 'exit 143' TERM INT HUP
  mkdir -p "$ROOTFS"
  bootstrap
  strip
  forbid_services
  configure_apt
  pack
}

# What an interrupted run left may hold mounts of /proc and /sys: never walk into them.
remove_work() {
  [ -d "$WORK" ] || return 0
  for mounted in $(awk -v under="$ROOTFS/" 'index($2, under) == 1 {print $2}' /proc/mounts | sort -r); do umount -l "$mounted"; done
  rm -rf --one-file-system "$WORK"
}

has_keys() { dpkg-query -W "$CLOCKER_KEYRING" >/dev/null 2>&1; }

bootstrap() {
  say "Making a $CLOCKER_SUITE base image with debootstrap from $CLOCKER_MIRROR"
  debootstrap --variant=minbase --include=ca-certificates --components="$CLOCKER_COMPONENTS" "$CLOCKER_SUITE" "$ROOTFS" "$CLOCKER_MIRROR" \
    >"$WORK/log" 2>&1 </dev/null 9>&- || die "debootstrap failed; its last lines:" "$(tail -n 15 "$WORK/log")"
}

# As the distribution's own "slim" images do: copyright notices stay, what nobody reads in a container goes, now and at later installs.
strip() {
  cat >"$ROOTFS/etc/dpkg/dpkg.cfg.d/clocker-slim" <<'END'
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/lintian/*
END
  printf 'APT::Install-Recommends "false";\n' >"$ROOTFS/etc/apt/apt.conf.d/90clocker-slim"
  cd "$ROOTFS"
  find usr/share/doc -mindepth 1 ! -type d ! -name copyright -delete
  find usr/share/doc -mindepth 1 -type d -empty -delete
  rm -rf usr/share/man/* usr/share/info usr/share/locale/* usr/share/lintian
  rm -rf var/lib/apt/lists/* var/cache/apt/*.bin var/cache/apt/archives/*.deb var/cache/debconf/*-old var/lib/dpkg/*-old
  find var/log -type f -delete
  rm -f etc/hostname etc/resolv.conf etc/machine-id
  cd - >/dev/null
}

# As in the distribution's own images: there is no init system in a container, so that installing a package starts nothing.
forbid_services() {
  printf '#!/bin/sh\nexit 101\n' >"$ROOTFS/usr/sbin/policy-rc.d"
  chmod 755 "$ROOTFS/usr/sbin/policy-rc.d"
}

configure_apt() { printf '%s\n' "$CLOCKER_SOURCES" >"$ROOTFS/etc/apt/sources.list"; }

pack() {
  tar --numeric-owner --one-file-system --sort=name -C "$ROOTFS" --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' -cf - . | gzip -6 >"$OUT.partial"
  mv "$OUT.partial" "$OUT"
}

main
