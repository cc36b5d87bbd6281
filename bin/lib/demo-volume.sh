# shellcheck shell=bash
# Sourced by bin/demo, whose variables and functions it uses: the disk is a volume; while the guest writes to it, it is
# kept as a snapshot, of which a clone is made, and that is a second guest's disk.
# shellcheck disable=SC2154,SC2034

volume() { "$root/bin/isthmus-blk" volume --volumes-dir="$work/volumes" "$@"; }

# volume_or_fail WHAT ARGUMENTS...
volume_or_fail() {
  local what=$1
  shift
  volume "$@" >> "$log_dir/volume.log" 2>&1 || fail "$what" "look at $log_dir/volume.log:" "$(tail -n 5 "$log_dir/volume.log")"
}

# use_volume NAME: what the next back-end serves and the next check looks at.
use_volume() {
  volume=$1
  device_keys=volume=$volume,volumes-dir=$work/volumes
}

# Appended to the first guest's script. It writes files as long as it must for a snapshot to fall into it, and notes each
# one's sum when it is on the disk.
snapshot_script() {
  cat << 'SCRIPT'
(cd /mnt && sed 's/-$/random/' /tmp/written > written) || fail "write"
say "writes on, file by file"
echo "demo-snapshot: now"
number=0
begin=$(cut -d. -f1 /proc/uptime)
until [ $number -ge 20 ] && [ $(($(cut -d. -f1 /proc/uptime) - begin)) -ge 8 ]; do
  number=$((number + 1))
  dd if=/dev/urandom of=/mnt/later-$number bs=64k count=16 2> /dev/null && sync || fail "write"
  (cd /mnt && sha256sum later-$number >> sums && sync) || fail "write"
done
say "wrote $number files meanwhile"
SCRIPT
}

# The first guest writes on while this runs.
take_snapshot() {
  local begin
  sleep 2
  begin=$EPOCHREALTIME
  curl --silent --show-error --fail-with-body --unix-socket "$work/blk.sock.management" -X POST \
    "http://localhost/devices/blk/snapshot?name=running" > "$log_dir/snapshot.log" 2>&1 \
    || fail 'the snapshot failed' "look at $log_dir/snapshot.log:" "$(tail -n 5 "$log_dir/snapshot.log")"
  local end=$EPOCHREALTIME
  say "Host: snapshot demo@running, while the guest writes, in $(((${end/[.,]/} - ${begin/[.,]/}) / 1000)) ms"
  volume_or_fail 'the clone failed' clone demo@running copy
  say 'Host: volume copy is a clone of it'
}

# What the second guest runs: the snapshot is as a power cut would have left it.
clone_script() {
  cat << 'SCRIPT'
say() { echo "demo: $*"; }
fail() { echo "demo-failed: $*"; exit 1; }
mount -t ext4 /dev/vda /mnt || fail "mount"
cd /mnt
say "mounted the clone, whose journal was replayed"
sha256sum -c written > /tmp/compared || fail "the 64 MiB are not what the first guest wrote"
say "the 64 MiB are what the first guest wrote: sha256 $(cut -c1-16 written)..."
sha256sum -c sums > /tmp/compared || fail "files differ: $(grep -v ': OK$' /tmp/compared)"
[ "$(wc -l < sums)" -gt 0 ] || fail "the snapshot has none of the files written meanwhile"
say "$(wc -l < sums) of the files written meanwhile were on the disk at the moment of the snapshot, and are whole"
dd if=/dev/urandom of=/mnt/own bs=1M count=8 2> /dev/null && sync || fail "write"
cd / && umount /mnt || fail "umount"
fsck.ext4 -fn /dev/vda > /tmp/fsck 2>&1 || fail "the file system is not clean: $(cat /tmp/fsck)"
say "wrote a file of its own, unmounted; fsck.ext4 finds the clone clean"
SCRIPT
}

# An image of the volume, for the host to look at.
export_volume() { volume_or_fail "volume $volume cannot be exported" export "$volume" "$work/disk.img" --replace; }

demo_volume() {
  say 'Volume: 1 GiB, thin, in RocksDB'
  volume_or_fail 'the volume could not be made' create --size=1G demo
  use_volume demo
  if [[ $net = yes ]]; then start_network; fi
  write_guest_script
  demo_qemu
  if [[ $shell = yes ]]; then return; fi
  use_volume copy
  clone_script > "$work/script"
  speaker='Second guest'
  demo_qemu
}
