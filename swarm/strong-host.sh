#!/bin/sh
# Makes a strong host of this container, then becomes the program that its arguments name. As it is,
# Linux takes a packet for any of its addresses on any interface: who shares the mesh with Consul
# would reach what listens on the network `control`. Here an interface takes only what is for its
# own address and comes from its own network; where that can't be had, no program starts.
# By routing rules, since `ip` is in every Consul image: a packet without a route is neither
# delivered, forwarded nor answered. Needs NET_ADMIN, which only root keeps.
set -eu

ours=$(ip -o -4 addr show scope global)
to_outside=$(ip -4 route | sed -n 's/^default via \([^ ]*\) dev \([^ ]*\).*/\1 \2/p')
gateway=${to_outside% *}
outside=${to_outside#* }

table=1000
while read -r _ interface _ address _; do
  table=$((table + 1))
  ip route add local "${address%/*}" dev "$interface" table "$table"
  if [ "$interface" = "$outside" ]; then
    # The node itself may ask, and the outside may answer; other containers of the node may not.
    ip rule add pref 10 iif "$interface" from "$gateway" lookup "$table"
    ip rule add pref 12 iif "$interface" lookup "$table"
  else
    ip rule add pref 10 iif "$interface" from "$address" lookup "$table"
  fi
  [ -z "$outside" ] || ip rule add pref 11 iif "$outside" from "$address" type blackhole
done <<END
${ours:?no address}
END

# What this container itself sends is routed as ever. Nothing else has a route.
for known in 20:local 21:main 22:default; do
  ip rule add pref "${known%:*}" iif lo lookup "${known#*:}"
done
ip rule add pref 30 type blackhole
ip rule del pref 0 lookup local

# Not even by a program that would make its caller root.
exec setpriv --nnp "$@"
