#!/bin/sh
# `controller` and `agent` are Shoal's programs; anything else is run as it is.
set -eu
case "${1:-}" in
  controller)
    shift
    exec node /app/src/bin/controller.ts "$@"
    ;;
  agent)
    shift
    exec node /app/src/bin/node.ts "$@"
    ;;
esac
exec "$@"
