#!/usr/bin/env bash
# Makes a directory with Debian 13's dpdk-testpmd, to run it on whatever Debian this machine has, by testpmd.sh beside
# this file.
#
#   build-dpdk.sh [OUTDIR]      (default OUTDIR: target/dpdk of this tree)
#
# OUTDIR/root afterwards holds the program, the libraries it wants, and the drivers net_virtio_user and net_vhost.
#
# What is made is kept until these files change. Needs root and mmdebstrap; nothing is installed on this machine.
set -euo pipefail

suite=trixie
drivers='librte_bus_vdev librte_mempool_ring librte_net_virtio librte_net_vhost'

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../../target/dpdk}

# shellcheck source=e2e-tests/lib/debian.sh
source "$here/../lib/debian.sh"
[[ $# -le 1 && $out != -* ]] || status=2 die "usage: build-dpdk.sh [OUTDIR]"
begin_making "${BASH_SOURCE[0]}"

debian_tree extract "$suite" "$work/tree" dpdk-dev
libraries=("$work/tree/usr/lib"/*-linux-gnu)
loaders=("$work/tree/usr/lib64"/ld-linux-*.so.*)
mkdir -p "$work/root"/{bin,lib}
cp "${loaders[0]}" "$work/root/loader"
cp "$work/tree/usr/bin/dpdk-testpmd" "$work/root/bin/"
for driver in $drivers; do
  files=("${libraries[0]}"/dpdk/pmds-*/"$driver".so.[0-9]*)
  [[ -e ${files[0]} ]] || die "there is no driver $driver in the packages"
  cp "${files[0]}" "$work/root/lib/"
  basename "${files[0]}" >> "$work/root/drivers"
done
# Most of these packages are for who compiles against DPDK: what the loader finds is enough.
paths=${libraries[0]}:${files[0]%/*}
found=
for file in "$work/root"/bin/* "$work/root"/lib/*; do
  found+=$("$work/root/loader" --inhibit-cache --library-path "$paths" --list "$file")$'\n'
done
if grep 'not found' <<< "$found" >&2; then die 'testpmd wants libraries that its packages do not bring'; fi
awk '$2 == "=>" { print $3 }' <<< "$found" | sort -u | xargs cp -L -n -t "$work/root/lib/"

rm -rf "$out/root"
mv "$work/root" "$out/root"
end_making
