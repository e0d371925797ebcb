# Makes the documents of the story with the shell's usual tools only: scanned letters as PDF, a drawing as PNG. Sourced, not run.

# A PDF of $3 pages at $1 with the title $2: on each page a line of text over a scan of 640 by 900 grey pixels, some 580 kB.
make_pdf() {
    local file=$1 title=$2 pages=$3 page object offsets=() kids="" content width=640 height=900
    title=$(printf '%s' "$title" | tr -d '()\\')
    # Objects: 1 catalogue, 2 pages, 3 font, then for each page: page, scan, content.
    for ((page = 0; page < pages; page++)); do kids+="$((4 + 3 * page)) 0 R "; done
    add() { offsets+=("$(wc -c <"$file" | tr -d ' ')") && printf '%s 0 obj\n' "${#offsets[@]}" >>"$file"; }
    printf '%%PDF-1.4\n%%\342\343\317\323\n' >"$file"
    add && printf '<</Type/Catalog/Pages 2 0 R>>\nendobj\n' >>"$file"
    add && printf '<</Type/Pages/Kids[%s]/Count %s>>\nendobj\n' "$kids" "$pages" >>"$file"
    add && printf '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n' >>"$file"
    for ((page = 0; page < pages; page++)); do
        object=$((4 + 3 * page))
        add && printf '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>/XObject<</S %s 0 R>>>>/Contents %s 0 R>>\nendobj\n' \
            $((object + 1)) $((object + 2)) >>"$file"
        add && printf '<</Type/XObject/Subtype/Image/Width %s/Height %s/ColorSpace/DeviceGray/BitsPerComponent 8/Length %s>>\nstream\n' \
            $width $height $((width * height)) >>"$file"
        head -c $((width * height)) /dev/urandom >>"$file"
        printf '\nendstream\nendobj\n' >>"$file"
        content="q 495 0 0 697 50 60 cm /S Do Q BT /F 12 Tf 50 790 Td ($title, halaman $((page + 1)) dari $pages) Tj ET"
        add && printf '<</Length %s>>\nstream\n%s\nendstream\nendobj\n' "${#content}" "$content" >>"$file"
    done
    local start
    start=$(wc -c <"$file" | tr -d ' ')
    printf 'xref\n0 %s\n0000000000 65535 f \n' $((${#offsets[@]} + 1)) >>"$file"
    printf '%010d 00000 n \n' "${offsets[@]}" >>"$file"
    printf 'trailer\n<</Size %s/Root 1 0 R>>\nstartxref\n%s\n%%%%EOF\n' $((${#offsets[@]} + 1)) "$start" >>"$file"
}

# $1 as four bytes, most significant first.
four_bytes() {
    # shellcheck disable=SC2059 # the format consists of the bytes
    printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) $(($1 & 255)))"
}

# The file $2 as a PNG chunk of type $1. gzip computes the CRC-32 that PNG needs and writes it, last byte first, before the length.
chunk() {
    local crc
    crc=$({ printf '%s' "$1" && cat "$2"; } | gzip -1nc | tail -c 8 | head -c 4 | od -An -tu1)
    # shellcheck disable=SC2086 # four numbers
    set -- "$1" "$2" $crc
    four_bytes "$(wc -c <"$2" | tr -d ' ')" && printf '%s' "$1" && cat "$2" && four_bytes $(($6 << 24 | $5 << 16 | $4 << 8 | $3))
}

# A PNG of 1600 by 1000 grey pixels at $1, some 1.6 MB.
make_png() {
    local file=$1 part=$1.part rows=$1.rows row adler
    : >"$rows"
    # 25 rows of noise, each behind its filter byte, 40 times: the repetition is outside the window of deflate, so the file stays as large as a scan.
    for ((row = 0; row < 25; row++)); do printf '\0' && head -c 1600 /dev/urandom; done >"$part"
    for ((row = 0; row < 40; row++)); do cat "$part"; done >"$rows"
    adler=$(od -An -v -tu1 "$rows" | awk 'BEGIN { a = 1 } { for (i = 1; i <= NF; i++) { a = (a + $i) % 65521; b = (b + a) % 65521 } } END { printf "%d %d", b, a }')
    printf '\211PNG\r\n\032\n' >"$file"
    { four_bytes 1600 && four_bytes 1000 && printf '\010\0\0\0\0'; } >"$part" && chunk IHDR "$part" >>"$file"
    # zlib's data is the part between gzip's header (10 bytes) and trailer (8); it gets zlib's header and the Adler-32.
    gzip -1nc "$rows" >"$rows.gz"
    { printf '\170\1' && tail -c +11 "$rows.gz" | head -c $(($(wc -c <"$rows.gz") - 18)) && four_bytes $((${adler% *} << 16 | ${adler#* })); } >"$part"
    chunk IDAT "$part" >>"$file"
    : >"$part" && chunk IEND "$part" >>"$file"
    rm -f "$part" "$rows" "$rows.gz"
}
