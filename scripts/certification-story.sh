#!/usr/bin/env bash
# One certification from a new customer to the dispatched audit notice and its payment, by curl, with seven users.
#
#   scripts/certification-story.sh [BASE] [DATA_DIR] [LETTERS_DIR]
#
# BASE is the address of the service (http://127.0.0.1:8080). DATA_DIR is the folder with demo-accounts.json, as `cargo run` prints it.
# LETTERS_DIR is the folder for the signed letter; without it a new folder is made. All may come from the environment. Needs bash, curl, awk and gzip. Makes a new company each time, so it can be run again and again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/story/papers.sh
. "$here/story/papers.sh"

# shellcheck source=scripts/story/speak.sh
. "$here/story/speak.sh"

# Streams the file $3 to row $2 of the application $1.
attach() {
    ask PUT "$1/documents/$2" 201 -H 'content-type: application/octet-stream' -H "content-disposition: attachment; filename=\"${3##*/}\"" --data-binary "@$3"
}

company="PT Tirta Musi $run"
email="mutu-$run@tirtamusi.example"

echo "The story of $company at $base"
echo
printf '%2s  %-6s %-18s %-66s %s\n' no. step actor operation stage

post /api/v1/auth/register 202 <<JSON
{"email": "$email", "password": "air jernih dari Musi $run", "display_name": "Rahmat Hidayat",
 "organisation": {"name": "$company", "address": {"street": "Jl. Perindustrian II No. 12", "city": "Palembang", "province": "Sumatera Selatan", "postal_code": "30152"}}}
JSON
tell - "POST /auth/register"
sign_in customer "$email" "air jernih dari Musi $run"
for role in ss_lead pji_staff operations_staff pji_lead head treasurer; do sign_in_demo $role; done

# ---- the office's auditors -----------------------------------------------------------------------------------------------------------------

as=ss_lead
# A team of its own for each story: the same person is never in two audits on one day.
auditor() { # role, name, codes
    post /api/v1/auditors 201 <<<"{\"name\": \"$2\", \"competences\": [{\"scheme\": \"product_sni\", \"role\": \"$1\", \"codes\": [$3], \"valid_from\": \"2026-01-01\"}]}"
    tell - "POST /auditors ($1)"
}
auditor lead "Ir. Sri Wahyuni, M.T." '"SNI 3553:2023"'
lead=$(get .id)
auditor auditor "Bambang Susilo, S.T." '"SNI 3553:2023"'
member=$(get .id)
auditor sampling_officer "Rudi Hartono, A.Md." ''
sampler=$(get .id)
team="[{\"auditor_id\": \"$lead\", \"role\": \"lead\"}, {\"auditor_id\": \"$member\", \"role\": \"auditor\"}, {\"auditor_id\": \"$sampler\", \"role\": \"sampling_officer\"}]"
cost='[{"kind": "tariff", "description": "Ketua tim audit, 2 hari", "quantity": 2, "unit": "OH", "unit_amount": 2000000, "channel": "pnbp_billing", "legal_basis": "PP 54/2021", "reason": "Tarif ini belum ada dalam daftar."},
       {"kind": "tariff", "description": "Auditor, 2 hari", "quantity": 2, "unit": "OH", "unit_amount": 1750000, "channel": "pnbp_billing", "legal_basis": "PP 54/2021", "reason": "Tarif ini belum ada dalam daftar."},
       {"kind": "travel_transport", "description": "Transport tim", "quantity": 1, "unit": "PP", "unit_amount": 1500000, "channel": "direct_by_client", "legal_basis": "SBM", "reason": "Biaya nyata; SBM transport belum diimpor."}]'
billed=7500000

# ---- the draft and its documents --------------------------------------------------------------------------------------------------------------

as=customer
post /api/v1/applications 201 <<JSON
{"scheme": "product_sni", "kind": "initial", "facts": {"applicant_kind": "producer", "commodity": "bottled_water", "certification_type": "type_5"},
 "company": {"name": "$company", "nib": "1234567890123", "address": "Jl. Perindustrian II No. 12, Palembang"},
 "site": {"name": "Pabrik Kertapati", "address": "Jl. Ki Marogan No. 8, Kertapati", "regency": "Kota Palembang", "province": "Sumatera Selatan"},
 "products": [{"name": "Air mineral 600 ml", "brand": "Tirta Musi", "standard": "SNI 3553:2023"}, {"name": "Air mineral 19 l", "brand": "Tirta Musi", "standard": "SNI 3553:2023"}],
 "personnel": {"total": 48, "shifts": 2},
 "contact": {"name": "Rahmat Hidayat", "email": "$email", "phone": "+62 711 555 0101"}}
JSON
case=/api/v1/applications/$(get .id)
tell - "POST /applications" "$(get .stage)"

# The rows of the checklist that apply to this application.
papers="P01 P02 P03 P04 P06 P07 P08 P10 P11 P13 P15 P16 P17 P18 P19 P20 P21 P22 P23 P25"
total=0
for row in $papers; do
    # shellcheck disable=SC2017 # whole megabytes, so that the number of pages varies
    case $row in
        P10) paper="$work/ilustrasi-tanda-sni.png" && make_png "$paper" ;;
        *) paper="$work/$row.pdf" && make_pdf "$paper" "$row - $company" $((2 + total / 1000000 * 7 % 6)) ;;
    esac
    attach "$case" "$row" "$paper"
    total=$((total + $(wc -c <"$paper")))
    rm -f "$paper"
done
tell - "PUT .../documents/{P01 ... P25}: 20 files, $((total / 1000000)) MB" draft

# ---- steps 1 to 4: one document missing, one deficient --------------------------------------------------------------------------------------------

act "$case/submission" 200
submitted=$key
application=$(get .number)
tell 1 "POST .../submission ($application)" "$(get .stage)"
# A lost reply: the request is sent again under the same key and gets the stored reply, not a second submission.
ask POST "$case/submission" 200 -H "idempotency-key: $submitted"
grep -qi '^idempotency-replayed: true' "$work/headers" || { echo "the second submission was not a replay" >&2 && exit 1; }
tell 1 "the same again under the same Idempotency-Key: replayed" "$(get .stage)"

as=pji_staff
act "$case/filing" 200
tell 2 "POST .../filing" "$(get .stage)"

as=operations_staff
items=""
for row in $papers; do
    case $row in
        P07) items+="{\"requirement\": \"P07\", \"result\": \"unfit\", \"note\": \"NPWP atas nama perusahaan lama; unggah yang baru.\"}, " ;;
        *) items+="{\"requirement\": \"$row\", \"result\": \"complete\"}, " ;;
    esac
done
post "$case/verification" 200 <<<"{\"items\": [$items {\"requirement\": \"P24\", \"result\": \"missing\", \"note\": \"Laporan uji SNI 3554 belum ada.\"}]}"
wants "the stage" "$(get .stage)" deficient
tell 3 "POST .../verification: P07 unfit, P24 missing" "$(get .stage)"

as=pji_staff
post "$case/audit-confirmation" 200 <<<"{\"proposed_dates\": [\"$(day 21)\", \"$(day 28)\"], \"audit_days\": 2, \"proposed_team\": $team, \"cost_estimate\": $cost, \"answer_by\": \"$(day 7)T09:00:00Z\"}"
tell 4 "POST .../audit-confirmation: dates, team, cost" "$(get .stage)"

# ---- step 5, and step 3 again --------------------------------------------------------------------------------------------------------------

as=customer
read_ "$case/deficiency-sheets"
sheet=$(get .items.0.number)
tell 5 "GET .../deficiency-sheets ($sheet: $(get .items.0.items.0.requirement), $(get .items.0.items.1.requirement))"
for row in P07 P24; do
    make_pdf "$work/$row.pdf" "$row - $company, diperbarui" 3
    attach "$case" $row "$work/$row.pdf"
done
tell 5 "PUT .../documents/{P07, P24}" awaiting_customer
post "$case/completion" 200 <<<"{\"confirmation\": {\"chosen_date\": \"$(day 21)\", \"accepts_cost\": true}, \"answers\": [{\"requirement\": \"P07\", \"note\": \"NPWP baru terlampir.\"}]}"
tell 5 "POST .../completion: date chosen, cost accepted" "$(get .stage)"

as=operations_staff
post "$case/verification" 200 <<<'{"items": [{"requirement": "P07", "result": "complete"}, {"requirement": "P24", "result": "complete"}]}'
wants "the stage" "$(get .stage)" confirmed
tell 3 "POST .../verification, second round" "$(get .stage)"

# ---- step 6, returned once; step 7 ---------------------------------------------------------------------------------------------------------

draft_notice() {
    as=operations_staff
    # The days may fall on a weekend or a holiday; then a reason is necessary.
    post "$case/audit-notice" 200 <<<"{\"team\": $team, \"audit_dates\": [\"$(day 21)\", \"$(day 22)\"], \"cost_lines\": $cost, \"reason\": \"Hari audit diminta pelanggan.\"}"
    tell 6 "POST .../audit-notice ($1 draft)" "$(get .stage)"
    as=ss_lead
    post "$case/audit-notice/initials" 200 <<<'{"as": "letter"}'
    tell 6 "POST .../audit-notice/initials: letter" "$(get .stage)"
    as=pji_lead
    post "$case/audit-notice/initials" 200 <<<'{"as": "cost"}'
    tell 6 "POST .../audit-notice/initials: cost" "$(get .stage)"
}
draft_notice first
as="head"
post "$case/audit-notice/return" 200 <<<'{"reason": "Sebutkan standar tiap produk pada lampiran."}'
wants "the stage" "$(get .stage)" confirmed
tell 7 "POST .../audit-notice/return, with a reason" "$(get .stage)"
draft_notice second
as="head"
act "$case/audit-notice/signature" 200
tell 7 "POST .../audit-notice/signature" "$(get .stage)"

# ---- step 8, and the payment at any stage -----------------------------------------------------------------------------------------------

as=pji_staff
issued=$(now)
post "$case/audit-notice/dispatch" 200 <<<"{\"billing\": {\"code\": \"$run\", \"issued_at\": \"$issued\"}}"
wants "the stage" "$(get .stage)" notice_sent
tell 8 "POST .../audit-notice/dispatch with e-billing $run" "$(get .stage)"

as=customer
read_ "/api/v1/billings?application=${case##*/}"
wants "the amount" "$(get .items.0.amount)" $billed
billing=$(get .items.0.id)
tell - "GET /billings ($(get .items.0.status), $(get .items.0.amount) $(get .items.0.currency))" notice_sent
as=treasurer
post "/api/v1/billings/$billing/payments" 200 <<<"{\"ntpn\": \"N$run\", \"ntb\": \"000${run}\", \"paid_at\": \"$(now)\", \"amount\": $billed, \"bank\": \"Bank Sumsel Babel\"}"
wants "the billing" "$(get .status)" paid
tell - "POST /billings/{id}/payments (NTPN $(get .payment.ntpn))" notice_sent

# ---- the stored results --------------------------------------------------------------------------------------------------------------------

as=customer
read_ "$case/audit-notice"
echo
echo "Notice      $(get .number), $(get .status) $(get .sent_at)"
echo "Team        $(get .content.team.0.name) ($(get .content.team.0.role)), $(get .content.team.1.name) ($(get .content.team.1.role))"
echo "Audit       $(get .content.audit_dates.0) and $(get .content.audit_dates.1)"
echo "Signed by   $(get .signature.name), $(get .signature.capacity)"
keep_letter "notice-$run" "$case/audit-notice" "$(get .number)" "$(get .signature.name)" "$(get .letter.sha256)"
echo "Letter      $letters/notice-$run.pdf"
read_ "/api/v1/billings/$billing"
echo "E-billing   $(get .code), $(get .amount) $(get .currency), $(get .status), NTPN $(get .payment.ntpn)"
read_ "$case/timeline"
echo
echo "Timeline    step  round  party     minutes  standard  on time"
awk -F '\t' '
    $1 ~ /^\.steps\.[0-9]+\./ { split($1, part, "."); n = part[3]; seen[n] = 1; of[n, part[4]] = $2; if (n > last) last = n }
    END { for (n = 0; n <= last; n++) if (n in seen) printf "            %4s  %5s  %-8s  %7s  %8s  %s\n",
        of[n, "step"], of[n, "round"], of[n, "party"], of[n, "used_minutes"], of[n, "standard_minutes"], of[n, "on_time"] }' "$leaves"
echo
echo "$application: done, $number lines, the office used $(get .office_minutes) minutes, the customer $(get .customer_minutes)."
