#!/usr/bin/env bash
# Runs every command of the guide against a service, page by page in the order of the service's own list, as a reader would type them.
#
#   scripts/guide.sh [BASE] [DATA_DIR] [PAGE...]
#
# BASE is the address of the service (http://127.0.0.1:8080). DATA_DIR is the folder with demo-accounts.json, as `cargo run` prints it. A page is `customer`,
# `officer`, …; without a page all run. A failed command stops the page and is an error. Needs bash, curl, awk, for webhooks
# Python 3 and openssl, and a service in private mode with complaints that surface at once.
set -euo pipefail
folder=$(cd "$(dirname "$0")/../docs/guide" && pwd)
export BASE=${1:-${BASE:-http://127.0.0.1:8080}} DATA_DIR=${2:-${DATA_DIR:-.data}}
DATA_DIR=$(cd "$DATA_DIR" && pwd)
shift $(($# < 2 ? $# : 2))
pages=("$@")
[ ${#pages[@]} -gt 0 ] || pages=(README customer officer reporter handler head integrator events webhooks keys)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for page in "${pages[@]}"; do
    # The text of the fenced code blocks with the language sh.
    awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$folder/$page.md" >"$work/$page.sh"
    [ -s "$work/$page.sh" ] || { echo "$page.md holds no command" >&2 && exit 1; }
    echo "== $page"
    (cd "$work" && bash -euxo pipefail "$work/$page.sh" 2>"$work/trace") || {
        echo "$page.md: a command failed. The last lines of what ran:" >&2
        tail -n 8 "$work/trace" | cut -c 1-300 >&2
        exit 1
    }
done
echo "every command of ${#pages[@]} pages ran"
