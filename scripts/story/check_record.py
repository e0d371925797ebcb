"""Compares the realization report as CSV and as a workbook with the same as JSON. Called by scripts/check-record with the folder of the files."""

import csv
import datetime
import json
import sys
import xml.dom.minidom
from pathlib import Path

import openpyxl

folder = Path(sys.argv[1])
WIB = datetime.timezone(datetime.timedelta(hours=7))


def local(moment):
    """The minute in WIB of an RFC 3339 time."""
    return datetime.datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone(WIB).replace(tzinfo=None) if moment else None


record = json.loads((folder / "record.json").read_text())
rows, summary = record["items"], record["summary"]
assert rows and record["next_cursor"] is None, "the check wants between 1 and 200 rows"

raw = (folder / "record.csv").read_bytes()
assert raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\r\n"), "a byte order mark, and lines that end in CRLF"
table = list(csv.DictReader((folder / "record.csv").open(encoding="utf-8-sig", newline="")))
assert len(table) == len(rows) == summary["count"]

book = openpyxl.load_workbook(folder / "record.xlsx")
assert book.sheetnames == ["Data realisasi", "Ringkasan"], book.sheetnames
sheet = book["Data realisasi"]
assert sheet.freeze_panes == "C2", sheet.freeze_panes
assert sheet.auto_filter.ref == sheet.dimensions, (sheet.auto_filter.ref, sheet.dimensions)
assert sheet.column_dimensions["E"].width > 20
heads = [cell.value for cell in sheet[1]]
assert heads == list(table[0]), "CSV and workbook have the same columns"
lines = [dict(zip(heads, line)) for line in sheet.iter_rows(min_row=2)]
assert len(lines) == len(rows)

for row, line, cells in zip(rows, table, lines):
    def cell(name):
        value = cells[name].value
        assert cells[name].data_type != "f", f"{name} is a formula"
        return value

    assert cell("No.") == row["no"] and line["No."] == str(row["no"])
    assert cell("Nomor permohonan") == row["number"] == line["Nomor permohonan"]
    received = local(row["received_at"])
    assert isinstance(cell("Diterima (WIB)"), datetime.datetime) and abs(cell("Diterima (WIB)") - received) < datetime.timedelta(seconds=2)
    assert line["Diterima (WIB)"] == received.strftime("%Y-%m-%d %H:%M")
    for name, told in [("Menit kantor", "office_minutes"), ("Selisih kantor", "office_difference_minutes"), ("Butir kurang", "deficiency_items")]:
        assert isinstance(cell(name), int) and cell(name) == row[told] == int(line[name]), name
    for step in row["steps"]:
        head = f"Langkah {step['step']}: "
        assert cell(head + "menit kerja") == step["used_minutes"], (row["number"], head)
        assert line[head + "menit kerja"] == ("" if step["used_minutes"] is None else str(step["used_minutes"]))
        assert cell(head + "tepat waktu") == {True: "ya", False: "tidak", None: None}[step["on_time"]]
    if row["notice"]:
        assert cell("Biaya PNBP (Rp)") == row["notice"]["pnbp_amount"] == int(line["Biaya PNBP (Rp)"])
    assert cell("Kode billing") == (row["billing"] or {}).get("code"), "fifteen digits stay text"

# The sums of a spreadsheet's columns must equal the service's sums.
for step in summary["steps"]:
    head = f"Langkah {step['step']}: "
    kept = [line[head + "tepat waktu"] for line in table]
    assert (kept.count("ya"), kept.count("tidak")) == (step["on_time"], step["late"]), head

sums = {str(line[0].value): [cell.value for cell in line[1:]] for line in book["Ringkasan"].iter_rows() if line[0].value is not None}
assert sums["Permohonan"][0] == summary["count"] and sums["Terbit"][:2] == [summary["pnbp"]["issued"]["count"], summary["pnbp"]["issued"]["amount"]]

for chart in ["on_time", "minutes", "cases", "backlog"]:
    drawing = xml.dom.minidom.parse(str(folder / f"{chart}.svg")).documentElement
    assert drawing.tagName == "svg" and drawing.getElementsByTagName("title") and drawing.getElementsByTagName("desc")[0].firstChild.data, chart
assert (folder / "record.pdf").read_bytes().startswith(b"%PDF-1.7")
print(f"{len(rows)} rows: JSON, CSV, workbook, charts and letter agree")
