#!/bin/sh
# `hello` (the default): nginx in front of php-fpm on $PORT. Only nginx is watched: if php-fpm dies the port stays open and `/` fails,
# which is the fault that a check on the port alone does not see. SIGTERM stops both at once, requests or not.
# `tcp-echo`: a TCP server on $PORT that says which container it is, then echoes.
set -eu
port="${PORT:-8080}"
id="$(sed -n 's|.*/containers/\([0-9a-f]\{12\}\)[0-9a-f]*/hostname .*|\1|p' /proc/self/mountinfo | head -n 1)"
id="${id:-$(hostname)}"

case "${1:-hello}" in
  hello) ;;
  tcp-echo) exec socat "TCP-LISTEN:$port,fork,reuseaddr" "SYSTEM:echo hello from container $id; exec cat" ;;
  *) exec "$@" ;;
esac

sed "s/@PORT@/$port/; s/@ID@/$id/" /etc/hello/nginx.conf >/tmp/nginx.conf
php-fpm-start &
nginx -c /tmp/nginx.conf &
nginx=$!
trap 'echo "$(date +%s.%3N) SIGTERM"; kill -TERM "$nginx"' INT TERM

# A signal ends the first wait, not nginx.
wait "$nginx" || wait "$nginx"
