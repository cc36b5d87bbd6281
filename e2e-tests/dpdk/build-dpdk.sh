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

die() { echo "build-dpdk.sh: $*" >&2; exit "${status:-1}"; }

[[ $# -le 1 && $out != -* ]] || status=2 die "usage: build-dpdk.sh [OUTDIR]"
mkdir -p "$out"
out=$(cd "$out" && pwd)

# Two builds at once must not mix their files.
exec 9> "$out/.lock"
flock --timeout 600 9 || die "another build holds $out/.lock"

# shellcheck source=e2e-tests/lib/debian.sh
source "$here/../lib/debian.sh"
key=$(cat "${BASH_SOURCE[0]}" "$here/../lib/debian.sh" | sha256sum | cut -d' ' -f1)
if [[ -d $out/root && $(cat "$out/key" 2> /dev/null) = "$key" ]]; then exit 0; fi

[[ $(id -u) = 0 ]] || status=2 die "must be root, to make another root directory"
command -v mmdebstrap > /dev/null || status=2 die "needs mmdebstrap: apt-get install mmdebstrap"

work=
cleanup() { if [[ -n $work ]]; then rm -rf "$work"; fi; }
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
work=$(mktemp -d "$out/.build-XXXXXX")

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
echo "$key" > "$out/key"
