# shellcheck shell=bash
# Sourced by the launchers: which AOT cache the JVM is shown.

# isthmus_find_cache JAR: sets isthmus_cache to the cache that fits JAR, or to nothing. ISTHMUS_AOT_CACHE names another, or
# none. The JVM leaves a cache unused that does not fit, but then has none at all, not even its own; so one that is older
# than what it was made of is not even shown to it. Without a process of its own, which an emulated CPU takes its time for.
isthmus_find_cache() {
  local jar=$1 part
  isthmus_cache=${ISTHMUS_AOT_CACHE-${jar%.jar}.aot}
  for part in "$jar" "${jar%/*}"/lib/*.jar; do
    if [[ ! -r $isthmus_cache || ! $isthmus_cache -nt $part ]]; then
      isthmus_cache=
      return
    fi
  done
}
