//! Do things lie on each other? What the tests of every drawing ask: texts on texts, texts over the edge of a box or of the sheet, boxes on boxes, arrows
//! through boxes or texts.

use super::shape::{Line, Point, Rect};
use super::sheet::Sheet;

/// Every fault of `sheet`, in words.
#[must_use]
pub fn faults(sheet: &Sheet) -> Vec<String> {
    let whole = Rect {
        x: 0.0,
        y: 0.0,
        w: sheet.w,
        h: sheet.h,
    };
    let boxes: Vec<Rect> = sheet
        .bars
        .iter()
        .filter(|bar| !bar.background)
        .map(|bar| bar.rect)
        .collect();
    let rooms: Vec<(Rect, &str)> = sheet
        .words
        .iter()
        .map(|words| (words.room(), words.text.as_str()))
        .collect();
    let mut faults = Vec::new();
    for (i, (room, text)) in rooms.iter().enumerate() {
        if !whole.holds(room) {
            faults.push(format!("“{text}” leaves the sheet"));
        }
        faults.extend(
            rooms[i + 1..]
                .iter()
                .filter(|(other, _)| room.meets(other))
                .map(|(_, other)| format!("“{text}” lies on “{other}”")),
        );
        faults.extend(
            boxes
                .iter()
                .filter(|one| one.meets(room) && !one.holds(room))
                .map(|one| format!("“{text}” crosses the edge of {one:?}")),
        );
    }
    for (i, one) in boxes.iter().enumerate() {
        if !whole.holds(one) {
            faults.push(format!("{one:?} leaves the sheet"));
        }
        faults.extend(
            boxes[i + 1..]
                .iter()
                .filter(|other| one.meets(other))
                .map(|other| format!("{one:?} lies on {other:?}")),
        );
    }
    for line in sheet.lines.iter().filter(|line| !line.ruled) {
        for piece in pieces(line) {
            faults.extend(
                boxes
                    .iter()
                    .filter(|one| one.meets(&piece))
                    .map(|one| format!("an arrow {:?} goes through {one:?}", line.corners)),
            );
            faults.extend(
                rooms
                    .iter()
                    .filter(|(room, _)| room.meets(&piece))
                    .map(|(_, text)| format!("an arrow goes through “{text}”")),
            );
        }
    }
    faults
}

/// The pieces of a line as rectangles of its width.
fn pieces(line: &Line) -> impl Iterator<Item = Rect> {
    let half = line.width / 2.0;
    let piece = move |pair: &[Point]| {
        let (x, y) = (pair[0].x.min(pair[1].x), pair[0].y.min(pair[1].y));
        let (w, h) = ((pair[0].x - pair[1].x).abs(), (pair[0].y - pair[1].y).abs());
        // Its ends touch what they connect.
        if w > h {
            Rect {
                x,
                y: y - half,
                w,
                h: line.width,
            }
        } else {
            Rect {
                x: x - half,
                y,
                w: line.width,
                h,
            }
        }
    };
    line.corners.windows(2).map(piece)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::shape::{Anchor, at};

    #[test]
    fn each_fault_is_found() {
        let mut sheet = Sheet::new(100.0, 100.0, "", "", "id");
        assert!(faults(&sheet).is_empty());
        sheet.fill(
            Rect {
                x: 10.0,
                y: 10.0,
                w: 20.0,
                h: 20.0,
            },
            "none",
        );
        sheet.fill(
            Rect {
                x: 60.0,
                y: 10.0,
                w: 20.0,
                h: 20.0,
            },
            "none",
        );
        sheet.write(at(12.0, 20.0), "ab", 5.0, Anchor::Start);
        sheet.arrow(vec![at(30.0, 20.0), at(60.0, 20.0)], "#000", 1.0);
        assert_eq!(faults(&sheet), Vec::<String>::new(), "inside and between");
        sheet.write(at(28.0, 40.0), "cd", 5.0, Anchor::Start);
        sheet.arrow(vec![at(30.0, 0.0), at(30.0, 50.0)], "#000", 1.0);
        sheet.write(at(99.0, 60.0), "ef", 5.0, Anchor::Start);
        sheet.write(at(13.0, 21.0), "gh", 5.0, Anchor::Start);
        sheet.write(at(25.0, 12.0), "an edge", 5.0, Anchor::Start);
        sheet.fill(
            Rect {
                x: 70.0,
                y: 20.0,
                w: 20.0,
                h: 90.0,
            },
            "none",
        );
        let all = faults(&sheet).join("\n");
        for part in [
            "goes through Rect",
            "goes through “cd”",
            "“ef” leaves",
            "“ab” lies on “gh”",
            "“an edge” crosses",
            "Rect { x: 70.0, y: 20.0, w: 20.0, h: 90.0 } leaves",
            "lies on Rect",
        ] {
            assert!(all.contains(part), "{part}\n{all}");
        }
    }
}
