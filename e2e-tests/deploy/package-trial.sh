#!/usr/bin/env bash
# Installs the Debian package in a clean Debian 13 and uses what it brings; ends with the first thing that is wrong.
#
#   package-trial.sh ROOT PACKAGE.deb
#
# ROOT is what package-root.sh made. All mounts belong to a namespace that ends with this, so ROOT stays clean. Needs root.
set -euo pipefail

root=$(realpath "$1")
package=$(realpath "$2")

# shellcheck disable=SC2016 # expanded by the inner shells
exec unshare --mount --propagation private --net --pid --fork --kill-child -- bash -euc '
  root=$1 package=$2
  mount -t tmpfs -o size=1g tmpfs /mnt
  mkdir /mnt/upper /mnt/work /mnt/root
  mount -t overlay -o "lowerdir=$root,upperdir=/mnt/upper,workdir=/mnt/work" overlay /mnt/root
  mount -t proc proc /mnt/root/proc
  mount -t tmpfs -o mode=755 tmpfs /mnt/root/dev
  mknod -m 666 /mnt/root/dev/null c 1 3
  mknod -m 666 /mnt/root/dev/zero c 1 5
  mknod -m 666 /mnt/root/dev/urandom c 1 9
  ln -s /proc/self/fd /mnt/root/dev/fd
  cp "$package" /mnt/root/tmp/isthmus.deb
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 chroot /mnt/root bash -s
' package-trial.sh "$root" "$package" << 'TRIAL'
set -euo pipefail
step() { echo "trial: $*"; }
fail() { echo "trial-failed: $*"; exit 1; }

step install
dpkg -i /tmp/isthmus.deb > /tmp/dpkg.log 2>&1 || fail "$(cat /tmp/dpkg.log)"
getent passwd isthmus > /dev/null || fail 'there is no user isthmus'

step units
units=(isthmus-blk@vm1.service isthmus-blk@vm1.socket isthmus-net@vm1.service isthmus-xen.service)
for unit in "${units[@]}"; do
  said=$(systemd-analyze verify --man=no "$unit" 2>&1) || fail "$unit: $said"
  [[ -z $said ]] || fail "systemd-analyze verify $unit says: $said"
done
systemd-analyze security --offline=true /usr/lib/systemd/system/isthmus-blk@.service 2> /dev/null | tail -n 1

step 'manual and completion'
for program in blk net; do
  man -P cat "isthmus-$program" 2> /dev/null | grep -q 'socket-path=PATH' || fail "man isthmus-$program"
done
(
  source /usr/share/bash-completion/completions/isthmus-blk
  compopt() { :; }
  COMP_WORDS=(isthmus-blk --blk-f) COMP_CWORD=1
  _isthmus_blk
  [[ ${COMPREPLY[*]} = --blk-file= ]] || fail "completion gives ${COMPREPLY[*]}"
)

step 'serve by the command line of the unit'
install -d -o isthmus -g isthmus /run/isthmus /run/isthmus/vm1 /var/lib/isthmus/vm1
sed 's/NAME/vm1/' /usr/share/doc/isthmus/examples/vm.yml > /etc/isthmus/blk/vm1.yml
image=/var/lib/isthmus/vm1/disk0.img
truncate -s 64M "$image"
chown isthmus:isthmus "$image"
command=$(sed -n 's/^ExecStart=//p' '/usr/lib/systemd/system/isthmus-blk@.service')
# shellcheck disable=SC2086 # words of a command line
setpriv --reuid=isthmus --regid=isthmus --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs \
  ${command//%i/vm1} > /tmp/isthmus.log 2>&1 &
process=$!
for _ in {1..600}; do
  if [[ -S /run/isthmus/vm1/disk0.sock ]]; then break; fi
  kill -0 "$process" 2> /dev/null || fail "it ended: $(cat /tmp/isthmus.log)"
  sleep 0.1
done
disk=driver=virtio-blk-vhost-user,path=/run/isthmus/vm1/disk0.sock,cache.direct=on
qemu-io --image-opts "$disk" -c 'write -P 0xcd 1M 64k' -c 'read -P 0xcd 1M 64k' -c flush > /tmp/io.log 2>&1 \
  || fail "qemu-io: $(cat /tmp/io.log /tmp/isthmus.log)"
kill "$process"
wait "$process" || fail "it ended with $?: $(cat /tmp/isthmus.log)"

step remove
dpkg -r isthmus > /tmp/dpkg.log 2>&1 || fail "$(cat /tmp/dpkg.log)"
dpkg -P isthmus > /tmp/dpkg.log 2>&1 || fail "$(cat /tmp/dpkg.log)"
[[ ! -e /usr/bin/isthmus-blk && ! -e /usr/lib/isthmus ]] || fail 'something of the package is left'
qemu-io -r -f raw "$image" -c 'read -P 0xcd 1M 64k' | grep -q 'read 65536/65536' || fail 'the volume is not what it was'
[[ -e /etc/isthmus/blk/vm1.yml ]] || fail "the operator's configuration is gone"
step ok
TRIAL
