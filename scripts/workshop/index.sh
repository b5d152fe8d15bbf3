# Sourced: passes pip's index, certificates and timeout to uv, which does not read pip's settings.
pip_settings=$(.venv/bin/python -m pip config list 2>/dev/null || true)

pip_setting() {
    printf '%s\n' "$pip_settings" | sed -n "s/^[^.=]*\.$1='\(.*\)'\$/\1/p" | head -n 1
}

# Sets the variable $1 to pip's setting $2, unless the environment already sets it.
pass_on() {
    value=$(pip_setting "$2")
    eval "present=\${$1:-}"
    if [ -n "$value" ] && [ -z "$present" ]; then
        export "$1=$value"
    fi
}

pass_on UV_DEFAULT_INDEX index-url
pass_on SSL_CERT_FILE cert
pass_on UV_HTTP_TIMEOUT default-timeout
pass_on UV_HTTP_TIMEOUT timeout

uv() {
    .venv/bin/uv --quiet --no-progress "$@"
}
