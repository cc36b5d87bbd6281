#!/usr/bin/env bash
# Runs the dpdk-testpmd that build-dpdk.sh made, on the files of this machine: by its own loader and libraries.
#
#   testpmd.sh ROOT [ARGUMENT...]
#
# Becomes the program (exec). Needs root: DPDK refuses drivers below a directory that everybody may write to, wherever the
# tree is, so they are shown to it in another place, in a mount namespace of its own.
set -euo pipefail

root=$(realpath "$1")
shift
seen=/mnt
arguments=("$seen/loader" --library-path "$seen/lib" "$seen/bin/dpdk-testpmd")
# The program is linked with some of them: it must not load those twice, under two names.
while read -r driver; do arguments+=(-d "$seen/lib/$driver"); done < "$root/drivers"
# shellcheck disable=SC2016 # for the shell inside
exec unshare --mount bash -c 'mount --bind "$0" "$1" && shift && exec "$@"' "$root" "$seen" "${arguments[@]}" "$@"
