#!/usr/bin/env bash
# Makes the disk that dom0 finds at /isthmus: what this tree has built, and the guest.
#
#   make-payload.sh IMAGE GUESTDIR [FILE...]      GUESTDIR as made by build-guest.sh --elf
#
# It has the tree's own layout (bin, blk-backend/target, xen-bridge/target), so that bin/isthmus-blk and bin/isthmus-xen
# start as they do anywhere, and `guest` with vmlinux and initrd.img. Further files are found beside these; dom0 runs one
# named dom0-script. Times are kept: an AOT cache wants them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
usage='usage: make-payload.sh IMAGE GUESTDIR [FILE...]'
image=${1:?$usage}
guest=${2:?$usage}
shift 2
PATH=$PATH:/usr/sbin:/sbin

work=
cleanup() { if [[ -n $work ]]; then rm -rf "$work"; fi; }
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
work=$(mktemp -d "$image-XXXXXX")

mkdir -p "$work/guest"
cp -a "$root/bin" "$work/"
if (($# > 0)); then cp "$@" "$work/"; fi
cp -a --sparse=never "$guest/vmlinux" "$guest/initrd.img" "$work/guest/"
for module in blk-backend xen-bridge; do
  mkdir -p "$work/$module/target"
  for part in "$root/$module/target"/isthmus-*.jar "$root/$module/target"/isthmus-*.aot "$root/$module/target/lib"; do
    if [[ -e $part ]]; then cp -a "$part" "$work/$module/target/"; fi
  done
done
rm -f "$image"
truncate -s 256M "$image"
mke2fs -q -t ext4 -O ^has_journal -m 0 -L isthmus-payload -d "$work" "$image"
