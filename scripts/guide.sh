#!/usr/bin/env bash
# Runs every command of the README's journey and of the guide against a service, page by page in the order of the service's own list, as a reader would
# type them.
#
#   scripts/guide.sh [BASE] [DATA_DIR] [PAGE...]
#
# BASE is the address of the service (http://127.0.0.1:8080). DATA_DIR is the folder with demo-accounts.json, as `cargo run` prints it. A page is `start` (the
# README), `customer`, `officer`, …; without a page all run. A failed command stops the page and is an error. Needs bash, curl, awk, for webhooks
# Python 3 and openssl, and a service in private mode with complaints that surface at once.
set -euo pipefail
folder=$(cd "$(dirname "$0")/../docs/guide" && pwd)
export BASE=${1:-${BASE:-http://127.0.0.1:8080}} DATA_DIR=${2:-${DATA_DIR:-.data}}
DATA_DIR=$(cd "$DATA_DIR" && pwd)
shift $(($# < 2 ? $# : 2))
pages=("$@")
[ ${#pages[@]} -gt 0 ] || pages=(start README customer officer reporter handler head integrator events webhooks keys)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for page in "${pages[@]}"; do
    file=$folder/$page.md
    [ "$page" != start ] || file=$folder/../../README.md
    # The text of the fenced code blocks with the language sh. In the README, the first block starts the service, and the address and the accounts are those
    # of a service that `cargo run` has just started.
    awk -v page="$page" '
        /^```sh$/ { on = ++blocks > (page == "start"); next }
        /^```$/ { on = 0 }
        on && page == "start" { sub(/http:\/\/127\.0\.0\.1:8080/, "$BASE"); sub(/^accounts=.*/, "accounts=$DATA_DIR/demo-accounts.json") }
        on' "$file" >"$work/$page.sh"
    [ -s "$work/$page.sh" ] || { echo "$page.md holds no command" >&2 && exit 1; }
    echo "== $page"
    (cd "$work" && bash -euxo pipefail "$work/$page.sh" 2>"$work/trace" | tee "$work/$page.out") || {
        echo "$page.md: a command failed. The last lines of what ran:" >&2
        tail -n 8 "$work/trace" | cut -c 1-300 >&2
        exit 1
    }
    # The journey ends with a filed application, after a refusal that says what is missing.
    [ "$page" != start ] || { grep -q '"code":"no_document"' "$work/start.out" && grep -q '"stage":"filed"' "$work/start.out"; } ||
        { echo "the README's journey does not end as it says" >&2 && exit 1; }
done
echo "every command of ${#pages[@]} pages ran"
