#!/usr/bin/env bash
# Makes a clean Debian 13 in which the package is tried, with what it depends on and what the trial uses.
#
#   package-root.sh [OUTDIR]      (default OUTDIR: target/package of this tree)
#
# OUTDIR/root is kept until these files change; trials write to an overlay of it. Needs root and mmdebstrap.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../../target/package}

die() { echo "package-root.sh: $*" >&2; exit "${status:-1}"; }

[[ $# -le 1 && $out != -* ]] || status=2 die "usage: package-root.sh [OUTDIR]"
mkdir -p "$out"
out=$(cd "$out" && pwd)
exec 9> "$out/.lock"
flock --timeout 900 9 || die "another build holds $out/.lock"
# shellcheck source=e2e-tests/lib/debian.sh
source "$here/../lib/debian.sh"
key=$(cat "${BASH_SOURCE[0]}" "$here/../lib/debian.sh" | sha256sum | cut -d' ' -f1)
if [[ -d $out/root && $(cat "$out/key" 2> /dev/null) = "$key" ]]; then exit 0; fi
[[ $(id -u) = 0 ]] || status=2 die "must be root"

work=$(mktemp -d "$out/.build-XXXXXX")
trap 'rm -rf "$work"' EXIT
debian_tree minbase trixie "$work/root" \
  openjdk-25-jre-headless,adduser,systemd,man-db,bash-completion,libblkio1,qemu-utils,qemu-block-extra
rm -rf "$out/root"
mv "$work/root" "$out/root"
echo "$key" > "$out/key"
