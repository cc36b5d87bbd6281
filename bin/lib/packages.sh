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

# Networks of their own, and what talks through a guest's card.
# shellcheck disable=SC2034
isthmus_network_packages=("${isthmus_block_packages[@]}" iproute2 iputils-ping iperf3 procps)

# Xen under QEMU besides, and what unpacks its kernels.
# shellcheck disable=SC2034
isthmus_xen_packages=("${isthmus_block_packages[@]}" kmod lz4 xz-utils zstd)

# Containers besides. runc, since crun fails where it may not do all that it tries.
# shellcheck disable=SC2034
isthmus_deploy_packages=("${isthmus_block_packages[@]}" podman runc)

isthmus_as_root=()
isthmus_can_be_root() {
  if [[ $(id -u) = 0 ]]; then return 0; fi
  isthmus_as_root=(sudo)
  command -v sudo > /dev/null
}

# Asks for new package lists, once a run; a minimal Debian comes without any.
isthmus_update_lists() {
  if [[ -n ${isthmus_lists_updated:-} ]]; then return 0; fi
  timeout 300 "${isthmus_as_root[@]}" apt-get -q -q update || return 1
  isthmus_lists_updated=yes
}

# isthmus_has_package PACKAGE: whether this Debian has a package of that name.
isthmus_has_package() {
  if apt-cache show "$1" > /dev/null 2>&1; then return 0; fi
  command -v apt-get > /dev/null && isthmus_can_be_root && isthmus_update_lists && apt-cache show "$1" > /dev/null 2>&1
}

# isthmus_packages PACKAGE...: installs those that are missing; asks the package lists first, once a run.
isthmus_packages() {
  local missing=() package
  for package; do
    if [[ " ${missing[*]} " != *" $package "* ]] \
      && [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null) != installed ]]; then
      missing+=("$package")
    fi
  done
  if ((${#missing[@]} == 0)); then return 0; fi
  if ! command -v apt-get > /dev/null; then
    echo "This is no Debian. Install: ${missing[*]}" >&2
    return 1
  fi
  if ! isthmus_can_be_root; then
    echo "Neither root nor sudo. Install: ${missing[*]}" >&2
    return 1
  fi
  echo "Installing Debian packages: ${missing[*]}"
  isthmus_update_lists || return 1
  # dpkg wants programs of /usr/sbin, which the PATH of su(1) has not.
  timeout 1200 "${isthmus_as_root[@]}" env DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/sbin:/sbin" \
    apt-get -q -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 install "${missing[@]}" > /dev/null || {
    echo "Could not install: ${missing[*]}" >&2
    return 1
  }
}
