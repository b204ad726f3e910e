#!/bin/sh
# Starts the Docker engine of one cluster node, in a container with `--privileged` or the narrower set of rights.
# Arguments are handed on to dockerd.
set -eu

# Without --privileged these are mounted read-only, and the engine writes its network settings and cgroups there. A bind remount changes
# the mount alone, not the file system behind it. With --privileged there is nothing to change.
for path in /sys /proc/sys /sys/fs/cgroup /sys/fs/cgroup/*; do
  if mountpoint -q "$path"; then
    mount -o remount,bind,rw "$path" 2>/dev/null || :
  fi
done

# A killed node leaves these in its file system; the engine takes them for a running one when a process has the same number.
rm -f /var/run/docker.pid /run/docker/containerd/containerd.pid

set -- dockerd -H tcp://0.0.0.0:2375 --tls=false -H unix:///var/run/docker.sock "$@"

# The official Docker-in-Docker image prepares the rest by itself.
if command -v dockerd-entrypoint.sh >/dev/null; then
  exec dockerd-entrypoint.sh "$@"
fi

# A cgroup (version 2) that has processes can't have child groups with controllers: make the root of ours empty.
if [ -f /sys/fs/cgroup/cgroup.controllers ] && [ "$(cat /proc/self/cgroup)" = 0::/ ]; then
  mkdir -p /sys/fs/cgroup/init
  while read -r process; do
    echo "$process" >/sys/fs/cgroup/init/cgroup.procs || :
  done </sys/fs/cgroup/cgroup.procs
  sed 's/ / +/g; s/^/+/' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
fi

# Kernels without nf_tables' compatibility layer need the legacy tools.
if ! iptables -w -n -L >/dev/null 2>&1 && iptables-legacy -w -n -L >/dev/null 2>&1; then
  update-alternatives --quiet --set iptables /usr/sbin/iptables-legacy
  update-alternatives --quiet --set ip6tables /usr/sbin/ip6tables-legacy
fi

exec tini-static -- "$@"
