# HTTP functions of the stories: find the service and its demo accounts, send requests, read replies, print progress. Sourced with the story's own arguments, not run.
# Needs bash, curl and awk. `here` is the folder of the stories.

base=${1:-${BASE:-http://127.0.0.1:8080}}
data=${2:-${DATA_DIR:-}}
if [ -z "$data" ]; then
    # shellcheck disable=SC2012 # the newest of our own folders
    data=$(dirname "$(ls -t "$here"/../.data/demo-accounts.json /var/lib/service-desk-*/demo-accounts.json 2>/dev/null | head -1)")
fi
[ -r "$data/demo-accounts.json" ] || { echo "no demo-accounts.json in '$data': give the data folder that \`cargo run\` prints" >&2 && exit 1; }

letters=${3:-${LETTERS_DIR:-}}
if [ -z "$letters" ]; then letters=$(mktemp -d "${TMPDIR:-/tmp}/letters.XXXXXX"); fi
mkdir -p "$letters"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
run=$(date +%y%m%d%H%M%S)$(printf '%03d' $((RANDOM % 1000)))
reply=$work/reply.json
leaves=$work/leaves
number=0
as=""

# ---- requests ------------------------------------------------------------------------------------------------------------------------------

# The leaf of the last reply at path $1; empty when there is none.
get() { awk -F '\t' -v path="$1" '$1 == path { print $2; exit }' "$leaves"; }

# Sends $1 $2 as the user in `as` and expects the status $3, or one of several (`200|202`); further arguments are curl's. An operation that
# needs a fresh second factor gets it, and is asked again.
ask() {
    send "$@"
    case "|$3|" in
    *"|$status|"*) ;;
    *)
        if [ "$status" = 401 ] && grep -q '"step_up_required"' "$reply"; then
            step_up
            send "$@"
        fi
        ;;
    esac
    case "|$3|" in *"|$status|"*) return 0 ;; esac
    { echo && echo "$1 $2 as ${as:-nobody}: $status instead of $3" && cat "$reply" && echo; } >&2
    exit 1
}

send() {
    local method=$1 path=$2
    shift 3
    set -- -sS -X "$method" -H 'accept: application/json' -H 'accept-language: en' "$@"
    if [ -n "$as" ]; then set -- "$@" -H "authorization: Bearer $(cat "$work/token.$as")"; fi
    status=$(curl "$@" -o "$reply" -D "$work/headers" -w '%{http_code}' "$base$path") || { echo "no answer: $method $base$path" >&2 && exit 1; }
    if grep -qi '^content-type: application/[a-z+]*json' "$work/headers"; then awk -f "$here/story/json.awk" "$reply" >"$leaves"; else : >"$leaves"; fi
}

# 128 random bits: no other caller can request the reply that is stored under this key.
new_key() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

read_() { ask GET "$1" 200; }

# POSTs the body on standard input to $1 with a new key, and expects the status $2.
post() {
    cat >"$work/body.json"
    key=$(new_key)
    ask POST "$1" "$2" -H "idempotency-key: $key" -H 'content-type: application/json' --data-binary "@$work/body.json"
}

# A POST without a body.
act() {
    key=$(new_key)
    ask POST "$1" "$2" -H "idempotency-key: $key"
}

# Prints the last act: the step of the SOP, the user, the act, and the new stage.
tell() {
    number=$((number + 1))
    printf '%2d  %-6s %-18s %-66s %s\n' "$number" "$1" "${as:-(nobody)}" "$2" "${3:-}"
}

# Saves the signed letter at $2, with the number $3 and the signer $4, as $1.pdf among the letters, and writes the values that scripts/check-letters must find, with
# the digest $5 where the API returns it. The service must recognise the file.
keep_letter() {
    ask GET "$2/pdf" 200
    mv "$reply" "$letters/$1.pdf"
    printf 'number=%s\nsigner=%s\nsha256=%s\nbase=%s\n' "$3" "$4" "${5:-}" "$base" >"$letters/$1.expected"
    local reader=$as
    as=""
    ask GET /api/v1/public/letter-authority 200
    mv "$reply" "$letters/authority.pem"
    ask POST /api/v1/public/letters/verification 200 -H 'content-type: application/pdf' --data-binary "@$letters/$1.pdf"
    wants "the letter" "$(get .verdict)" authentic
    as=$reader
}

wants() { [ "$2" = "$3" ] || { echo "$1 is '$2' instead of '$3'" >&2 && exit 1; }; }

# ---- signing in ----------------------------------------------------------------------------------------------------------------------------

# Signs in as $1 with the e-mail $2 and the password $3. With SECOND_FACTOR=required the first sign-in enrols an authenticator app, whose
# secret is kept in the data folder for the next run.
sign_in() {
    as=""
    post /api/v1/auth/login "200|202" <<<"{\"email\": \"$2\", \"password\": \"$3\"}"
    if [ "$status" = 202 ]; then
        local token
        token=$(get .mfa_token)
        fresh_code "$1"
        post /api/v1/auth/login/second-factor 200 <<<"{\"mfa_token\": \"$token\", \"proof\": {\"code\": \"$code_now\"}}"
    fi
    get .access_token >"$work/token.$1"
    [ "$(get .enrolment_required)" = true ] || return 0
    as=$1
    post /api/v1/me/mfa/totp 201 <<<'{"label": "Cerita"}'
    mkdir -p "$authenticators"
    get .secret >"$authenticators/$1"
    fresh_code "$1"
    post /api/v1/me/mfa/totp/confirmation 200 <<<"{\"code\": \"$code_now\"}"
    as=""
}

# Proves the second factor of the user in `as` again.
step_up() {
    fresh_code "$as"
    send POST /api/v1/me/step-up 204 -H 'content-type: application/json' --data "{\"code\": \"$code_now\"}"
    [ "$status" = 204 ] || { echo "the second factor of $as is refused: $(cat "$reply")" >&2 && exit 1; }
}

authenticators=$data/demo-authenticators

# Sets `code_now` to a code (RFC 6238) of user $1 that was not used yet: each is valid once, so it may wait for the next half minute. Needs
# openssl and base32.
fresh_code() {
    local counter key hash offset
    counter=$(($(date +%s) / 30))
    while [ "$counter" -le "$(cat "$authenticators/$1.used" 2>/dev/null || echo 0)" ]; do
        sleep 1
        counter=$(($(date +%s) / 30))
    done
    echo "$counter" >"$authenticators/$1.used"
    key=$(base32 -d <"$authenticators/$1" | od -An -v -tx1 | tr -d ' \n')
    # shellcheck disable=SC2059 # the counter as eight bytes
    hash=$(printf "$(printf '%016x' "$counter" | sed 's/../\\x&/g')" | openssl dgst -sha1 -mac HMAC -macopt "hexkey:$key" | sed 's/.*= *//')
    offset=$((16#${hash:39:1} * 2))
    code_now=$(printf '%06d' $(((16#${hash:offset:8} & 0x7fffffff) % 1000000)))
}

# The leaf $2 of the demo account of role $1.
of_account() {
    awk -F '\t' -v role="$1" -v leaf="$2" '$2 == role { want = $1; sub(/role$/, leaf, want); next } $1 == want { print $2; exit }' "$work/accounts"
}

# Signs in with the demo account of role $1, read from the file that the service wrote.
sign_in_demo() {
    local email password
    awk -f "$here/story/json.awk" "$data/demo-accounts.json" >"$work/accounts"
    email=$(of_account "$1" email)
    password=$(of_account "$1" password)
    sign_in "$1" "$email" "$password"
}

day() { date -u -d "+$1 days" +%F 2>/dev/null || date -u -v "+$1d" +%F; }
now() { date -u +%FT%TZ; }
