# shellcheck shell=bash
# Sourced by the scripts that want a kernel as an ELF file. They bring `die MESSAGE` and the directory $work, theirs.

# number OFFSET LENGTH FILE: an unsigned little-endian integer of the file.
number() { od -A n --endian=little -t "u$2" -j "$1" -N "$2" "$3" | tr -d ' '; }

# kernel_elf VMLINUZ ELF: takes the kernel out of its self-unpacking form. Xen starts ELF files, and an emulated CPU that
# need not unpack one saves seconds.
# Linux, Documentation/arch/x86/boot.rst: the payload's offset from the end of the 512-byte sectors of setup code, and
# its length, which includes the 4 bytes of the unpacked length that follow the packed data.
kernel_elf() {
  local sectors offset length magic unpack
  sectors=$(number $((0x1f1)) 1 "$1")
  offset=$(number $((0x248)) 4 "$1")
  length=$(number $((0x24c)) 4 "$1")
  tail -c +$(((sectors + 1) * 512 + offset + 1)) "$1" > "$work/payload"
  truncate -s $((length - 4)) "$work/payload"
  magic=$(number 0 4 "$work/payload")
  case $magic in
    $((0x184c2102))) unpack=lz4 ;;
    $((0x587a37fd))) unpack=xz ;;
    $((0xfd2fb528))) unpack=zstd ;;
    *) die "$1 is packed in a way unknown here ($magic)" ;;
  esac
  "$unpack" -q -dc < "$work/payload" > "$2.new"
  rm "$work/payload"
  mv "$2.new" "$2"
}
