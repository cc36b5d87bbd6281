#!/usr/bin/env bash
# Makes what real Xen boots with under QEMU, out of Debian packages: hypervisor and dom0.
#
#   build-xen.sh 4.17|4.20 [OUTDIR]      (default OUTDIR: target/xen/VERSION of this tree)
#
# OUTDIR afterwards holds:
#   xen           the hypervisor
#   vmlinux       dom0's kernel, linux-image-amd64, as an ELF file, so that the emulated CPU need not unpack it
#   initrd.img    busybox and the modules that lead to dom0's disk
#   dom0.img      dom0's root file system: xl and its daemons, a copy of this machine's JDK 25, `init` of the directory
#                 dom0 beside this file. No systemd, no udev, no QEMU
#
# Xen 4.17 and its dom0 are Debian 12's, 4.20 is Debian 13's. Guests are ../guest/build-guest.sh's.
# What is made is kept until one of these scripts or the JDK changes. Needs root and mmdebstrap; nothing is installed on
# this machine.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

# shellcheck source=e2e-tests/lib/debian.sh
source "$here/../lib/debian.sh"

version=${1:-}
case $version in
  4.17) suite=bookworm ;;
  4.20) suite=trixie ;;
  --help | -h) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
  *) status=2 die 'usage: build-xen.sh 4.17|4.20 [OUTDIR]' ;;
esac
out=${2:-$root/target/xen/$version}
# shellcheck source=e2e-tests/lib/kernel.sh
source "$here/../lib/kernel.sh"
# shellcheck source=bin/lib/jdk.sh
source "$root/bin/lib/jdk.sh"

# Those of dom0 itself. The JDK wants none but the C library.
dom0_packages=xen-utils-$version,xenstore-utils,xen-utils-common,kmod,iproute2,busybox,procps,util-linux,e2fsprogs
# Unpacked only.
boot_packages=linux-image-amd64,xen-hypervisor-$version-amd64,busybox-static
# What leads to the disk, and what dom0 is for. Dependencies come by themselves.
disk_modules=(crc32c_generic ext4 virtio_pci virtio_blk)
dom0_modules=(virtio_console xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs xen-blkback loop)

begin_making "$here/build-xen.sh" "$here"/dom0/* "$here/../guest/agent" "$here/../lib/kernel.sh" \
  "$ISTHMUS_JAVA_HOME/release"
PATH=$PATH:/usr/sbin:/sbin

# module_paths VERSION MODULE...: the modules and what they depend on, in an order insmod accepts.
module_paths() {
  local modules=$work/boot/lib/modules/$1 name path
  shift
  for name; do
    path=$(grep -E "/${name//[-_]/[-_]}\.ko(\.[a-z0-9]+)?:" "$modules/modules.dep" | head -1 || true)
    if [[ -z $path ]]; then
      grep -qE "/${name//[-_]/[-_]}\.ko" "$modules/modules.builtin" || die "dom0's kernel has no module $name"
      continue
    fi
    # modules.dep lists the nearest dependency first.
    tr ' ' '\n' <<< "${path#*:}" | tac
    echo "${path%%:*}"
  done | awk 'NF && !seen[$0]++'
}

# copy_modules VERSION DIRECTORY < PATHS: unpacked, for an emulated CPU; prints their names below DIRECTORY.
copy_modules() {
  local module
  while read -r module; do
    install -D -m 644 "$work/boot/lib/modules/$1/$module" "$2/$module"
    if [[ $module = *.xz ]]; then
      xz -dc < "$2/$module" > "$2/${module%.xz}"
      rm "$2/$module"
      module=${module%.xz}
    fi
    echo "$module"
  done
}

make_initrd() {
  local kernel=$1 tree=$work/initrd busybox
  busybox=$(find "$work/boot" -path '*/bin/busybox' -type f -print -quit)
  mkdir -p "$tree"/{bin,dev,modules,root}
  install -m 755 "$busybox" "$tree/bin/"
  module_paths "$kernel" "${disk_modules[@]}" | copy_modules "$kernel" "$tree/modules" > "$tree/modules/order"
  install -m 755 "$here/dom0/initrd-init" "$tree/init"
  (cd "$tree" && find . -print | LC_ALL=C sort | "$busybox" cpio -o -H newc -R 0:0 2> /dev/null) > "$out/initrd.img"
}

make_dom0() {
  local kernel=$1 tree=$work/dom0 part
  debian_tree minbase "$suite" "$tree" "$dom0_packages"
  rm -rf "$tree"/usr/share/{doc,man,locale,info} "$tree"/var/{cache,lib}/apt/*
  module_paths "$kernel" "${disk_modules[@]}" "${dom0_modules[@]}" \
    | copy_modules "$kernel" "$tree/usr/lib/modules/$kernel" > /dev/null
  cp "$work/boot/lib/modules/$kernel"/modules.{builtin,builtin.modinfo,order} "$tree/usr/lib/modules/$kernel/"
  depmod -b "$tree" "$kernel"
  mkdir -p "$tree/opt/jdk" "$tree/isthmus"
  # With its times: an AOT cache made on this machine belongs to exactly these files.
  for part in bin conf lib release; do cp -a "$ISTHMUS_JAVA_HOME/$part" "$tree/opt/jdk/"; done
  rm -f "$tree/opt/jdk/lib/src.zip"
  install -m 755 "$here/dom0/init" "$tree/init"
  install -m 755 "$here/../guest/agent" "$tree/usr/local/bin/isthmus-agent"
  install -m 755 "$here/dom0/isthmus-relay" "$tree/usr/local/bin/"
  install -m 755 "$here/dom0/block-plain" "$tree/etc/xen/scripts/"
  rm -f "$out/dom0.img"
  truncate -s 2G "$out/dom0.img"
  mke2fs -q -t ext4 -O ^has_journal -m 0 -L isthmus-dom0 -d "$tree" "$out/dom0.img"
}

debian_tree extract "$suite" "$work/boot" "$boot_packages"
kernel=$(echo "$work"/boot/boot/vmlinuz-*)
kernel_elf "$kernel" "$out/vmlinux"
kernel=${kernel##*/vmlinuz-}
gunzip -c "$work/boot/boot/xen-$version"-amd64.gz > "$out/xen"
depmod -b "$work/boot" "$kernel"
make_initrd "$kernel"
make_dom0 "$kernel"
end_making
