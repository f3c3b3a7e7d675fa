# Read by sandbox-site.sh: the company in a database of its own on the server that SLUICE_TEST_POSTGRES names.
export PGHOST=127.0.0.1 PGUSER=etl PGDATABASE=company_$$
PGPORT=$(echo "$SLUICE_TEST_POSTGRES" | sed 's/.*PORT=\([0-9]*\).*/\1/')
PGPASSWORD=$(cat "$SLUICE_TEST_POSTGRES_KEY")
export PGPORT PGPASSWORD
ask_server() { psql -XAtq -v ON_ERROR_STOP=1 "$@"; }
ask_server -d postgres -c "CREATE DATABASE $PGDATABASE"
"$SLUICE" sandbox --print --dialect postgresql | ask_server >/dev/null
setting sl-connection "$(echo "$SLUICE_TEST_POSTGRES" | sed "s/DATABASE=postgres/DATABASE=$PGDATABASE/")"
(umask 077 && cp "$SLUICE_TEST_POSTGRES_KEY" sl-key)
setting sl-password sl-key
company=psql
ask_sl() { ask_server -c "$1"; }
