#!/usr/bin/env bash
# Runs the QEMU that is in the root directory that build-clients.sh made, on the files of this machine: by its own loader
# and libraries, without a chroot.
#
#   qemu.sh ROOT [ARGUMENT...]
set -euo pipefail

root=$(realpath "$1")
shift
loaders=("$root"/usr/lib64/ld-linux-*.so.*)
libraries=("$root"/usr/lib/*-linux-gnu)
export QEMU_MODULE_DIR=${libraries[0]}/qemu
exec "${loaders[0]}" --library-path "${libraries[0]}" "$root/usr/bin/qemu-system-x86_64" \
  -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" "$@"
