# shellcheck shell=bash
# Installs the tools of the checks, pinned, from npm, PyPI and crates.io, into the cache outside the clone. Sourced, not run.

cache=${CI_CACHE:-${HOME:-/var/tmp}/.cache/service-desk-ci}
tools=$cache/tools
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# No tool sends telemetry.
export SCARF_ANALYTICS=false DO_NOT_TRACK=1 REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true npm_config_update_notifier=false PYTHONDONTWRITEBYTECODE=1

needs() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || { echo "$program is missing: on Debian, apt-get install npm python3-venv chromium default-jdk-headless" >&2 && return 1; }
    done
}

# Copies the folder $1 of the clone, and the contract, to the same places in the cache, installs the packages of its lockfile, and changes to it. The first
# of these folders contains the Node for all of them.
npm_folder() {
    needs npm
    local folder=$tools/npm/$1 wanted
    mkdir -p "$folder" "$tools/npm/openapi"
    find "$folder" -mindepth 1 -maxdepth 1 ! -name node_modules -exec rm -rf {} +
    (cd "$top/$1" && tar -cf - --exclude=./node_modules .) | tar -xf - -C "$folder"
    cp "$top/openapi/openapi.json" "$tools/npm/openapi/"
    cd "$folder" || return
    wanted=$(sha256sum package-lock.json)
    if [ "$(cat node_modules/.lockfile 2>/dev/null)" != "$wanted" ]; then
        npm ci --no-fund --no-audit --silent
        echo "$wanted" >node_modules/.lockfile
    fi
}

# Puts the pinned Node first in the path. Without a package for this machine, the installed Node must be new enough.
use_node() {
    (npm_folder contract)
    [ -x "$tools/npm/contract/node_modules/.bin/node" ] && PATH=$tools/npm/contract/node_modules/.bin:$PATH
    needs node
    node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 22 || (major === 22 && minor >= 18) ? 0 : 1)' ||
        { echo "node is $(node --version), and 22.18 or newer is needed" >&2 && return 1; }
}

# Makes a virtual environment named $1 with the pinned requirements of $2; prints its folder.
python_folder() {
    needs python3
    local folder=$tools/$1 wanted
    wanted=$(sha256sum <"$top/$2")
    if [ "$(cat "$folder/.requirements" 2>/dev/null)" != "$wanted" ]; then
        rm -rf "$folder"
        python3 -m venv "$folder" >&2
        "$folder/bin/pip" install --quiet --disable-pip-version-check --require-virtualenv -r "$top/$2" >&2
        echo "$wanted" >"$folder/.requirements"
    fi
    echo "$folder"
}

# Puts version $2 of the cargo command $1 first in the path. Not optimised: each runs for seconds, and an optimised build takes minutes.
cargo_command() {
    local folder=$tools/$1-$2
    [ -x "$folder/bin/$1" ] ||
        env -u CARGO_TARGET_DIR CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --locked --debug --root "$folder" "$1@$2"
    PATH=$folder/bin:$PATH
}
