# shellcheck shell=bash
# Sourced by the launchers, which set root and call isthmus_launch. They become the JVM (exec), so that signals, inherited
# descriptors and the exit status are the process's own.
#
# ISTHMUS_JAVA_OPTS: more flags for the JVM, separated by blanks.
# ISTHMUS_AOT_CACHE: the JVM's AOT cache, made by bin/package; beside the jar by default; empty for none.
# shellcheck disable=SC2154 # root is the launchers'

# shellcheck source=bin/lib/jdk.sh
source "$root/bin/lib/jdk.sh"
# shellcheck source=bin/lib/aot.sh
source "$root/bin/lib/aot.sh"

# isthmus_launch JAR FLAG... -- ARGUMENT...: runs a jar of ours; each program adds the flags that are about it alone.
isthmus_launch() {
  local jar=$1 own=() more=() flags
  shift
  while [[ $1 != -- ]]; do
    own+=("$1")
    shift
  done
  shift
  if [[ ! -r $jar ]]; then
    local name=${jar##*/}
    echo "${name%.jar}: $jar is not built: run mvn -DskipTests package in $root" >&2
    exit 2
  fi
  flags=(
    --enable-native-access=ALL-UNNAMED
    # One process per guest: memory is a feature. The data path allocates nothing in steady state, so begin small, grow
    # late, give back.
    -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Xms8m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30
    -Xss512k
    # A compiler thread holds up to 25 MiB while it compiles; by default there are more on larger hosts.
    -XX:CICompilerCount=2
    # What compilers freed goes back to the system, 1 ms of work each time.
    -XX:TrimNativeHeapInterval=5000
    # Out of memory is a state nobody wrote code for: end, and let whoever watches start again.
    -XX:+ExitOnOutOfMemoryError
    # No file in the host's /tmp for each process.
    -XX:-UsePerfData
    # Prepared classes, the JDK's and ours, are mapped where they say: what nobody writes to stays the page cache's and is
    # shared by all processes. Elsewhere, every page has addresses to correct.
    -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0
    # Warnings of the JVM belong on stderr; that a cache does not fit is none.
    -Xlog:disable '-Xlog:all=warning,aot*=off,cds*=off:stderr'
  )
  # Classes as they are after the start. --print-capabilities wants ten, and with a cache all are loaded first.
  if [[ " $* " != *' --print-capabilities '* ]]; then
    isthmus_find_cache "$jar"
    if [[ -n $isthmus_cache ]]; then flags+=(-XX:AOTCache="$isthmus_cache"); fi
  fi
  read -r -a more <<< "${ISTHMUS_JAVA_OPTS:-}"
  exec "$ISTHMUS_JAVA_HOME/bin/java" "${flags[@]}" "${own[@]}" "${more[@]}" -jar "$jar" "$@"
}
