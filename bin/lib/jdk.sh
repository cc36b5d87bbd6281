# shellcheck shell=bash
# Sourced. Finds a JDK 25 and exports ISTHMUS_JAVA_HOME, or says in one line what to install and ends with status 2.
# Looks at JAVA_HOME, /usr/lib/jvm/* and the PATH, in this order. If bin/lib/packages.sh was sourced before and this
# Debian has a package of it, that is installed.
# Where Isthmus is installed and nothing is to be built, a runtime is enough, and one that came with it goes first.

isthmus_jdk_version=25

isthmus_installed=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [[ -e $isthmus_installed/pom.xml ]]; then isthmus_installed=; fi

# The file "release" of a JDK says its version; javac tells a JDK from a JRE. No JVM is started to look.
isthmus_is_jdk() {
  [[ -x $1/bin/java && (-n $isthmus_installed || -x $1/bin/javac) ]] \
    && grep -qE "^JAVA_VERSION=\"${isthmus_jdk_version}[.\"+-]" "$1/release" 2> /dev/null
}

isthmus_find_jdk() {
  local candidates=() candidate java
  [[ -z $isthmus_installed ]] || candidates+=("$isthmus_installed/jre")
  [[ -z ${JAVA_HOME:-} ]] || candidates+=("$JAVA_HOME")
  candidates+=(/usr/lib/jvm/*)
  if java=$(command -v java); then candidates+=("$(dirname "$(dirname "$(readlink -f "$java")")")"); fi
  for candidate in "${candidates[@]}"; do
    if isthmus_is_jdk "$candidate"; then
      ISTHMUS_JAVA_HOME=$candidate
      export ISTHMUS_JAVA_HOME
      return 0
    fi
  done
  return 1
}

isthmus_require_jdk() {
  if isthmus_find_jdk; then return 0; fi
  local package=openjdk-$isthmus_jdk_version-jdk
  if declare -F isthmus_has_package > /dev/null && isthmus_has_package "$package"; then
    isthmus_packages "$package" || exit 2
    if isthmus_find_jdk; then return 0; fi
  fi
  echo "No JDK $isthmus_jdk_version found: install the package $package (Debian 13 and newer) or" \
    "Eclipse Temurin $isthmus_jdk_version (Debian 12), or set JAVA_HOME" >&2
  exit 2
}

isthmus_require_jdk
