#!/bin/sh
# Makes a bare 64-bit Raspberry Pi OS (Debian 12 or later) an entrance. Run it as root from an
# unpacked release; run it again and it changes only what is not as it should be.
#   install.sh [--key <public key of releases>] [--boot <boot partition>] [--no-start]
set -eu
release=$(dirname "$(readlink -f "$0")")/../..
release=$(readlink -f "$release")
home=/opt/gatehouse
boot=/boot/firmware
key='' start=yes changed=no
while [ $# -gt 0 ]; do
  case $1 in
    --key) key=$2 && shift ;;
    --boot) boot=$2 && shift ;;
    --no-start) start=no ;;
    *) echo "install.sh: $1 is not known" >&2 && exit 2 ;;
  esac
  shift
done
[ "$(id -u)" = 0 ] || { echo 'install.sh: run it as root (sudo)' >&2 && exit 1; }
here=$release/provisioning/pi
version=$(sed -n 's/^ *"version": *"\([0-9A-Za-z.+-]*\)".*/\1/p' "$release/package.json" | head -n 1)
[ -n "$version" ] || { echo 'install.sh: this is no release: package.json' >&2 && exit 1; }

say() {
  changed=yes
  echo "$1"
}

# put <mode> <from> <to>: a file as it should be, written whole or not at all
put() {
  if ! cmp -s "$2" "$3"; then
    mkdir -p "$(dirname "$3")"
    cp "$2" "$3.new"
    chmod "$1" "$3.new"
    sync "$3.new"
    mv -f "$3.new" "$3"
    say "wrote $3"
  fi
}

folder() {
  [ -d "$3" ] || say "made $3"
  install -d -m "$1" -o "$2" -g "$2" "$3"
}

if ! getent passwd gatehouse >/dev/null; then
  useradd --system --user-group --home-dir /var/lib/gatehouse --no-create-home \
    --shell /usr/sbin/nologin gatehouse
  say 'made the user gatehouse'
fi
for group in dialout video gpio render; do
  if getent group "$group" >/dev/null && ! id -nG gatehouse | tr ' ' '\n' | grep -qx "$group"; then
    usermod -a -G "$group" gatehouse
    say "gatehouse is in the group $group"
  fi
done

folder 0755 root /etc/gatehouse
folder 0755 root "$home"
folder 0755 root "$home/releases"
folder 0700 gatehouse /var/lib/gatehouse

# the release, unless it is there: releases never change
if [ ! -d "$home/releases/$version" ]; then
  rm -rf "$home/releases/.new-$version"
  cp -a "$release" "$home/releases/.new-$version"
  chown -R root:root "$home/releases/.new-$version"
  chmod -R u+rwX,go+rX,go-w "$home/releases/.new-$version"
  sync
  mv "$home/releases/.new-$version" "$home/releases/$version"
  say "release $version"
fi
# an update has its own way to switch, with a trial: the installer only makes a beginning
if [ ! -e "$home/current" ]; then
  ln -sfn "releases/$version" "$home/current.new"
  mv -fT "$home/current.new" "$home/current"
  say "current release is $version"
fi

put 0755 "$here/select-release" "$home/select-release"
put 0755 "$here/apply-wifi" "$home/apply-wifi"
put 0755 "$here/nmcli" "$home/bin/nmcli"
[ -z "$key" ] || put 0644 "$key" /etc/gatehouse/release-key.pem
[ -e /etc/gatehouse/gateway.json ] || put 0644 "$here/gateway.json" /etc/gatehouse/gateway.json
put 0644 "$here/70-gatehouse.rules" /etc/udev/rules.d/70-gatehouse.rules
put 0644 "$here/journald.conf" /etc/systemd/journald.conf.d/gatehouse.conf
put 0644 "$here/system.conf" /etc/systemd/system.conf.d/gatehouse.conf
for unit in gatehouse-gateway.service gatehouse-wifi.path gatehouse-wifi.service; do
  put 0644 "$here/units/$unit" "/etc/systemd/system/$unit"
done
if [ "$(readlink /usr/local/bin/gatehouse || true)" != "$home/current/provisioning/pi/gatehouse" ]; then
  ln -sfn "$home/current/provisioning/pi/gatehouse" /usr/local/bin/gatehouse
  say 'the command gatehouse'
fi
# a pin falls back when its holder dies; Raspberry Pi OS keeps its level otherwise
if [ -f "$boot/config.txt" ] && ! grep -q '^dtparam=strict_gpiod' "$boot/config.txt"; then
  cp "$boot/config.txt" "$boot/config.txt.new"
  printf '\n[all]\ndtparam=strict_gpiod\n' >>"$boot/config.txt.new"
  sync "$boot/config.txt.new"
  mv -f "$boot/config.txt.new" "$boot/config.txt"
  say 'strict_gpiod in config.txt; it counts after a restart'
fi

command -v python3 >/dev/null || echo 'note: pins of the Pi need python3 (apt-get install python3)' >&2
if command -v systemctl >/dev/null; then
  systemctl is-enabled -q gatehouse-gateway.service 2>/dev/null || {
    systemctl enable -q gatehouse-gateway.service gatehouse-wifi.path
    say 'starts with the machine'
  }
  if [ -d /run/systemd/system ] && [ "$start" = yes ]; then
    if [ "$changed" = yes ]; then
      systemctl daemon-reload
      udevadm control --reload && udevadm trigger --subsystem-match=tty
    fi
    # a gateway at work is left at work: doors may be open
    systemctl start gatehouse-wifi.path gatehouse-gateway.service
  fi
fi
[ "$changed" = yes ] || echo "Gatehouse $version is installed, nothing to do"
