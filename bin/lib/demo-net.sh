# shellcheck shell=bash
# Sourced by bin/demo, whose variables and functions it uses: the first guest's network card, joined to a TAP interface in
# a network namespace, which is the host's side of it.
# shellcheck disable=SC2154,SC2034

network=
network_pid=
network_sum=
network_mib=100

# Needs root. Whatever ends the demo deletes the namespace, and with it all that is in it.
start_network() {
  local begin=$EPOCHREALTIME
  network=isthmus-demo-$$
  ip netns add "$network" || fail 'no network namespace could be made'
  ip -netns "$network" tuntap add dev tap0 mode tap vnet_hdr || fail 'no TAP interface could be made'
  ip -netns "$network" link set tap0 up
  ip -netns "$network" address add 10.77.0.1/24 dev tap0
  ip netns exec "$network" "$root/bin/isthmus-net" --device "socket-path=$work/net.sock,tap=tap0" \
    < /dev/null > "$log_dir/network.log" 2>&1 &
  network_pid=$!
  local deadline=$((SECONDS + 60))
  # The kernel lists a socket in the network it was made in.
  until grep -qE "^[^ ]+ [^ ]+ [^ ]+ 00010000 .* $work/net.sock\$" "/proc/$network_pid/net/unix" 2> /dev/null; do
    kill -0 "$network_pid" 2> /dev/null || fail 'isthmus-net ended before it listened' "look at $log_dir/network.log"
    ((SECONDS < deadline)) || fail 'isthmus-net does not listen after 60 s' "look at $log_dir/network.log"
    sleep 0.02
  done
  local end=$EPOCHREALTIME
  say "Network: process $network_pid listens, after $(((${end/[.,]/} - ${begin/[.,]/}) / 1000)) ms"
}

# Called by whatever ends the demo, too.
end_network() {
  if [[ -n $network_pid ]]; then stop_process "$network_pid" 5; fi
  if [[ -n $network ]]; then ip netns delete "$network" || true; fi
  network_pid='' network=''
}

# QEMU's arguments for the card. Debian 12's QEMU 7.2 ends by SIGSEGV when a card of vhost-user has message interrupts and
# the guest is emulated.
network_arguments() {
  local vectors=4
  if [[ $(qemu-system-x86_64 --version) = *' version 7.'* ]]; then vectors=0; fi
  network_args=(-chardev "socket,id=net,path=$work/net.sock,reconnect=1" -netdev 'vhost-user,id=net,chardev=net'
    -device "virtio-net-pci,netdev=net,mac=02:00:00:00:77:02,romfile=,vectors=$vectors")
}

# Appended to the guest's script. With --shell nobody listens to what it says, so it transfers nothing then.
network_script() {
  cat << 'SCRIPT'
ip link set eth0 up && ip address add 10.77.0.2/24 dev eth0 || fail "there is no card eth0"
say "network card eth0: $(cat /sys/class/net/eth0/address), MTU $(cat /sys/class/net/eth0/mtu)"
ping -q -c 5 -i 0.2 10.77.0.1 > /tmp/ping || fail "the host does not answer pings: $(cat /tmp/ping)"
say "pings the host: $(tail -n 1 /tmp/ping)"
SCRIPT
  if [[ $shell = yes ]]; then return; fi
  cat << 'SCRIPT'
(nc -l -p 5001 < /dev/null > /tmp/received; nc -l -p 5002 < /tmp/received > /dev/null) &
echo "demo-network: now"
wait
sha256sum < /tmp/received > /tmp/sum
say "received $(stat -c %s /tmp/received) bytes over TCP, sha256 $(cut -c1-16 /tmp/sum)..., and sent them back"
echo "demo-network: sum $(cut -c1-64 /tmp/sum)"
rm /tmp/received
SCRIPT
}

# The host's side, while the guest waits for it.
use_network() {
  local sums
  ip netns exec "$network" ping -q -c 5 -i 0.2 -s 65507 10.77.0.2 > "$log_dir/ping.log" 2>&1 \
    || fail 'the guest does not answer pings' "look at $log_dir/ping.log and $log_dir/network.log"
  say "Host: pings the guest with 65507 bytes: $(tail -n 1 "$log_dir/ping.log")"
  dd if=/dev/urandom of="$work/sent" bs=1M count="$network_mib" 2> /dev/null
  local begin=$EPOCHREALTIME
  # shellcheck disable=SC2016 # expanded by the inner shell
  timeout 100 ip netns exec "$network" bash -euc '
    shopt -s execfail
    until exec 3<> /dev/tcp/10.77.0.2/5001; do sleep 0.1; done 2> /dev/null
    cat "$1" >&3
    exec 3>&-
    until exec 4<> /dev/tcp/10.77.0.2/5002; do sleep 0.1; done 2> /dev/null
    cat <&4 > "$2"' transfer "$work/sent" "$work/returned" 2> "$log_dir/transfer.log" \
    || fail 'the transfer failed' "look at $log_dir/transfer.log and $log_dir/network.log"
  local end=$EPOCHREALTIME
  network_sum=$(sha256sum < "$work/sent" | cut -c 1-64)
  cmp -s "$work/sent" "$work/returned" || fail "what came back of $network_mib MiB differs from what was sent"
  rm "$work/sent" "$work/returned"
  say "Host: $network_mib MiB to the guest and back in $(((${end/[.,]/} - ${begin/[.,]/}) / 1000)) ms, sha256 ${network_sum::16}..."
}
