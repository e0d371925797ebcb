# Makes the documents of the story with the shell's usual tools only: scanned letters as PDF, a drawing as PNG, Office files. Sourced, not run.

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

# $1 as $2 bytes, least significant first.
low_first() {
    local byte
    for ((byte = 0; byte < $2; byte++)); do
        # shellcheck disable=SC2059 # the format consists of the byte
        printf "$(printf '\\%03o' $(($1 >> 8 * byte & 255)))"
    done
}

# A zip archive at $1 of the files $3… in the folder $2, not compressed. gzip ends with the CRC-32 and the length that a zip entry needs.
make_zip() {
    local archive=$1 folder=$2 count at name entry=$1.entry directory=$1.directory
    shift 2
    count=$#
    : >"$archive" && : >"$directory"
    for name; do
        at=$(wc -c <"$archive" | tr -d ' ')
        gzip -1nc "$folder/$name" | tail -c 8 >"$entry.sum"
        { cat "$entry.sum" && tail -c 4 "$entry.sum" && low_first ${#name} 2; } >"$entry"
        { printf 'PK\003\004\024\0\0\0\0\0\0\0\041\0' && cat "$entry" && printf '\0\0%s' "$name" && cat "$folder/$name"; } >>"$archive"
        { printf 'PK\001\002\024\0\024\0\0\0\0\0\0\0\041\0' && cat "$entry" && printf '\0\0\0\0\0\0\0\0\0\0\0\0' && low_first "$at" 4 && printf '%s' "$name"; } >>"$directory"
    done
    at=$(wc -c <"$archive" | tr -d ' ')
    cat "$directory" >>"$archive"
    { printf 'PK\005\006\0\0\0\0' && low_first "$count" 2 && low_first "$count" 2; } >>"$archive"
    { low_first "$(wc -c <"$directory" | tr -d ' ')" 4 && low_first "$at" 4 && printf '\0\0'; } >>"$archive"
    rm -f "$entry" "$entry.sum" "$directory"
}

# A letter $1/note.docx with a deleted and a hidden name, and a spreadsheet $1/cash.xlsx with a hidden row.
make_office() {
    local parts=$1/parts office='http://schemas.openxmlformats.org/officeDocument/2006/relationships' main='http://schemas.openxmlformats.org/spreadsheetml/2006/main'
    local types='application/vnd.openxmlformats-officedocument' package='http://schemas.openxmlformats.org/package/2006'
    mkdir -p "$parts/_rels" "$parts/word" "$parts/xl/_rels"
    type_of() { printf '<Types xmlns="%s/content-types"><Override PartName="/%s" ContentType="%s.%s.main+xml"/></Types>' "$package" "$1" "$types" "$2" >"$parts/[Content_Types].xml"; }
    link() { printf '<Relationships xmlns="%s/relationships"><Relationship Id="rId1" Type="%s/%s" Target="%s"/></Relationships>' "$package" "$office" "$1" "$2"; }
    type_of word/document.xml wordprocessingml.document
    link officeDocument word/document.xml >"$parts/_rels/.rels"
    cat >"$parts/word/document.xml" <<'XML'
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Petugas meminta uang tunai.</w:t></w:r>
<w:del w:author="Rahmat Hidayat"><w:r><w:delText>Saya, Rahmat, mendengarnya.</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>Rahmat</w:t></w:r></w:p></w:body></w:document>
XML
    make_zip "$1/note.docx" "$parts" '[Content_Types].xml' _rels/.rels word/document.xml
    type_of xl/workbook.xml spreadsheetml.sheet
    link officeDocument xl/workbook.xml >"$parts/_rels/.rels"
    link worksheet sheet1.xml >"$parts/xl/_rels/workbook.xml.rels"
    printf '<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="Kas" sheetId="1" r:id="rId1"/></sheets></workbook>' "$main" "$office" >"$parts/xl/workbook.xml"
    printf '<worksheet xmlns="%s"><sheetData><row r="1"><c r="A1"><v>500000</v></c></row><row r="2" hidden="1"><c r="A2" t="str"><v>Rahmat</v></c></row></sheetData></worksheet>' "$main" >"$parts/xl/sheet1.xml"
    make_zip "$1/cash.xlsx" "$parts" '[Content_Types].xml' _rels/.rels xl/workbook.xml xl/_rels/workbook.xml.rels xl/sheet1.xml
}
