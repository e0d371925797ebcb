//! The poster put on its sheet: table, lanes, boxes, arrows.

use super::columns::{
    BACK, BOX, CHANNEL, CHIP, Columns, HEIGHT, LINE, MARGIN, OUT, PAD, SIZE, TOP, WIDTH, columns,
    count, paper_lines, subtitle_lines, title_lines,
};
use super::legend;
use super::routes::{self, Port, Route};
use super::stations::{Kind, Road, Station};
use super::ways::{Way, Ways};
use crate::drawing::shape::{Anchor, Point, Rect, at};
use crate::drawing::sheet::{INK, RULE, SOFT};
use crate::drawing::text::wrap;
use crate::drawing::{Sheet, text};
use crate::sop::render::view::{SopView, StepView};

/// Height of the names of the columns.
const HEAD: f64 = 46.0;

/// Puts everything on a sheet.
pub(super) fn paint(sop: &SopView, road: &Road<'_>, ways: &Ways) -> Sheet {
    let routes = routes::routes(ways);
    let notes = legend::notes(road);
    let columns = columns(
        road,
        ways,
        routes::channels(&routes),
        legend::height(&notes),
    );
    let foot = columns.rows.last().copied().unwrap_or(TOP);
    let height = (foot + legend::height(&notes)).max(HEIGHT);
    let title = format!("SOP {} · {}", sop.code, sop.title_id);
    let mut sheet = Sheet::new(WIDTH, height, title.clone(), describe(road), "id");
    sheet.print = ("420mm".to_owned(), format!("{:.0}mm", height / 4.0));
    let heading = sheet.write(at(MARGIN, 50.0), title, 25.0, Anchor::Start);
    heading.bold = true;
    let sums = format!(
        "{} · waktu baku bagian kantor {} menit, seluruhnya {} menit kerja",
        sop.title_en, sop.office_minutes, sop.total_minutes
    );
    sheet
        .write(at(MARGIN, 72.0), sums, 13.0, Anchor::Start)
        .colour = SOFT;
    table(&mut sheet, road, &columns, foot);
    for (i, station) in road.stations.iter().enumerate() {
        let painter = Painter {
            station,
            columns: &columns,
            top: columns.rows[i],
            foot: columns.rows[i + 1],
        };
        painter.texts(&mut sheet);
        painter.boxes(&mut sheet);
        painter.exits(
            &mut sheet,
            ways.exits[i]
                .iter()
                .map(|side| road.stations[*side].label.clone())
                .collect(),
        );
        painter.ends(
            &mut sheet,
            &ways.ends[i],
            &routes::ports(i, &routes, ways.ends[i].len()),
        );
    }
    beginning(&mut sheet, road, &columns);
    for way in ways.between.iter().filter(|way| routes::is_straight(way)) {
        straight(&mut sheet, road, &columns, way);
    }
    for (place, route) in routes.iter().enumerate() {
        around(&mut sheet, (road, ways), &columns, &routes, (place, route));
    }
    legend::put(&mut sheet, foot, &notes);
    sheet
}

/// Names of the columns, bands, rules.
fn table(sheet: &mut Sheet, road: &Road<'_>, columns: &Columns, foot: f64) {
    let head = TOP - HEAD;
    let all = Rect {
        x: MARGIN,
        y: head,
        w: columns.right - MARGIN,
        h: HEAD,
    };
    sheet.fill(all, "#e6ebf0").background = true;
    // No word of an actor is broken: narrow lanes have smaller letters.
    let widest = road
        .lanes
        .iter()
        .flat_map(|name| name.split(' '))
        .map(|word| text::width(word, 1.0, true))
        .fold(1.0, f64::max);
    let size = (SIZE - 1.0).min((columns.lane - 5.0) / widest);
    for (i, name) in road.lanes.iter().enumerate() {
        let x = columns.lanes + count(i) * columns.lane;
        if i % 2 == 0 {
            sheet
                .fill(
                    Rect {
                        x,
                        y: TOP,
                        w: columns.lane,
                        h: foot - TOP,
                    },
                    "#f5f7f9",
                )
                .background = true;
        }
        headings(
            sheet,
            &wrap(name, size, true, columns.lane - 4.0),
            x + columns.lane / 2.0,
            size,
            Anchor::Middle,
        );
        sheet.rule(at(x, head), at(x, foot), RULE, 0.8);
    }
    for (x, name) in [
        (MARGIN, "No."),
        (columns.title, "Uraian kegiatan"),
        (columns.exits, "Jalan keluar"),
        (columns.ends, "Akhir"),
        (columns.takes, "Kelengkapan"),
        (columns.time, "Waktu (menit)"),
        (columns.gives, "Output"),
    ] {
        let next = [
            columns.title,
            columns.exits,
            columns.lanes,
            columns.channels,
            columns.takes,
            columns.time,
            columns.gives,
            columns.right,
        ];
        let room = next
            .into_iter()
            .find(|other| *other > x)
            .unwrap_or(columns.right)
            - x
            - 2.0 * PAD;
        headings(
            sheet,
            &wrap(name, SIZE, true, room.max(40.0)),
            x + PAD,
            SIZE,
            Anchor::Start,
        );
    }
    for x in [
        MARGIN,
        columns.title,
        columns.exits,
        columns.channels,
        columns.takes,
        columns.time,
        columns.gives,
        columns.right,
    ] {
        sheet.rule(at(x, head), at(x, foot), RULE, 0.8);
    }
    for y in [head].into_iter().chain(columns.rows.iter().copied()) {
        sheet.rule(at(MARGIN, y), at(columns.right, y), RULE, 0.8);
    }
}

fn headings(sheet: &mut Sheet, lines: &[String], x: f64, size: f64, anchor: Anchor) {
    let first = TOP - HEAD / 2.0 - (count(lines.len()) - 1.0) * LINE / 2.0 + size * 0.36;
    for (i, line) in lines.iter().enumerate() {
        sheet
            .write(at(x, first + count(i) * LINE), line.as_str(), size, anchor)
            .bold = true;
    }
}

/// One row on its way onto the sheet.
struct Painter<'a> {
    station: &'a Station<'a>,
    columns: &'a Columns,
    top: f64,
    foot: f64,
}

impl Painter<'_> {
    fn middle(&self) -> f64 {
        f64::midpoint(self.top, self.foot)
    }

    fn texts(&self, sheet: &mut Sheet) {
        let (row, columns) = (self.station.row, self.columns);
        let label = sheet.write(
            at(MARGIN + PAD, self.middle() + SIZE * 0.36),
            self.station.label.as_str(),
            SIZE + 1.0,
            Anchor::Start,
        );
        label.bold = true;
        let (titles, under) = (title_lines(row.title_id), subtitle_lines(row.title_en));
        let mut y = self.first_line(titles.len() + under.len());
        for line in titles {
            sheet
                .write(at(columns.title + PAD, y), line, SIZE, Anchor::Start)
                .bold = true;
            y += LINE;
        }
        for line in under {
            sheet
                .write(at(columns.title + PAD, y), line, SIZE - 0.5, Anchor::Start)
                .colour = SOFT;
            y += LINE;
        }
        self.column(sheet, columns.takes, &paper_lines(&row.takes));
        self.column(sheet, columns.gives, &paper_lines(&row.gives));
        self.column(sheet, columns.time, &time(row));
    }

    fn column(&self, sheet: &mut Sheet, x: f64, lines: &[String]) {
        let mut y = self.first_line(lines.len());
        for line in lines {
            sheet.write(at(x + PAD, y), line.as_str(), SIZE, Anchor::Start);
            y += LINE;
        }
    }

    /// The base line of the first of so many lines around the middle.
    fn first_line(&self, lines: usize) -> f64 {
        self.middle() - (count(lines) - 1.0) * LINE / 2.0 + SIZE * 0.36
    }

    fn boxes(&self, sheet: &mut Sheet) {
        let minutes = self
            .station
            .row
            .within_minutes
            .map(|minutes| format!("{minutes}′"));
        for place in boxes(self.station, self.columns, self.middle()) {
            let (fill, dashed, round) = match self.station.kind {
                Kind::Numbered => ("#cfe3f3", false, 0.0),
                Kind::Part => ("#ffffff", false, 0.0),
                Kind::Automatic => ("#e4e4e4", false, BOX / 2.0),
                Kind::Side => ("#fdeccf", true, 0.0),
            };
            let bar = sheet.fill(place, fill);
            (bar.outline, bar.dashed, bar.round) = (INK, dashed, round);
            bar.says = Some(self.station.row.title_id.to_owned());
            let middle = place.middle();
            let base = if minutes.is_some() {
                middle.y - 2.0
            } else {
                middle.y + 4.3
            };
            sheet
                .write(
                    at(middle.x, base),
                    self.station.label.as_str(),
                    12.0,
                    Anchor::Middle,
                )
                .bold = true;
            if let Some(minutes) = &minutes {
                sheet.write(
                    at(middle.x, middle.y + 10.0),
                    minutes.as_str(),
                    9.5,
                    Anchor::Middle,
                );
            }
        }
        let all: Vec<Rect> = boxes(self.station, self.columns, self.middle());
        for pair in all.windows(2) {
            let line = sheet.rule(
                at(pair[0].x + pair[0].w, self.middle()),
                at(pair[1].x, self.middle()),
                INK,
                1.0,
            );
            line.dashed = true;
        }
    }

    /// The ways out, to the left of the lanes.
    fn exits(&self, sheet: &mut Sheet, labels: Vec<String>) {
        let Some(first) = boxes(self.station, self.columns, self.middle())
            .first()
            .copied()
        else {
            return;
        };
        let mut x = self.columns.exits + PAD;
        let y = self.middle();
        let chips = labels.len();
        for label in labels {
            let bar = sheet.fill(
                Rect {
                    x,
                    y: y - CHIP.1 / 2.0,
                    w: CHIP.0,
                    h: CHIP.1,
                },
                "#ffffff",
            );
            (bar.outline, bar.round) = (OUT, 4.0);
            let words = sheet.write(at(x + CHIP.0 / 2.0, y + 3.3), label, 9.0, Anchor::Middle);
            (words.colour, words.bold) = (OUT, true);
            x += CHIP.0 + 3.0;
        }
        if chips > 0 {
            sheet.arrow(vec![at(first.x, y), at(x - 3.0, y)], OUT, 0.9);
        }
    }

    /// Where the road ends or leaves, to the right of the lanes.
    fn ends(&self, sheet: &mut Sheet, ends: &[String], ports: &[Port]) {
        let right = boxes(self.station, self.columns, self.middle())
            .last()
            .map_or(0.0, |last| last.x + last.w);
        let shift = (count(ends.len()) - 1.0) / 2.0;
        for (i, end) in ends.iter().enumerate() {
            let port = ports
                .iter()
                .position(|port| *port == Port::Ends(i))
                .unwrap_or(0);
            let y = height(self.middle(), port, ports.len());
            let h = CHIP.1;
            let middle = self.middle() + (count(i) - shift) * (h + 3.0);
            let w = text::width(end, SIZE - 1.0, false) + 12.0;
            let bar = sheet.fill(
                Rect {
                    x: self.columns.ends,
                    y: middle - h / 2.0,
                    w,
                    h,
                },
                "#ffffff",
            );
            (bar.outline, bar.round) = (OUT, h / 2.0);
            sheet
                .write(
                    at(self.columns.ends + 6.0, middle + 3.2),
                    end.as_str(),
                    SIZE - 1.0,
                    Anchor::Start,
                )
                .colour = OUT;
            // Beyond the channels there is room to come to the height of the pill.
            let bend = self.columns.ends - 9.0 - count(i) * 3.0;
            let corners = vec![
                at(right, y),
                at(bend, y),
                at(bend, middle),
                at(self.columns.ends, middle),
            ];
            sheet.arrow(
                if (y - middle).abs() < 0.5 {
                    vec![at(right, middle), at(self.columns.ends, middle)]
                } else {
                    corners
                },
                OUT,
                0.9,
            );
        }
    }
}

/// The boxes of a row, from left to right.
pub(super) fn boxes(station: &Station<'_>, columns: &Columns, middle: f64) -> Vec<Rect> {
    let w = (columns.lane - 16.0).min(84.0);
    let left =
        |lane: &usize| columns.lanes + count(*lane) * columns.lane + (columns.lane - w) / 2.0;
    station
        .lanes
        .iter()
        .map(|lane| Rect {
            x: left(lane),
            y: middle - BOX / 2.0,
            w,
            h: BOX,
        })
        .collect()
}

/// The height of the n-th of so many ports around the middle of a box.
fn height(middle: f64, port: usize, of: usize) -> f64 {
    middle - BOX / 2.0 + BOX * count(port + 1) / count(of + 1)
}

/// Where the road begins.
fn beginning(sheet: &mut Sheet, road: &Road<'_>, columns: &Columns) {
    let Some(first) = road.stations.first() else {
        return;
    };
    let middle = f64::midpoint(columns.rows[0], columns.rows[1]);
    if let Some(place) = boxes(first, columns, middle).first() {
        sheet.arrow(
            vec![at(place.middle().x, TOP), at(place.middle().x, place.y)],
            INK,
            1.2,
        );
    }
}

/// The middle of the box of row `i` that arrows from above and below meet.
fn first_box(road: &Road<'_>, columns: &Columns, i: usize) -> Option<Rect> {
    boxes(
        &road.stations[i],
        columns,
        f64::midpoint(columns.rows[i], columns.rows[i + 1]),
    )
    .first()
    .copied()
}

/// An arrow to the row below: down to the line between the rows, along it, and down.
fn straight(sheet: &mut Sheet, road: &Road<'_>, columns: &Columns, way: &Way) {
    let (Some(from), Some(to)) = (
        first_box(road, columns, way.from),
        first_box(road, columns, way.to),
    ) else {
        return;
    };
    let between = columns.rows[way.to];
    let (a, b) = (from.middle().x, to.middle().x);
    let corners: Vec<Point> = if (a - b).abs() < 0.5 {
        vec![at(a, from.y + from.h), at(b, to.y)]
    } else {
        vec![
            at(a, from.y + from.h),
            at(a, between),
            at(b, between),
            at(b, to.y),
        ]
    };
    let line = sheet.arrow(corners, INK, 1.2);
    line.dashed = way.either;
}

/// An arrow through a channel beside the lanes.
fn around(
    sheet: &mut Sheet,
    (road, ways): (&Road<'_>, &Ways),
    columns: &Columns,
    routes: &[Route],
    (place, route): (usize, &Route),
) {
    let x = columns.channels + count(route.channel + 1) * CHANNEL;
    let fastened = |i: usize, wanted: Port| {
        let middle = f64::midpoint(columns.rows[i], columns.rows[i + 1]);
        let ports = routes::ports(i, routes, ways.ends[i].len());
        let port = ports.iter().position(|port| *port == wanted)?;
        let last = boxes(&road.stations[i], columns, middle).last().copied()?;
        Some(at(last.x + last.w, height(middle, port, ports.len())))
    };
    let ends = (
        fastened(route.way.from, Port::Leaves(place)),
        fastened(route.way.to, Port::Comes(place)),
    );
    let (Some(from), Some(to)) = ends else { return };
    let back = route.way.to < route.way.from;
    let line = sheet.arrow(
        vec![from, at(x, from.y), at(x, to.y), to],
        if back { BACK } else { INK },
        1.2,
    );
    line.dashed = back || route.way.either;
}

/// The standard time as it stands in the column: a row that is part of a step says so.
fn time(row: &StepView) -> Vec<String> {
    match (row.within_minutes, row.part_of) {
        (Some(minutes), _) if minutes > 450 => {
            vec![minutes.to_string(), format!("({} hari)", minutes / 450)]
        }
        (Some(minutes), _) => vec![minutes.to_string()],
        (None, Some(of)) => vec!["dalam".to_owned(), format!("langkah {of}")],
        (None, None) => vec!["–".to_owned()],
    }
}

fn describe(road: &Road<'_>) -> String {
    let say = |station: &Station<'_>| {
        format!(
            "{}: {} ({})",
            station.label, station.row.title_id, station.row.actor_term
        )
    };
    road.stations.iter().map(say).collect::<Vec<_>>().join("; ")
}
