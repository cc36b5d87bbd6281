#!/usr/bin/env bash
# Builds the images that the deployment tests run: a Debian 13 from the mirror of this machine under the name that the
# Dockerfile wants, so that no registry is asked, then bin/image.
#
#   images.sh
#
# What is made is kept in podman's storage until these files change, and its layers are used again. Needs root.
set -euo pipefail

base=localhost/debian:trixie-slim
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$root/target/deploy

die() { echo "images.sh: $*" >&2; exit "${status:-1}"; }

mkdir -p "$out"
exec 9> "$out/.lock"
flock --timeout 900 9 || die "another build holds $out/.lock"
[[ $(id -u) = 0 ]] || status=2 die "must be root"

export CONTAINERS_CONF=$here/containers.conf BUILDAH_RUNTIME=runc
# shellcheck source=e2e-tests/lib/debian.sh
source "$here/../lib/debian.sh"
work=$(mktemp -d "$out/.build-XXXXXX")
trap 'rm -rf "$work"' EXIT
if ! podman image exists "$base"; then
  # As the published slim image is: without documentation.
  mirror=$(debian_mirror)
  timeout 900 mmdebstrap --quiet --variant=minbase --components=main --include=ca-certificates \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' trixie "$work/base.tar" "$mirror" 2> "$work/log" \
    || { cat "$work/log" >&2; die 'could not make a Debian 13'; }
  podman import --quiet "$work/base.tar" "$base" > /dev/null
fi
ISTHMUS_BASE_IMAGE=$base "$root/bin/image"
