#!/usr/bin/env bash
# Makes a clean Debian 13 in which the package is tried, with what it depends on and what the trial uses.
#
#   package-root.sh [OUTDIR]      (default OUTDIR: target/package of this tree)
#
# OUTDIR/root is kept until these files change; trials write to an overlay of it. Needs root and mmdebstrap.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../../target/package}

# shellcheck source=e2e-tests/lib/debian.sh
source "$here/../lib/debian.sh"
[[ $# -le 1 && $out != -* ]] || status=2 die "usage: package-root.sh [OUTDIR]"
begin_making "${BASH_SOURCE[0]}"
debian_tree minbase trixie "$work/root" \
  openjdk-25-jre-headless,adduser,systemd,man-db,bash-completion,libblkio1,qemu-utils,qemu-block-extra
rm -rf "$out/root"
mv "$work/root" "$out/root"
end_making
