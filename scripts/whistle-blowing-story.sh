#!/usr/bin/env bash
# Two complaints from the reporter to the acknowledged answer, by curl: an anonymous one online, and one on paper with a name, which one handler
# opens once after the custodian's decision.
#
#   scripts/whistle-blowing-story.sh [BASE] [DATA_DIR] [LETTERS_DIR]
#
# BASE is the address of the service (http://127.0.0.1:8080). DATA_DIR is the folder with demo-accounts.json, as `cargo run` prints it, and
# the demo custodian's key file. LETTERS_DIR is the folder for the signed answers; without it a new folder is made. All may come from the environment. Needs bash, curl, awk and gzip, and a service in private mode with complaints that surface at once.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/story/papers.sh
. "$here/story/papers.sh"
# shellcheck source=scripts/story/speak.sh
. "$here/story/speak.sh"

stick=$data-custodian
[ -r "$stick/custodian-key.json" ] || { echo "no custodian-key.json in '$stick': the demo custodian's stick is missing" >&2 && exit 1; }

# Opens a reporter's session with the receipt code $2; `as` becomes $1.
enter() {
    as=""
    post /api/v1/complaints/sessions 200 <<<"{\"receipt_code\": \"$2\"}"
    get .access_token >"$work/token.$1"
    as=$1
}

# Waits until the complaint is at stage $1, as the user in `as`; a reporter reads their own complaint.
until_stage() {
    local path=$2 tries
    for ((tries = 0; tries < 60; tries++)); do
        read_ "$path"
        [ "$(get .stage)" = "$1" ] && return 0
        sleep 0.5
    done
    echo "the complaint stays at '$(get .stage)' instead of '$1': does the service surface at once?" >&2
    exit 1
}

# The path for staff of the complaint with the public number $1.
find_complaint() {
    read_ "/api/v1/complaints?public_number=$1"
    echo "/api/v1/complaints/$(get .items.0.id)"
}

echo "The story of two complaints at $base"
echo
printf '%2s  %-6s %-18s %-66s %s\n' no. step actor operation stage
for role in intake_clerk head pji_lead team_lead team_staff identity_custodian internal_auditor pji_staff; do sign_in_demo $role; done
as="head"
read_ "/api/v1/teams"
team=$(get .items.0.id)
as=pji_staff
read_ /api/v1/me
at_fault=$(get .id)

# ---- online, anonymous --------------------------------------------------------------------------------------------------------------------

as=""
post /api/v1/complaints 201 <<'JSON'
{"category": "service",
 "content": {"subject": "Pungutan di luar tarif", "place": "Loket penerimaan contoh", "occurred": "awal Juni",
             "account": "Sebelum contoh uji diterima, petugas meminta pembayaran tunai di luar tarif yang berlaku. Ini terjadi tiga kali.",
             "accused": [{"name": "petugas loket"}]}}
JSON
code=$(get .receipt_code)
complaint=$(get .public_number)
sed 's/.*"receipt":\({[^}]*}\).*/\1/' "$reply" >"$work/receipt.json"
tell 1 "POST /complaints, number $complaint" received
post /api/v1/complaints/receipts/verification 200 <"$work/receipt.json"
wants "the receipt" "$(get .genuine)" true
tell - "POST /complaints/receipts/verification: genuine"
enter reporter "$code"
tell - "POST /complaints/sessions with the receipt code"
# A photograph with the name of its photographer in the metadata and in the file name.
make_png "$work/plain.png"
printf 'Author\0Rahmat Hidayat' >"$work/author"
# The texts go between the header of the PNG (33 bytes) and its rows.
{ head -c 33 "$work/plain.png" && chunk tEXt "$work/author" && tail -c +34 "$work/plain.png"; } >"$work/photo.png"
ask POST /api/v1/complaints/mine/attachments 201 -H "idempotency-key: $(new_key)" -H 'content-type: application/octet-stream' \
    -H 'content-disposition: attachment; filename="kamera-rahmat.png"' --data-binary "@$work/photo.png"
tell - "POST /complaints/mine/attachments: a photograph"
# A file of each other kind, each with the name of its author where a reader does not look.
make_pdf "$work/letter.pdf" "Kuitansi tanpa stempel" 1
make_office "$work"
for file in letter.pdf note.docx cash.xlsx; do
    ask POST /api/v1/complaints/mine/attachments 201 -H "idempotency-key: $(new_key)" -H 'content-type: application/octet-stream' --data-binary "@$work/$file"
    tell - "POST /complaints/mine/attachments: $file"
done
until_stage screened /api/v1/complaints/mine
tell - "surfaced to the office" screened

as="head"
case=$(find_complaint "$complaint")
read_ "$case"
wants "what the head reads" "$(get .content.subject)" "Pungutan di luar tarif"
for ((tries = 0; tries < 60; tries++)); do
    read_ "$case/attachments"
    case $(get .items.0.copy)$(get .items.1.copy)$(get .items.2.copy)$(get .items.3.copy) in *pending*) sleep 0.5 ;; *) break ;; esac
done
for n in 0 1 2 3; do
    wants "the copy of attachment $n" "$(get .items.$n.copy)" ready
    ids[n]=$(get .items.$n.id)
done
for id in "${ids[@]}"; do
    ask GET "$case/attachments/$id" 200
    [ "$(head -c 4 "$reply")" = %PDF ] || { echo "the copy is no PDF" >&2 && exit 1; }
    grep -aqi rahmat "$reply" "$work/headers" && { echo "the attachment tells who made it" >&2 && exit 1; }
done
tell - "GET .../attachments/{id}: the copies no longer tell who made them" screened
post "$case/disposition" 200 <<<'{"text": "Mohon ditanggapi sesuai prosedur."}'
tell 2 "POST .../disposition" "$(get .stage)"
as=team_lead
ask GET "$case" 404
tell - "GET the complaint: 404, the team does not know of it yet"
as=pji_lead
post "$case/forwarding" 200 <<<"{\"team\": \"$team\", \"text\": \"Mohon diselesaikan segera.\"}"
tell 3 "POST .../forwarding" "$(get .stage)"
as=team_lead
post "$case/messages" 201 <<<'{"text": "Apakah ada kuitansi?", "awaits_answer": true}'
tell "4" "POST .../messages, a question to the reporter" waiting_for_reporter
as=reporter
read_ /api/v1/complaints/mine/messages
wants "the question" "$(get .items.0.text)" "Apakah ada kuitansi?"
post /api/v1/complaints/mine/messages 201 <<<'{"text": "Tidak diberi kuitansi."}'
tell - "POST /complaints/mine/messages"
as=team_lead
until_stage in_resolution "$case"
# Warnings of one day have no order, so that none reveals its complaint: this one is found by its text.
words="Pungutan di luar tarif tidak dibenarkan (teguran $run)."
post "$case/warnings" 200 <<<"{\"warnings\": [{\"user\": \"$at_fault\", \"text\": \"$words\"}]}"
tell 4 "POST .../warnings" "$(get .stage)"
as=pji_staff
read_ /api/v1/warnings
warning=$(awk -F '\t' -v words="$words" '$1 ~ /\.id$/ { id = $2 } $2 == words { print id; exit }' "$leaves")
post "/api/v1/warnings/$warning/statement" 200 <<<'{"text": "Uang sudah saya kembalikan."}'
tell - "POST /warnings/{id}/statement, by who was warned"
ask GET "$case" 404
tell - "GET the complaint by who was warned: 404"
as=team_lead
post "$case/resolution" 200 <<<'{"finding": "proven", "summary": "Pungutan terbukti. Uang dikembalikan dan tarif ditempel di loket."}'
tell 4 "POST .../resolution" "$(get .stage)"
as=team_staff
read_ "$case"
wants "the complaint's text for the drafter" "$(get .content)" null
letter='{"subject": "Jawaban atas pengaduan Saudara", "body": "Pengaduan Saudara terbukti. Uang telah dikembalikan dan petugas telah ditegur."}'
post "$case/answer" 200 <<<"$letter"
tell 5 "POST .../answer" "$(get .stage)"
as="head"
post "$case/answer/return" 200 <<<'{"text": "Sebutkan tarif yang berlaku."}'
tell 6 "POST .../answer/return" "$(get .stage)"
as=team_staff
post "$case/answer" 200 <<<"$letter"
tell 5 "POST .../answer, once more" "$(get .stage)"
as="head"
act "$case/answer/signature" 200
tell 6 "POST .../answer/signature" "$(get .stage)"
as=reporter
until_stage answered /api/v1/complaints/mine
read_ /api/v1/complaints/mine/answer
tell - "GET /complaints/mine/answer, number $(get .signature.number)" answered
keep_letter "answer-$run-online" /api/v1/complaints/mine/answer "$(get .signature.number)" "$(get .signature.signer)"
tell - "GET /complaints/mine/answer/pdf, signed" answered
act /api/v1/complaints/mine/answer/acknowledgement 200
cp "$reply" "$work/receipt.json"
tell 7 "POST .../answer/acknowledgement, against a receipt"
as=""
post /api/v1/complaints/receipts/verification 200 <"$work/receipt.json"
wants "the receipt for the answer" "$(get .genuine)" true
sed "s/$complaint/WBS-2026-0000000/" "$work/receipt.json" >"$work/forged.json"
post /api/v1/complaints/receipts/verification 200 <"$work/forged.json"
wants "the receipt with another number" "$(get .genuine)" false
tell - "POST /complaints/receipts/verification: genuine; forged: not"
as=reporter
until_stage closed /api/v1/complaints/mine
tell - "closed" closed
read_ /api/v1/complaints/mine/access-log
wants "the first who opened it" "$(grep -c '\.role' "$leaves")" 3
tell - "GET /complaints/mine/access-log: three roles opened it"
ask DELETE /api/v1/complaints/mine/session 204
ask GET /api/v1/complaints/mine 401
tell - "DELETE /complaints/mine/session"

# ---- on paper, with a name, opened once ----------------------------------------------------------------------------------------------------

as=intake_clerk
post /api/v1/complaints/paper 201 <<'JSON'
{"form": {"category": "procurement",
          "content": {"subject": "Pengadaan bahan kimia", "account": "Penawaran kami ditolak tanpa penjelasan meski harganya paling rendah."},
          "identity": {"name": "Siti Rahayu", "phone": "+62 812 5550 0177", "address": "Jl. Merdeka No. 5, Palembang"}}}
JSON
slip=$(get .activation_code)
complaint=$(get .public_number)
tell 1 "POST /complaints/paper, number $complaint" received
read_ "/api/v1/complaints?count=true"
wants "what the clerk finds" "$(get .count)" 0
tell - "GET /complaints by the clerk: nothing"
as=""
post /api/v1/complaints/activations 200 <<<"{\"activation_code\": \"$slip\"}"
code=$(get .receipt_code)
tell - "POST /complaints/activations: the slip for a receipt code"
post /api/v1/complaints/activations 409 <<<"{\"activation_code\": \"$slip\"}"
wants "the second use of the slip" "$(get .code)" activation_used
tell - "POST /complaints/activations again: refused, and noticed"
enter reporter "$code"
until_stage screened /api/v1/complaints/mine
as="head"
case=$(find_complaint "$complaint")
post "$case/disposition" 200 <<<'{"text": "Mohon ditanggapi sesuai prosedur."}'
as=pji_lead
post "$case/forwarding" 200 <<<"{\"team\": \"$team\", \"text\": \"Mohon diselesaikan segera.\"}"
tell 3 "POST .../disposition, .../forwarding" "$(get .stage)"
as=intake_clerk
ask GET "$case" 404
tell - "GET the complaint by the clerk who typed it in: 404"

as=team_lead
post "$case/disclosures" 201 <<<'{"fields": ["phone"], "purpose": "consent", "reason": "Pelapor minta dihubungi lewat telepon."}'
disclosure=$case/disclosures/$(get .id)
opening=$(get .opening_code)
tell - "POST .../disclosures: may I have the phone number?"
as=identity_custodian
read_ /api/v1/disclosures
tell - "GET /disclosures: what is to be decided"
printf '{"grant": true, "reason": "Pelapor setuju.", "passphrase": "%s", "custodian_key": %s}' "$(cat "$stick/passphrase.txt")" "$(cat "$stick/custodian-key.json")" |
    post "$disclosure/decision" 200
tell - "POST .../decision, with the key from the stick" "$(get .state)"
as=team_lead
post "$disclosure/opening" 200 <<<"{\"opening_code\": \"$opening\"}"
grep -q '+62 812 5550 0177' "$reply" || { echo "the phone number is not in the opening" >&2 && exit 1; }
grep -q 'Siti' "$reply" && { echo "the name came with it" >&2 && exit 1; }
tell - "POST .../opening: the phone number, and nothing else"
post "$disclosure/opening" 409 <<<"{\"opening_code\": \"$opening\"}"
tell - "POST .../opening again: refused"
post "$case/resolution" 200 <<<'{"finding": "not_proven", "summary": "Penolakan didasarkan pada syarat teknis; penjelasannya disampaikan."}'
tell 4 "POST .../resolution" "$(get .stage)"
as=team_staff
post "$case/answer" 200 <<<"$letter"
as="head"
act "$case/answer/signature" 200
as=reporter
until_stage answered /api/v1/complaints/mine
read_ /api/v1/complaints/mine/answer
keep_letter "answer-$run-paper" /api/v1/complaints/mine/answer "$(get .signature.number)" "$(get .signature.signer)"
act /api/v1/complaints/mine/answer/acknowledgement 200
tell 7 "drafted, signed, read and acknowledged" answered
read_ /api/v1/complaints/mine/access-log
grep -q '"disclosed":\["phone"\]' "$reply" || { echo "the reporter is not told of the disclosure" >&2 && exit 1; }
tell - "GET /complaints/mine/access-log tells of the phone number"

# ---- the stored results --------------------------------------------------------------------------------------------------------------------

as=internal_auditor
read_ /api/v1/audit-trail/verification
wants "the audit trail" "$(get .intact)" true
echo
echo "Audit trail  $(get .events) events, intact"
as="head"
ask GET /api/v1/audit-trail 403
echo "             of which the head may read nothing"
echo "Letters      $letters/answer-$run-{online,paper}.pdf"
echo "done, $number lines."
