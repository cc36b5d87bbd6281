#!/usr/bin/env bash
# Says how guests run on this machine: prints one line, QEMU's arguments for KVM if a guest really boots with it, else
# for emulation. /dev/kvm alone proves nothing: it may exist and refuse the CPU's registers or run out of time.
#
#   accelerator.sh [OUTDIR]     OUTDIR as made by build-guest.sh; the answer is kept there until the machine restarts
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../../target/guest}
kept=$out/accelerator
kvm='-accel kvm -cpu host'
# Without 5-level page tables: the guest walks a table less at every miss, and "max" would switch them on.
tcg='-accel tcg,thread=multi -cpu max,la57=off'

key="$(cat /proc/sys/kernel/random/boot_id) $(id -u) $(qemu-system-x86_64 --version | head -1)"
if [[ -e $kept && $(head -1 "$kept") = "$key" ]]; then
  tail -1 "$kept"
  exit 0
fi

probe_boots() {
  [[ -r /dev/kvm && -w /dev/kvm ]] || return 1
  local script
  script=$(mktemp "$out/.probe-XXXXXX")
  # shellcheck disable=SC2064 # the name as it is now
  trap "rm -f '$script'" EXIT
  echo 'echo kvm-guest-runs' > "$script"
  # shellcheck disable=SC2086 # several arguments
  timeout --kill-after=2 15 qemu-system-x86_64 $kvm -m 256 -nodefaults -display none -nic none -no-reboot \
    -serial stdio -kernel "$out/vmlinuz" -initrd "$out/initrd.img" -append 'console=ttyS0 quiet panic=-1' \
    -fw_cfg "name=opt/isthmus/script,file=$script" < /dev/null 2> /dev/null | grep -q '^kvm-guest-runs'
}

answer=$tcg
if probe_boots; then answer=$kvm; fi
printf '%s\n' "$key" "$answer" > "$kept.$$"
mv "$kept.$$" "$kept"
echo "$answer"
