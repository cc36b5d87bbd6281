#!/usr/bin/env bash
# Runs one command in the root directory that build-clients.sh made.
#
#   client.sh ROOT SOCKETDIR COMMAND [ARGUMENT...]
#
# The command sees ROOT read-only as /, SOCKETDIR as /sockets, an empty /tmp, the host's /dev and /proc, and no network.
# Input, output, signals and the exit status are the command's own: this script becomes it. All mounts belong to a
# namespace that ends with the command, however it ends. Needs root.
set -euo pipefail

if [[ $# -lt 3 || ! -d $1 || ! -d $2 ]]; then
  echo "usage: client.sh ROOT SOCKETDIR COMMAND [ARGUMENT...]; both directories must exist" >&2
  exit 2
fi

# shellcheck disable=SC2016 # expanded by the inner shell, inside the namespace
exec unshare --mount --propagation private --net -- bash -euc '
  root=$1 sockets=$2
  shift 2
  mount --bind "$root" "$root"
  mount -o remount,bind,ro "$root"
  mount --bind "$sockets" "$root/sockets"
  mount --rbind /dev "$root/dev"
  mount --bind /proc "$root/proc"
  mount -t tmpfs -o size=64m tmpfs "$root/tmp"
  exec env -i PATH=/usr/bin:/usr/sbin:/bin:/sbin HOME=/tmp LC_ALL=C chroot "$root" "$@"
' client.sh "$(realpath "$1")" "$(realpath "$2")" "${@:3}"
