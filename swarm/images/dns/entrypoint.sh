#!/bin/sh
# Answers DNS on a link-local address of the node, once the node agent has written what to answer.
# Runs beside an older instance during an update, so it never takes the address away. Arguments are handed on to coredns.
set -eu
address="${SHOAL_DNS_ADDRESS:-169.254.20.10}"
config=/var/lib/shoal/dns/Corefile

ip addr replace "$address/32" dev lo

trap 'exit 0' INT TERM
until [ -s "$config" ]; do
  sleep 0.2
done
trap - INT TERM

exec coredns -conf "$config" "$@"
