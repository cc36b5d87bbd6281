# shellcheck shell=bash
# Sourced by the scripts that make root directories out of Debian packages.

# die MESSAGE: ends the script with $status, by default 1.
die() { echo "${0##*/}: $*" >&2; exit "${status:-1}"; }

# begin_making FILE...: keeps other builds out of the directory $out until the script ends, and ends it here if what is in
# there was made by these very files. From then on $work is a directory in $out that goes when the script ends.
begin_making() {
  mkdir -p "$out"
  out=$(cd "$out" && pwd)
  # Two builds at once must not mix their files.
  exec 9> "$out/.lock"
  flock --timeout 900 9 || die "another build holds $out/.lock"
  made_by=$(cat "$@" "${BASH_SOURCE[0]}" | sha256sum | cut -d' ' -f1)
  if [[ $(cat "$out/key" 2> /dev/null) = "$made_by" ]]; then exit 0; fi
  [[ $(id -u) = 0 ]] || status=2 die 'must be root, to make another root directory'
  command -v mmdebstrap > /dev/null || status=2 die 'needs mmdebstrap: apt-get install mmdebstrap'
  rm -f "$out/key"
  work=
  trap 'if [[ -n $work ]]; then rm -rf "$work"; fi' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  work=$(mktemp -d "$out/.build-XXXXXX")
}

# All that $out is to hold is there.
end_making() { echo "$made_by" > "$out/key"; }

# The mirror this machine itself uses, asked of APT because it reads both forms of sources. Archives have labels once
# their package lists have been fetched; without lists, what APT would fetch tells an archive by its path only.
debian_mirrors() {
  # shellcheck disable=SC2016 # APT's own fields
  apt-get indextargets --format '$(LABEL)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' \
    | awk -F'|' '!found && $1 == "Debian" && $2 == "main" { print $3; found = 1 }'
  apt-get --print-uris update 2> /dev/null | sed -n "s|^'\(.*/debian/\)dists/.*/InRelease'.*|\1|p"
}

debian_mirror() {
  local uris
  uris=$(debian_mirrors)
  [[ -n $uris ]] || die 'APT on this machine knows no Debian mirror'
  echo "${uris%%$'\n'*}"
}

# debian_tree VARIANT SUITE DIRECTORY PACKAGE[,PACKAGE...]: a directory with these packages and what they depend on.
# The variant is mmdebstrap's: `extract` only unpacks, `minbase` makes a system that runs.
debian_tree() {
  local variant=$1 suite=$2 directory=$3 packages=$4 uri
  uri=$(debian_mirror)
  timeout 1800 mmdebstrap --quiet --variant="$variant" --components=main --include="$packages" \
    --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' \
    "$suite" "$directory" "$uri" 2> "$work/log" || { cat "$work/log" >&2; die "could not make a tree of $packages"; }
  # Debian's programs and loader are found through these, which come with a package nothing may depend on.
  local name
  for name in bin sbin lib lib64; do
    mkdir -p "$directory/usr/$name"
    [[ -e $directory/$name ]] || ln -s "usr/$name" "$directory/$name"
  done
}
