# shellcheck shell=bash
# Sourced. The Debian packages that building and testing want, and isthmus_packages, which installs those missing.

# shellcheck disable=SC2034 # used by the scripts that source this
isthmus_build_packages=(maven)
# Real guests: QEMU, its tools, what the guest's initial file system and the images are made with, and Debian 13's
# vhost-user clients in a root directory of their own.
# shellcheck disable=SC2034
isthmus_block_packages=(
  qemu-system-x86 qemu-system-common qemu-utils e2fsprogs mmdebstrap util-linux psmisc
)

# isthmus_packages PACKAGE...: installs those that are missing; asks the package lists first, once a run.
isthmus_packages() {
  local missing=() package as_root=()
  for package; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null) = installed ]] || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then return 0; fi
  if ! command -v apt-get > /dev/null; then
    echo "This is no Debian. Install: ${missing[*]}" >&2
    return 1
  fi
  if [[ $(id -u) != 0 ]]; then
    if ! command -v sudo > /dev/null; then
      echo "Neither root nor sudo. Install: ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "Installing Debian packages: ${missing[*]}"
  if [[ -z ${isthmus_lists_updated:-} ]]; then
    timeout 300 "${as_root[@]}" apt-get -q -q update || return 1
    isthmus_lists_updated=yes
  fi
  timeout 1200 "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 install "${missing[@]}" > /dev/null || {
    echo "Could not install: ${missing[*]}" >&2
    return 1
  }
}
