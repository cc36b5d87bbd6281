# shellcheck shell=bash
# Sourced by the scripts that make root directories out of Debian packages. They bring `die MESSAGE` and the directory
# $work, which is theirs.

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
