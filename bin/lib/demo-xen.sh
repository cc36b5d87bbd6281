# shellcheck shell=bash
# Sourced by bin/demo, whose variables and functions it uses: one image in three guests, the second of them Xen's.
# shellcheck disable=SC2154,SC2034

xen_version=4.17

prepare_xen() {
  if [[ $(id -u) != 0 ]]; then fail '--xen must be root, to make the root directory of dom0'; fi
  isthmus_packages "${isthmus_xen_packages[@]}" || fail 'packages are missing' 'which ones is said above'
  "$root/e2e-tests/guest/build-guest.sh" --elf "$guest_dir" || fail 'the guest could not be made' 'the reason is above'
  xen_dir=$root/target/xen/$xen_version
  [[ -e $xen_dir/key ]] || say "Making Xen $xen_version and its dom0 from Debian packages (once; a minute or a few)"
  "$root/e2e-tests/xen/build-xen.sh" "$xen_version" "$xen_dir" || fail 'Xen could not be made' 'the reason is above'
}

# visit DEVICE NUMBER: what a guest does with the disk: it looks at all that the guests before it left, and adds a file.
visit() {
  cat << SCRIPT
say() { echo "demo: \$*"; }
fail() { echo "demo-failed: \$*"; exit 1; }
disk=/dev/$1 number=$2
SCRIPT
  cat << 'SCRIPT'
[ -b $disk ] || fail "there is no $disk"
say "Linux $(uname -r) is up after $(cut -d' ' -f1 /proc/uptime) s"
if [ $number = 1 ]; then
  mkfs.ext4 -q -F $disk || fail "mkfs.ext4"
  say "made an ext4 file system on $disk"
fi
fsck.ext4 -fn $disk > /tmp/fsck 2>&1 || fail "the file system on $disk is not clean: $(cat /tmp/fsck)"
mount -t ext4 $disk /mnt || fail "mount $disk"
cd /mnt
if [ $number -gt 1 ]; then
  md5sum -c sums > /tmp/compared || fail "files differ: $(cat /tmp/compared)"
  say "$disk checks clean, and $(wc -l < sums) files are as they were written"
fi
dd if=/dev/urandom of=/tmp/random bs=1M count=64 iflag=fullblock 2> /dev/null
cp /tmp/random guest$number.bin || fail "write"
(cd /tmp && md5sum < random | sed "s/-\$/guest$number.bin/") >> sums
sync
echo 3 > /proc/sys/vm/drop_caches
md5sum -c sums > /tmp/compared || fail "files differ: $(cat /tmp/compared)"
say "wrote 64 MiB of random data, dropped the caches, read them back: the same"
cd /
umount /mnt || fail umount
SCRIPT
}

# What dom0 runs. Its disk vdd is the image; a line of xl's configuration gives it to the guest, by way of the two
# processes. With drivers_autoprobe off the kernel's blkback takes nothing by itself: the bridge gives it what is its own.
dom0_script() {
  cat << 'SCRIPT'
say() { echo "demo: $*"; }
fail() { echo "demo-failed: $*"; exit 1; }
uptime() { local up rest; read -r up rest < /proc/uptime; echo "$up"; }
say "dom0 of $(xl info xen_version) is up after $(uptime) s"
await() { # PID COMMAND...
  local pid=$1
  shift
  until "$@"; do
    [[ -e /proc/$pid/exe ]] || fail "a process ended: $(tail -n 5 /run/*.log)"
    sleep 0.2
  done
}
/isthmus/bin/isthmus-blk --device socket-path=/run/isthmus/disk.sock,blk-file=/dev/vdd > /run/blk.log 2>&1 &
blk=$!
/isthmus/bin/isthmus-xen serve --take-vbd > /run/xen.log 2>&1 &
xen=$!
await $blk test -S /run/isthmus/disk.sock
say "isthmus-blk listens, after $(uptime) s"
cat > /run/demo.cfg << 'END'
name='demo'
type='pv'
kernel='/isthmus/guest/vmlinux'
ramdisk='/isthmus/guest/initrd.img'
memory=320
cmdline='console=hvc0 quiet isthmus.mode=agent'
disk=[ 'vdev=xvda,access=rw,format=raw,backendtype=phy,script=/bin/true,target=vhost-user:/run/isthmus/disk.sock' ]
END
await $xen grep -q ' serving ' /run/xen.log
say 'isthmus-xen serves; a guest is created'
xl create -q /run/demo.cfg || fail "xl create: $(tail -n 5 /run/*.log)"
domain=$(xl domid demo)
terminal=$(xenstore-read "/local/domain/$domain/console/tty")
stty -F "$terminal" raw -echo
exec 4<> "$terminal"
until [[ ${line-} = 'isthmus-guest: ready' ]]; do
  IFS= read -r -t 60 line <&4 || fail "the guest says nothing"
done
{ cat /isthmus/guest-script; echo 'isthmus-guest: run 300'; } >&4
until [[ $line = 'isthmus-guest: exit '* ]]; do
  IFS= read -r -t 100 line <&4 || fail "the guest says no more"
  case $line in
    'demo: '*) say "guest: ${line#demo: }" ;;
    *) echo "$line" ;;
  esac
done
echo poweroff -f >&4
echo 'isthmus-guest: run 60' >&4
xl destroy demo
kill $xen $blk
wait $xen
wait $blk || fail "isthmus-blk ended with $?: $(tail -n 5 /run/blk.log)"
say 'the guest is gone; both processes have ended'
SCRIPT
}

demo_xen_guest() {
  dom0_script > "$work/dom0-script"
  visit xvda "$1" > "$work/guest-script"
  "$root/e2e-tests/xen/make-payload.sh" "$work/payload.img" "$guest_dir" "$work/dom0-script" "$work/guest-script" \
    || fail 'the disk for dom0 could not be made'
  # As in e2e-tests/xen: what guests of which kind and an emulated dom0 want.
  qemu_args=(-M q35 -accel 'tcg,thread=multi' -cpu 'qemu64,+svm,+npt,+nrip-save' -smp 2 -m 3072 -nodefaults
    -display none -nic none -no-reboot -kernel "$xen_dir/xen"
    -append 'dom0_mem=2048M com1=115200,8n1 console=com1'
    -initrd "$xen_dir/vmlinux console=hvc0 quiet,$xen_dir/initrd.img"
    -drive "file=$xen_dir/dom0.img,format=raw,if=virtio,snapshot=on"
    -drive "file=$work/payload.img,format=raw,if=virtio,read-only=on"
    -drive "file=$work/payload.img,format=raw,if=virtio,read-only=on"
    -drive "file=$work/disk.img,format=raw,if=virtio,discard=unmap")
  say "Xen $xen_version boots under QEMU (an emulated processor: slow)"
  speaker=Xen
  run_guest
  speaker=Guest
  check_image
}

demo_three_guests() {
  visit vda 1 > "$work/script"
  demo_qemu
  demo_xen_guest 2
  visit vda 3 > "$work/script"
  demo_qemu
}
