#!/bin/sh
# Boots this machine's own systemd a second time, in namespaces of its own: over a copy in memory
# of the file system, without its network, devices or processes. `boot-machine.sh CGROUP CHECKOUT`
set -eu
checkout=$2
if [ "$1" != inside ]; then
  # a branch of its own, or it would take over those of its host
  mkdir "$1"
  echo $$ >"$1/cgroup.procs"
  exec unshare --mount --pid --fork --net --uts --ipc --cgroup --kill-child "$0" inside "$checkout"
fi

mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
cd /mnt/root
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
ln -s /proc/self/fd dev/fd

mkdir -p opt/gatehouse/current etc/gatehouse var/lib/gatehouse etc/systemd/system
mount --bind "$checkout" opt/gatehouse/current
cp opt/gatehouse/current/provisioning/pi/select-release opt/gatehouse/
cp opt/gatehouse/current/provisioning/pi/units/gatehouse-gateway.service etc/systemd/system/
grep -q '^gatehouse:' etc/passwd || {
  echo 'gatehouse:x:990:990::/var/lib/gatehouse:/usr/sbin/nologin' >>etc/passwd
  echo 'gatehouse:x:990:' >>etc/group
}
chroot . chown gatehouse:gatehouse /var/lib/gatehouse
cat >etc/gatehouse/gateway.json <<END
{ "data": "/var/lib/gatehouse", "peers": { "enabled": false },
  "lanes": [{ "turnstile": { "kind": "serial-relay", "path": "tcp://127.0.0.1:1" } }] }
END
# nothing else of this machine is started
cat >etc/systemd/system/gatehouse-test.target <<END
[Unit]
Requires=basic.target
After=basic.target
Wants=gatehouse-gateway.service
END
mkdir old
pivot_root . old
umount -l /old
container=test
export container
exec /lib/systemd/systemd --system --unit=gatehouse-test.target --show-status=no --log-target=journal
