#!/bin/sh
# `controller` and `node-agent` are Shoal's programs; anything else is run as it is.
# (`agent` is what stack files called the node agent before.)
set -eu
case "${1:-}" in
  controller)
    shift
    exec node /app/src/bin/controller.ts "$@"
    ;;
  node-agent | agent)
    shift
    exec node /app/src/bin/node.ts "$@"
    ;;
esac
exec "$@"
