#!/usr/bin/env bash
# Runs the dpdk-testpmd that build-dpdk.sh made, on the files of this machine: by its own loader and libraries.
#
#   testpmd.sh ROOT [ARGUMENT...]
#
# Becomes the program (exec).
set -euo pipefail

root=$(realpath "$1")
shift
drivers=()
# The program is linked with some of them: it must not load those twice, under two names.
while read -r driver; do drivers+=(-d "$root/lib/$driver"); done < "$root/drivers"
exec "$root/loader" --library-path "$root/lib" "$root/bin/dpdk-testpmd" "${drivers[@]}" "$@"
