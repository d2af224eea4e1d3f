#!/bin/sh
# Becomes the gateway: fills nginx.conf.template in from the environment and runs nginx on it in the
# foreground. Used by ./itn up --gateway, by the tests and in containers. Values:
#
#   ITN_GATEWAY_HOME          a directory of its own; needed
#   ITN_GATEWAY_LISTEN        address and port of https            127.0.0.1:8443
#   ITN_GATEWAY_NAME          the name clients use                 _ (any)
#   ITN_GATEWAY_API           servers of the API, host:port        127.0.0.1:8080
#   ITN_GATEWAY_NOTIFIER      servers of the notifier              127.0.0.1:8081
#   ITN_GATEWAY_CERTIFICATE   PEM; self-signed for localhost in TLS when nothing is said
#   ITN_GATEWAY_TLS           where that one stands                HOME/tls
#   ITN_GATEWAY_KEY           its key
#   ITN_GATEWAY_CONNECTIONS   at most as many requests and sockets at once of one address, or
#                             of one /64 of IPv6: 200
#   ITN_GATEWAY_HSTS          value of Strict-Transport-Security   max-age=63072000
#   ITN_GATEWAY_ACCESS_LOG    a path and a format, or off          off
set -eu
here=$(cd -- "$(dirname -- "$0")" && pwd)
: "${ITN_GATEWAY_HOME:?a directory of its own}"
: "${ITN_GATEWAY_LISTEN:=127.0.0.1:8443}" "${ITN_GATEWAY_NAME:=_}"
: "${ITN_GATEWAY_API:=127.0.0.1:8080}" "${ITN_GATEWAY_NOTIFIER:=127.0.0.1:8081}"
: "${ITN_GATEWAY_CONNECTIONS:=200}" "${ITN_GATEWAY_HSTS:=max-age=63072000}"
: "${ITN_GATEWAY_ACCESS_LOG:=off}"
umask 077
mkdir -p "$ITN_GATEWAY_HOME"

# A certificate for this machine alone, made once: browsers warn, and nobody else is fooled.
if [ -z "${ITN_GATEWAY_CERTIFICATE:-}" ]; then
    : "${ITN_GATEWAY_TLS:=$ITN_GATEWAY_HOME/tls}"
    ITN_GATEWAY_CERTIFICATE=$ITN_GATEWAY_TLS/certificate.pem
    ITN_GATEWAY_KEY=$ITN_GATEWAY_TLS/key.pem
    if [ ! -s "$ITN_GATEWAY_CERTIFICATE" ] || [ ! -s "$ITN_GATEWAY_KEY" ]; then
        mkdir -p "$ITN_GATEWAY_TLS"
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 825 \
            -subj '/CN=localhost' -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1' \
            -addext 'basicConstraints=critical,CA:FALSE' -addext 'extendedKeyUsage=serverAuth' \
            -keyout "$ITN_GATEWAY_KEY" -out "$ITN_GATEWAY_CERTIFICATE" 2>/dev/null
    fi
fi
: "${ITN_GATEWAY_KEY:?the key of the certificate}"

# "a:1 b:2" as lines of an upstream.
servers() {
    for server in $1; do printf 'server %s max_fails=0; ' "$server"; done
}

# Replaces ${NAME} by its value; / and & mean nothing special in values, line ends do not occur.
value='' script=''
for name in HOME LISTEN NAME CERTIFICATE KEY CONNECTIONS HSTS ACCESS_LOG; do
    eval "value=\$ITN_GATEWAY_$name"
    script="$script
s|\${ITN_GATEWAY_$name}|$(printf '%s' "$value" | sed 's/[\\|&]/\\&/g')|g"
done
script="$script
s|\${ITN_GATEWAY_API}|$(servers "$ITN_GATEWAY_API")|
s|\${ITN_GATEWAY_NOTIFIER}|$(servers "$ITN_GATEWAY_NOTIFIER")|"
sed -e "$script" "$here/nginx.conf.template" >"$ITN_GATEWAY_HOME/nginx.conf"
cp -- "$here/live.conf" "$ITN_GATEWAY_HOME/live.conf"

# As root the workers become somebody who owns nothing.
user=''
[ "$(id -u)" != 0 ] || user='user www-data;'
exec nginx -e stderr -p "$ITN_GATEWAY_HOME" -c "$ITN_GATEWAY_HOME/nginx.conf" -g "daemon off; $user"
