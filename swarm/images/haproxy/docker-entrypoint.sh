#!/bin/sh
# Behaves as the official image's: options alone mean haproxy, and haproxy runs as master and worker in the foreground.
set -e
case "${1:-}" in
  haproxy) shift ;;
  -*) ;;
  *) exec "$@" ;;
esac
exec haproxy -W -db "$@"
