#!/usr/bin/env bash
# Makes a root directory with stock vhost-user-blk clients of Debian 13, to run them on whatever Debian this machine has.
#
#   build-clients.sh [OUTDIR]      (default OUTDIR: target/clients of this tree)
#
# OUTDIR/root afterwards holds qemu-io and qemu-img with the driver virtio-blk-vhost-user, and blkio-bench, blkio-info
# and blkio-copy, compiled from the examples that come with libblkio-dev. Run them by client.sh beside this file. It holds
# Debian 13's QEMU, too, which qemu.sh runs.
#
# What is made is kept until these files change. Needs root and mmdebstrap; nothing is installed on this machine.
set -euo pipefail

suite=trixie
runtime_packages=libblkio1,qemu-utils,qemu-block-extra,qemu-system-x86,seabios
compiler_packages=gcc,libc6-dev,libblkio-dev
programs=(blkio-bench blkio-info blkio-copy)

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../../target/clients}

# shellcheck source=e2e-tests/lib/debian.sh
source "$here/../lib/debian.sh"
[[ $# -le 1 && $out != -* ]] || status=2 die "usage: build-clients.sh [OUTDIR]"
begin_making "${BASH_SOURCE[0]}"

debian_tree extract "$suite" "$work/compiler" "$compiler_packages"
for program in "${programs[@]}"; do
  timeout 120 chroot "$work/compiler" gcc -O2 -o "/tmp/$program" \
    "/usr/share/doc/libblkio-dev/examples/$program.c" -lblkio -pthread || die "could not compile $program"
done

debian_tree extract "$suite" "$work/root" "$runtime_packages"
for program in "${programs[@]}"; do install -m 755 "$work/compiler/tmp/$program" "$work/root/usr/bin/"; done
# Where client.sh mounts what the clients share with the host.
mkdir -p "$work/root"/{dev,proc,tmp,sockets}

rm -rf "$out/root"
mv "$work/root" "$out/root"
end_making
