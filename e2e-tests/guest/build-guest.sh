#!/usr/bin/env bash
# Makes the test guest out of Debian packages: a kernel, an initrd and, on demand, a disk of tools.
#
#   build-guest.sh [--tools] [--elf] [--refresh] [OUTDIR]      (default OUTDIR: target/guest of this tree)
#
# OUTDIR afterwards holds:
#   vmlinuz       the kernel of linux-image-cloud-amd64
#   initrd.img    busybox, the modules that virtio-blk, virtio-net and Xen's disks need, mkfs.ext4, fsck.ext4, and `init`
#                 beside this file; /modules/8021q lists what VLANs want, in order, and nobody loads it unasked
#   tools.img     with --tools: fio, blkdiscard, fallocate, iperf3, ethtool, ip and ping with their libraries; a read-only
#                 ext4 disk, so that a guest loads only the pages it touches and boots as fast as without
#   vmlinux       with --elf: the kernel as an ELF file, for Xen
#   kernel        the kernel's version, as text
#
# Nothing is installed: packages are downloaded and unpacked. What is made is kept until this directory's files change;
# --refresh asks the package lists for newer packages. Needs apt-get, dpkg-deb and mke2fs, and
# for --elf what the kernel is packed with (lz4, xz or zstd); no root.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$here/../../target/guest
tools=no
elf=no
refresh=no
for argument; do
  case $argument in
    --tools) tools=yes ;;
    --elf) elf=yes ;;
    --refresh) refresh=yes ;;
    --help | -h) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) echo "build-guest.sh: unknown option $argument" >&2; exit 2 ;;
    *) out=$argument ;;
  esac
done
mkdir -p "$out"
out=$(cd "$out" && pwd)

# Two builds at once (a demonstration beside the tests) must not mix their files.
exec 9> "$out/.lock"
flock --timeout 300 9 || { echo "build-guest.sh: another build holds $out/.lock" >&2; exit 1; }

# ext4 and the console are built into the cloud kernel; a kernel that has them as modules gets them from this list too.
# The same guest runs under Xen (e2e-tests/xen), hence the last one.
wanted_modules=(virtio_pci virtio_blk virtio_net ext4 qemu_fw_cfg virtio_console xen_blkfront)

die() { echo "build-guest.sh: $*" >&2; exit 1; }
# shellcheck source=e2e-tests/lib/kernel.sh
source "$here/../lib/kernel.sh"

key=$(cat "$here/build-guest.sh" "$here/init" "$here/agent" | sha256sum | cut -d' ' -f1)
is_made() { [[ $refresh = no && -e $out/$1 && $(cat "$out/$1.key" 2> /dev/null) = "$key" ]]; }

work=
cleanup() { if [[ -n $work ]]; then rm -rf "$work"; fi; }
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
work=$(mktemp -d "$out/.build-XXXXXX")

apt_empty_machine=(-o Dir::State::status=/dev/null -o APT::Install-Recommends=false)

# Package lists may be missing on a fresh machine or name packages that are gone: asked for once, when something failed.
update_lists() {
  [[ -z ${lists_updated:-} && $(id -u) = 0 ]] || return 1
  lists_updated=yes
  echo 'build-guest.sh: asks for new package lists' >&2
  timeout 300 apt-get -q -q update > /dev/null
}

fetch() { (cd "$out/packages" && timeout 300 apt-get -q -q -o APT::Sandbox::User=root download "$@"); }

# Downloads the named packages into OUTDIR/packages, once.
download() {
  local name have wanted=()
  for name; do
    # APT writes the epoch's colon as %3a, hence the wildcard.
    have=("$out/packages/$name"_*.deb)
    if [[ $refresh = yes || ! -e ${have[0]} ]]; then wanted+=("$name"); fi
  done
  [[ ${#wanted[@]} -gt 0 ]] || return 0
  mkdir -p "$out/packages"
  for name in "${wanted[@]}"; do rm -f "$out/packages/$name"_*.deb; done
  fetch "${wanted[@]}" 2> /dev/null || { update_lists && fetch "${wanted[@]}"; } \
    || { echo "build-guest.sh: apt-get cannot download: ${wanted[*]} (is 'apt-get update' due?)" >&2; exit 1; }
}

# Unpacks packages into a directory: unpack DIRECTORY PACKAGE... Packages of Debian 12 have /bin, /sbin and /lib, those
# of Debian 13 have moved all of it to /usr: here it is under /usr, and found under both names.
unpack() {
  local directory=$1 name
  shift
  download "$@"
  for name in bin sbin lib lib64; do
    mkdir -p "$directory/usr/$name"
    [[ -e $directory/$name ]] || ln -s "usr/$name" "$directory/$name"
  done
  for name; do
    dpkg-deb --fsys-tarfile "$out/packages/$name"_*.deb | tar -x --keep-directory-symlink -C "$directory"
  done
}

# The named packages and every library they need on an empty machine, whatever this one has installed.
with_libraries() {
  printf '%s\n' "$@"
  apt-get "${apt_empty_machine[@]}" install -s "$@" 2> /dev/null | awk '$1 == "Inst" && $2 ~ /^lib/ { print $2 }' \
    | grep -vE '^lib(perl|python|pam|text-|file-|number-)' || true
}

# copy_program ROOT PROGRAM TARGET: the program and the libraries its own loader finds in ROOT.
copy_program() {
  local root=$1 program=$2 target=$3 triplet=x86_64-linux-gnu loader library libraries
  loader=$(find "$root" -name ld-linux-x86-64.so.2 -print -quit)
  install -D -m 755 "$root/$program" "$target/bin/${program##*/}"
  local paths="$root/lib/$triplet:$root/usr/lib/$triplet:$root/usr/lib/$triplet/ceph"
  libraries=$("$loader" --inhibit-cache --library-path "$paths" --list "$root/$program")
  if grep 'not found' <<< "$libraries" >&2; then
    echo "build-guest.sh: $program has libraries that its packages do not bring" >&2
    exit 1
  fi
  while read -r library; do
    [[ -e $target/lib/${library##*/} ]] || install -m 644 -D "$(readlink -f "$library")" "$target/lib/${library##*/}"
  done < <(awk '$2 == "=>" { print $3 }' <<< "$libraries")
  install -D -m 755 "$loader" "$target/lib64/ld-linux-x86-64.so.2"
}

# The modules named and what they depend on, in an order insmod accepts.
module_order() {
  local version=$1 name=$2 path dependency
  path=$(grep -E "/${name//[-_]/[-_]}\.ko(\.[a-z0-9]+)?:" "$work/modules.dep" | head -1 || true)
  if [[ -z $path ]]; then
    grep -qE "/${name//[-_]/[-_]}\.ko" "$work/kernel/lib/modules/$version/modules.builtin" \
      || { echo "build-guest.sh: kernel $version has no module $name" >&2; return 1; }
    return 0
  fi
  # modules.dep lists the nearest dependency first.
  for dependency in $(tr ' ' '\n' <<< "${path#*:}" | tac); do echo "$dependency"; done
  echo "${path%%:*}"
}

# install_modules VERSION ROOT LIST MODULE...: puts modules and what they depend on into ROOT/modules, and their names, in
# an order insmod accepts, into the file LIST there.
install_modules() {
  local version=$1 root=$2 list=$2/modules/$3 module
  shift 3
  for module; do module_order "$version" "$module"; done | awk '!seen[$0]++' > "$work/order"
  while read -r module; do
    install -m 644 "$work/kernel/lib/modules/$version/$module" "$root/modules/"
    module=${module##*/}
    # Compressed since Debian 13. Here it costs nothing, an emulated CPU takes its time.
    if [[ $module = *.xz ]]; then
      "$work/base/bin/busybox" unxz -f "$root/modules/$module"
      module=${module%.xz}
    fi
    echo "$module" >> "$list"
  done < "$work/order"
}

# The package that linux-image-cloud-amd64 stands for.
kernel_package() {
  apt-cache depends linux-image-cloud-amd64 2> /dev/null | awk '/Depends: linux-image-/ { print $2; exit }' | grep .
}

make_kernel() {
  local package version
  if [[ $refresh = yes || ! -s $out/kernel ]]; then
    package=$(kernel_package) || { update_lists && package=$(kernel_package); } \
      || { echo "build-guest.sh: no package linux-image-cloud-amd64; run 'apt-get update'" >&2; exit 1; }
  else
    package=linux-image-$(cat "$out/kernel")
  fi
  version=${package#linux-image-}
  unpack "$work/kernel" "$package"
  cp "$work/kernel/boot/vmlinuz-$version" "$out/vmlinuz.new"
  mv "$out/vmlinuz.new" "$out/vmlinuz"
  rm -f "$out/vmlinux"
  echo "$version" > "$out/kernel"
}

make_initrd() {
  local version root=$work/initrd busybox applet
  make_kernel
  version=$(cat "$out/kernel")
  # shellcheck disable=SC2046 # a list of package names
  unpack "$work/base" busybox-static $(with_libraries e2fsprogs)
  busybox=$work/base/bin/busybox
  mkdir -p "$root"/{bin,lib,modules,proc,sys,dev,tmp,run,mnt,etc,tools}
  install -m 755 "$busybox" "$root/bin/busybox"
  for applet in $("$busybox" --list); do
    [[ $applet = busybox ]] || ln -s busybox "$root/bin/$applet"
  done
  rm "$root/bin/mke2fs"
  copy_program "$work/base" sbin/mke2fs "$root"
  copy_program "$work/base" sbin/e2fsck "$root"
  ln -s mke2fs "$root/bin/mkfs.ext4"
  ln -s e2fsck "$root/bin/fsck.ext4"
  install -D -m 644 "$work/base/etc/mke2fs.conf" "$root/etc/mke2fs.conf"

  "$busybox" depmod -b "$work/kernel" -n "$version" 2> /dev/null | sed '/^#/,$d' > "$work/modules.dep"
  install_modules "$version" "$root" order "${wanted_modules[@]}"
  install_modules "$version" "$root" 8021q 8021q

  install -m 755 "$here/init" "$root/init"
  install -m 755 "$here/agent" "$root/bin/isthmus-agent"
  # Not compressed: unpacking costs an emulated CPU more than QEMU needs to load the bytes.
  (cd "$root" && find . -print | LC_ALL=C sort | "$busybox" cpio -o -H newc -R 0:0 2> /dev/null) > "$out/initrd.img.new"
  mv "$out/initrd.img.new" "$out/initrd.img"
  echo "$key" > "$out/initrd.img.key"
}

make_tools() {
  local root=$work/tools
  # shellcheck disable=SC2046
  unpack "$work/tools-packages" $(with_libraries fio util-linux iperf3 ethtool iproute2 iputils-ping)
  copy_program "$work/tools-packages" usr/bin/fio "$root"
  copy_program "$work/tools-packages" usr/bin/fallocate "$root"
  copy_program "$work/tools-packages" sbin/blkdiscard "$root"
  copy_program "$work/tools-packages" usr/bin/iperf3 "$root"
  copy_program "$work/tools-packages" sbin/ethtool "$root"
  copy_program "$work/tools-packages" bin/ip "$root"
  copy_program "$work/tools-packages" bin/ping "$root"
  rm -f "$out/tools.img.new"
  truncate -s 128M "$out/tools.img.new"
  PATH=$PATH:/usr/sbin:/sbin mke2fs -q -t ext4 -O ^has_journal -m 0 -L isthmus-tools -d "$root" "$out/tools.img.new"
  mv "$out/tools.img.new" "$out/tools.img"
  echo "$key" > "$out/tools.img.key"
}

if ! is_made initrd.img; then make_initrd; fi
if [[ $elf = yes ]] && ! is_made vmlinux; then
  kernel_elf "$out/vmlinuz" "$out/vmlinux"
  echo "$key" > "$out/vmlinux.key"
fi
if [[ $tools = yes ]] && ! is_made tools.img; then make_tools; fi
