#!/usr/bin/env bash
# Unpacks Debian's Prometheus and promtool, without installing them.
#
#   prometheus.sh [OUTDIR]      (default OUTDIR: target/prometheus of this tree)
#
# OUTDIR/root/usr/bin afterwards holds both. What was unpacked is kept.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../../target/prometheus}

die() { echo "prometheus.sh: $*" >&2; exit "${status:-1}"; }

[[ $# -le 1 && $out != -* ]] || status=2 die "usage: prometheus.sh [OUTDIR]"
mkdir -p "$out"
out=$(cd "$out" && pwd)
exec 9> "$out/.lock"
flock --timeout 600 9 || die "another build holds $out/.lock"
if [[ -d $out/root ]]; then exit 0; fi

work=$(mktemp -d "$out/.build-XXXXXX")
trap 'rm -rf "$work"' EXIT
(cd "$work" && timeout 300 apt-get -q -q -o APT::Sandbox::User=root download prometheus 2> log) \
  || { cat "$work/log" >&2; die 'could not download the package prometheus'; }
dpkg -x "$work"/prometheus_*.deb "$work/root"
mv "$work/root" "$out/root"
