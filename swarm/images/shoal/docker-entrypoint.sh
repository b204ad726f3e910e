#!/bin/sh
# `controller` and `agent` are Shoal's programs; anything else is run as it is.
set -eu
case "${1:-}" in
  controller | agent)
    program="$1"
    shift
    exec node "/app/src/$program.ts" "$@"
    ;;
esac
exec "$@"
