#!/usr/bin/env bash
# The money and the team of one certification, by curl: a price list is imported after a preview, the cost is suggested from it, proposed, accepted,
# a clash of days is refused, and the notice is held to it; the billing code expires, is replaced and paid, and the treasury's statement has one stranger.
#
#   scripts/money-and-teams-story.sh [BASE] [DATA_DIR] [LETTERS_DIR]
#
# The arguments are those of scripts/certification-story.sh. With E_BILLING_SECRET, the secret that the service was started with, the payment is pushed as
# by the payment office, else the treasurer enters it. Needs bash, curl, awk and sed, and openssl for the push. Makes a new company each time, so it can be run again and again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/story/papers.sh
. "$here/story/papers.sh"
# shellcheck source=scripts/story/speak.sh
. "$here/story/speak.sh"

company="PT Karet Ogan $run"
email="mutu-$run@karetogan.example"

# POSTs the file $2 as CSV to $1.
send_csv() {
    key=$(new_key)
    ask POST "$1" 200 -H "idempotency-key: $key" -H 'content-type: text/csv' --data-binary "@$2"
}
# The array of flat objects under the name $1 in the last reply.
array() { sed 's/.*"'"$1"'":\(\[[^]]*\]\).*/\1/' "$reply"; }

echo "The story of money and teams of $company at $base"
echo
printf '%2s  %-6s %-18s %-66s %s\n' no. step actor operation stage

post /api/v1/auth/register 202 <<JSON
{"email": "$email", "password": "getah bening dari Ogan $run", "display_name": "Dewi Anggraini",
 "organisation": {"name": "$company", "address": {"street": "Jl. Lintas Ogan No. 5", "city": "Indralaya", "province": "Sumatera Selatan", "postal_code": "30662"}}}
JSON
tell - "POST /auth/register"
sign_in customer "$email" "getah bening dari Ogan $run"
for role in ss_lead pji_staff operations_staff pji_lead head treasurer; do sign_in_demo $role; done

# ---- the price list: public, by day, imported after a preview --------------------------------------------------------------------------------

as=""
read_ "/api/v1/tariffs?limit=200"
tell - "GET /tariffs: $(awk -F '\t' '$1 ~ /\.code$/' "$leaves" | wc -l | tr -d ' ') prices in force today"

as=treasurer
test_code="UJI-${run:0:12}"
cat >"$work/tariffs.csv" <<CSV
code,kind,label,unit,amount,ceiling,province,legal_basis,valid_from,valid_to,is_example
$test_code,laboratory,Uji mutu karet SIR 20,contoh,750000,,,"PP 54/2021 (contoh)",2026-01-01,,true
CSV
send_csv /api/v1/tariffs/preview "$work/tariffs.csv"
wants "the change" "$(get .changes.0.change)" added
plan=$(get .plan)
tell - "POST /tariffs/preview: one price would be added"
send_csv "/api/v1/tariffs/import?plan=$plan" "$work/tariffs.csv"
tell - "POST /tariffs/import, with the plan of the preview"
ask POST "/api/v1/tariffs/import?plan=$plan" 412 -H 'content-type: text/csv' --data-binary "@$work/tariffs.csv"
tell - "the same again: refused, the preview is outdated (412)"

# ---- the team and the application, to step 3 -----------------------------------------------------------------------------------------------

as=ss_lead
auditor() { # role, name, codes
    post /api/v1/auditors 201 <<<"{\"name\": \"$2\", \"competences\": [{\"scheme\": \"product_sni\", \"role\": \"$1\", \"codes\": [$3], \"valid_from\": \"2026-01-01\"}]}"
    tell - "POST /auditors ($1)"
}
auditor lead "Ir. Sri Wahyuni, M.T." '"SNI 1903:2017"'
auditor auditor "Bambang Susilo, S.T." '"SNI 1903:2017"'
auditor sampling_officer "Rudi Hartono, A.Md." ''

as=customer
post /api/v1/applications 201 <<JSON
{"scheme": "product_sni", "kind": "initial",
 "facts": {"applicant_kind": "producer", "certification_type": "type_5", "business_scale": "small", "small_business_discount": true},
 "company": {"name": "$company", "nib": "1234567890123", "address": "Jl. Lintas Ogan No. 5, Indralaya"},
 "site": {"name": "Pabrik Indralaya", "address": "Jl. Lintas Ogan No. 5", "regency": "Kab. Ogan Ilir", "province": "Sumatera Selatan"},
 "products": [{"name": "Karet remah SIR 20", "brand": "Ogan", "standard": "SNI 1903:2017"}],
 "personnel": {"total": 30, "shifts": 1},
 "contact": {"name": "Dewi Anggraini", "email": "$email", "phone": "+62 711 555 0202"}}
JSON
case=/api/v1/applications/$(get .id)
papers="P01 P02 P04 P06 P07 P08 P10 P11 P15 P16 P17 P18 P19 P20 P21 P22 P23 P58"
items=""
for row in $papers; do
    make_pdf "$work/$row.pdf" "$row - $company" 1
    ask PUT "$case/documents/$row" 201 -H 'content-type: application/octet-stream' -H "content-disposition: attachment; filename=\"$row.pdf\"" --data-binary "@$work/$row.pdf"
    rm -f "$work/$row.pdf"
    items+="{\"requirement\": \"$row\", \"result\": \"complete\"}, "
done
act "$case/submission" 200
tell 1 "POST .../submission, with the statement of business scale (P58)" "$(get .stage)"
as=pji_staff
act "$case/filing" 200
tell 2 "POST .../filing" "$(get .stage)"
post "$case/team-suggestions" 200 <<<"{\"first_day\": \"$(day 21)\", \"audit_days\": 2, \"auditors\": 1}"
wants "the number of members" "$(awk -F '\t' '$1 ~ /^\.team\.[0-9]+\.auditor_id$/' "$leaves" | wc -l | tr -d ' ')" 3
member() { printf '{"auditor_id": "%s", "role": "%s"}' "$(get ".team.$1.auditor_id")" "$(get ".team.$1.role")"; }
lead=$(get .team.0.auditor_id)
team="[$(member 0), $(member 1), $(member 2)]"
tell - "POST .../team-suggestions: $(get .team.0.name), $(get .team.1.name), $(get .team.2.name)"
post "$case/cost-suggestions" 200 <<<"{\"proposed_team\": $team, \"audit_days\": 2}"
wants "the discount" "$(awk -F '\t' '$1 ~ /^\.missing\.[0-9]+\.component$/ && $2 == "discount" { print $2 }' "$leaves")" discount
tell - "POST .../cost-suggestions: no discount before its paper is verified"
as=operations_staff
post "$case/verification" 200 <<<"{\"items\": [${items%, }]}"
wants "the stage" "$(get .stage)" verified
tell 3 "POST .../verification: complete, the business scale as well" "$(get .stage)"

# ---- step 4: the suggested cost -----------------------------------------------------------------------------------------------------------

as=pji_staff
post "$case/cost-suggestions" 200 <<<"{\"proposed_team\": $team, \"audit_days\": 2, \"laboratory\": [{\"tariff_code\": \"$test_code\", \"quantity\": 2}]}"
cost=$(array cost_estimate)
billed=$(get .totals.0.amount)
tell - "POST .../cost-suggestions: $billed by e-billing"
echo "            $(get .totals.0.words)"
awk -F '\t' '$1 ~ /^\.cost_estimate\.[0-9]+\./ { split($1, part, "."); of[part[3], part[4]] = $2; if (part[3] > last) last = part[3] }
    $1 ~ /^\.missing\.[0-9]+\.explanation\.en$/ { missing[++n] = $2 }
    END { for (i = 0; i <= last; i++) printf "            %-70.70s %4s x %9s\n", of[i, "description"], of[i, "quantity"], of[i, "unit_amount"]
        for (i = 1; i <= n; i++) print "            missing: " missing[i] }' "$leaves"
proposal() { printf '{"proposed_dates": ["%s"], "audit_days": 2, "proposed_team": %s, "cost_estimate": %s, "answer_by": "%sT09:00:00Z", "reason": "Tim yang diusulkan sistem."}' "$(day 21)" "$team" "$1" "$(day 7)"; }
post "$case/audit-confirmation" 422 <<<"$(proposal "$(sed 's/"unit_amount":2000000/"unit_amount":1/' <<<"$cost")")"
wants "the fault" "$(get .errors.0.code)" not_the_tariff
tell 4 "POST .../audit-confirmation with a tariff of one rupiah: refused"
post "$case/audit-confirmation" 200 <<<"$(proposal "$cost")"
tell 4 "POST .../audit-confirmation: dates, team, the suggested cost" "$(get .stage)"
as=ss_lead
ask PATCH "/api/v1/auditors/$lead" 409 -H 'if-match: *' -H 'content-type: application/merge-patch+json' \
    --data "{\"unavailable\": [{\"kind\": \"leave\", \"first_day\": \"$(day 21)\", \"last_day\": \"$(day 23)\"}]}"
wants "the refusal" "$(get .code)" schedule_conflict
tell - "PATCH /auditors/{id}: leave on a day of the audit, refused"
as=customer
post "$case/completion" 200 <<<"{\"confirmation\": {\"chosen_date\": \"$(day 21)\", \"accepts_cost\": true}, \"answers\": []}"
tell 5 "POST .../completion: date chosen, cost accepted" "$(get .stage)"

# ---- steps 6 to 8: held to the accepted cost ---------------------------------------------------------------------------------------------

as=operations_staff
notice() { printf '{"team": %s, "audit_dates": ["%s", "%s"], "cost_lines": %s, "reason": "Hari audit diminta pelanggan."}' "$team" "$(day 21)" "$(day 22)" "$1"; }
# The travel, which the customer pays directly, moves to the office: another payer.
post "$case/audit-notice" 200 <<<"$(notice "${cost//direct_by_client/borne_by_office}")"
wants "the stage" "$(get .stage)" verified
tell 6 "POST .../audit-notice with another payer: back to step 4" "$(get .stage)"
as=pji_staff
post "$case/audit-confirmation" 200 <<<"$(proposal "$cost")"
as=customer
post "$case/completion" 200 <<<"{\"confirmation\": {\"chosen_date\": \"$(day 21)\", \"accepts_cost\": true}, \"answers\": []}"
tell 5 "proposed and accepted again" "$(get .stage)"
as=operations_staff
post "$case/audit-notice" 200 <<<"$(notice "$cost")"
tell 6 "POST .../audit-notice with the accepted cost" "$(get .stage)"
as=ss_lead
post "$case/audit-notice/initials" 200 <<<'{"as": "letter"}'
as=pji_lead
post "$case/audit-notice/initials" 200 <<<'{"as": "cost"}'
as="head"
act "$case/audit-notice/signature" 200
tell 7 "POST .../audit-notice/signature" "$(get .stage)"
as=pji_staff
# A code that is valid for a few seconds, so that the story sees it expire.
issued=$(now)
expires=$(date -u -d '+6 seconds' +%FT%TZ 2>/dev/null || date -u -v +6S +%FT%TZ)
post "$case/audit-notice/dispatch" 200 <<<"{\"billing\": {\"code\": \"$run\", \"issued_at\": \"$issued\", \"expires_at\": \"$expires\"}}"
wants "the stage" "$(get .stage)" notice_sent
tell 8 "POST .../audit-notice/dispatch with e-billing $run" "$(get .stage)"
as=customer
read_ "$case/audit-notice"
keep_letter "money-$run" "$case/audit-notice" "$(get .number)" "$(get .signature.name)" "$(get .letter.sha256)"

# ---- the code expires and is replaced; the letter stays ------------------------------------------------------------------------------------

of_case="/api/v1/billings?application=${case##*/}"
for ((tries = 0; tries < 20; tries++)); do
    read_ "$of_case"
    [ "$(get .items.0.status)" != expired ] || break
    sleep 1
done
wants "the billing" "$(get .items.0.status)" expired
wants "the amount" "$(get .items.0.amount)" "$billed"
billing=$(get .items.0.id)
tell - "GET /billings ($(get .items.0.status), $(get .items.0.amount) $(get .items.0.currency))" notice_sent
as=pji_staff
second=$((10#$run % 100000000000000 + 900000000000000))
post "/api/v1/billings/$billing/replacement" 200 <<<"{\"billing\": {\"code\": \"$second\", \"issued_at\": \"$(now)\"}, \"reason\": \"Kode sebelumnya kedaluwarsa.\"}"
tell - "POST /billings/{id}/replacement: $second" notice_sent
as=customer
read_ "$of_case"
wants "the code to pay" "$(awk -F '\t' '$1 ~ /\.status$/ && $2 == "issued"' "$leaves" | wc -l | tr -d ' ')" 1

# ---- the payment: reported twice, and reconciled with the statement of the treasury ----------------------------------------------------------

ntpn=N$run
paid=$(TZ=UTC-7 date '+%F %T')
if [ -n "${E_BILLING_SECRET:-}" ]; then
    # The payment office signs its push as Standard Webhooks: HMAC-SHA-256 over id, time and body.
    secret=$(printf '%s' "${E_BILLING_SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
    printf '[{"kode_billing": "%s", "NTPN": "%s", "NTB": "000%s", "tgl_jam_pembayaran": "%s", "bank_persepsi": "Bank Sumsel Babel"}]' "$second" "$ntpn" "$run" "$paid" >"$work/push.json"
    as=""
    for outcome in recorded already_recorded; do
        stamp=$(date +%s)
        signature=$({ printf 'msg_%s.%s.' "$run" "$stamp" && cat "$work/push.json"; } | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$secret" -binary | base64)
        ask POST /api/v1/integrations/e-billing/payments 200 -H 'content-type: application/json' -H "webhook-id: msg_$run" -H "webhook-timestamp: $stamp" \
            -H "webhook-signature: v1,$signature" --data-binary "@$work/push.json"
        wants "the outcome" "$(get .results.0.outcome)" "$outcome"
        tell - "POST /integrations/e-billing/payments: $outcome" notice_sent
    done
else
    as=customer
    read_ "$of_case"
    current=$(awk -F '\t' '$1 ~ /\.id$/ { id = $2 } $1 ~ /^\.items\.[0-9]+\.code$/ && $2 == "'"$second"'" { print id; exit }' "$leaves")
    as=treasurer
    post "/api/v1/billings/$current/payments" 200 <<<"{\"ntpn\": \"$ntpn\", \"ntb\": \"000${run}\", \"paid_at\": \"${paid/ /T}+07:00\", \"amount\": $billed, \"bank\": \"Bank Sumsel Babel\"}"
    tell - "POST /billings/{id}/payments (set E_BILLING_SECRET to see the push)" notice_sent
fi
as=treasurer
printf 'kode_billing;ntpn;jumlah;tanggal_bayar\n%s;%s;%s;%s\n%s;%s;%s;%s\n' "$second" "$ntpn" "$billed" "$paid" 820000000000000 "X$run" 1250000 "$paid" >"$work/statement.csv"
key=$(new_key)
ask POST /api/v1/treasury-statements 201 -H "idempotency-key: $key" -H 'content-type: text/csv' --data-binary "@$work/statement.csv"
wants "the known rows" "$(get .known)" 1
wants "the strangers" "$(get .open)" 1
tell - "POST /treasury-statements: one known payment, one stranger"
read_ "/api/v1/payment-reports?status=open&statement=$(get .id)"
wants "the stranger" "$(get .items.0.ntpn)" "X$run"
tell - "GET /payment-reports: it waits for the treasurer's word"
ask GET "/api/v1/reports/deposits?month=$(TZ=UTC-7 date +%Y-%m)&format=xlsx" 200
wants "the workbook" "$(head -c 2 "$reply")" PK
mv "$reply" "$letters/deposits-$run.xlsx"
tell - "GET /reports/deposits: the deposit sheet of the month"

echo
echo "Letter      $letters/money-$run.pdf"
echo "Deposits    $letters/deposits-$run.xlsx"
echo "Done, $number lines."
