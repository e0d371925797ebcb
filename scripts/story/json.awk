# Reads one JSON document and prints a line for every leaf: its path, a tab, its value. `{"a":[{"b":1}]}` gives ".a.0.b<TAB>1".
# A fresh machine has awk and may have neither jq nor Python. Escapes other than \" \\ \/ and \n are left unchanged.

function fail(why) { print "json.awk: " why > "/dev/stderr"; exit 1 }

function blank() { while (at <= size && index(" \t\r\n", substr(text, at, 1))) at++ }

function string(    begin, c, out) {
    begin = ++at
    while (at <= size && (c = substr(text, at, 1)) != "\"") at += (c == "\\") ? 2 : 1
    if (at > size) fail("a string does not end")
    out = substr(text, begin, at++ - begin)
    gsub(/\\n/, " ", out); gsub(/\\"/, "\"", out); gsub(/\\\//, "/", out); gsub(/\\\\/, "\\", out)
    return out
}

function value(path,    c, name, n, begin) {
    blank()
    c = substr(text, at, 1)
    if (c == "{") {
        at++; blank()
        if (substr(text, at, 1) == "}") { at++; return }
        do {
            blank(); name = string(); blank()
            if (substr(text, at++, 1) != ":") fail("a colon is missing")
            value(path "." name); blank()
        } while (substr(text, at++, 1) == ",")
    } else if (c == "[") {
        at++; blank()
        if (substr(text, at, 1) == "]") { at++; return }
        n = 0
        do { value(path "." n++); blank() } while (substr(text, at++, 1) == ",")
    } else if (c == "\"") {
        print path "\t" string()
    } else {
        begin = at
        while (at <= size && substr(text, at, 1) ~ /[-+.0-9a-zA-Z]/) at++
        if (at == begin) fail("nothing where a value should be")
        print path "\t" substr(text, begin, at - begin)
    }
}

{ text = text $0 "\n" }
END { at = 1; size = length(text); value(""); blank(); if (at <= size) fail("something stands behind the document") }
