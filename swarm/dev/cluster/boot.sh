# First program of a node's container: makes its rights fit for an engine, then hands on to the image's entry point.
# Arguments are handed on to dockerd.
set -eu

# Without --privileged these are mounted read-only. A bind remount changes the mount alone, not the file system behind it,
# and the container's own cgroup name space keeps the node's tasks inside the node's group: they pause and stop with it.
for path in /sys /proc/sys /sys/fs/cgroup /sys/fs/cgroup/*; do
  if mountpoint -q "$path"; then
    mount -o remount,bind,rw "$path" || echo "boot: $path stays read-only" >&2
  fi
done

# The outer engine sets ndots, as hosts hardly ever do. The node's engine would take it over, and then hand no name without a dot on to the
# DNS servers that a task asks for.
resolver=$(sed 's/ *ndots:[0-9]*//; /^options *$/d' /etc/resolv.conf)
echo "$resolver" >/etc/resolv.conf

# The Docker API has no password: only the host (the network's gateway) may ask, no task and no other node.
gateway=$(ip route | sed -n 's/^default via \([^ ]*\).*/\1/p')
iptables -w -I INPUT -p tcp --dport 2375 ! -s "$gateway" -j DROP ||
  echo "boot: can't fence the Docker API: tasks can reach it" >&2

# Into one stream, so that `docker logs` gives it in order.
exec shoal-node "$@" 2>&1
