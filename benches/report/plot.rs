//! Charts as SVG: lines and bars, over linear or logarithmic axes.

use std::fmt::Write as _;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 440.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 60.0;

/// Okabe and Ito's colours, which colour-blind readers tell apart, and two more.
const COLOURS: [&str; 10] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999",
    "#7a3fb0", "#8c564b",
];

/// A name and its points.
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// What the axes say.
pub(crate) struct Labels<'a> {
    pub(crate) title: &'a str,
    pub(crate) x: &'a str,
    pub(crate) y: &'a str,
}

/// A logarithmic axis between two powers of ten.
struct Scale {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
}

impl Scale {
    fn over(values: impl Iterator<Item = f64>, start: f64, end: f64) -> Scale {
        let usable = values.filter(|v| v.is_finite() && *v > 0.0);
        let (low, high) = usable.fold((f64::INFINITY, 0.0_f64), |(low, high), v| {
            (low.min(v), high.max(v))
        });
        let (low, high) = if low <= high {
            (low, high)
        } else {
            (1.0, 10.0)
        };
        let from = low.log10().floor();
        let to = high.log10().ceil().max(from + 1.0);
        Scale {
            from,
            to,
            start,
            end,
        }
    }

    fn place(&self, value: f64) -> f64 {
        let part = (value.max(1e-12).log10() - self.from) / (self.to - self.from);
        self.start + part.clamp(0.0, 1.0) * (self.end - self.start)
    }

    fn powers(&self) -> impl Iterator<Item = f64> + use<> {
        (self.from as i32..=self.to as i32).map(|power| 10_f64.powi(power))
    }
}

/// `1000` as `1k`.
fn short(value: f64) -> String {
    match value {
        v if v >= 1e9 => format!("{}G", v / 1e9),
        v if v >= 1e6 => format!("{}M", v / 1e6),
        v if v >= 1e3 => format!("{}k", v / 1e3),
        v => format!("{v}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn start(labels: &Labels<'_>) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let middle = (LEFT + WIDTH - RIGHT) / 2.0;
    let (title, x, y) = (escaped(labels.title), escaped(labels.x), escaped(labels.y));
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"22\" font-size=\"15\" font-weight=\"bold\">{title}</text>\n\
         <text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{x}</text>\n\
         <text x=\"16\" y=\"{}\" text-anchor=\"middle\" transform=\"rotate(-90 16 {})\">{y}</text>",
        HEIGHT - 10.0,
        HEIGHT / 2.0,
        HEIGHT / 2.0
    );
    svg
}

fn rows_of(svg: &mut String, scale: &Scale) {
    for value in scale.powers() {
        let y = scale.place(value);
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            y + 4.0,
            short(value)
        );
    }
}

fn legend(svg: &mut String, names: impl Iterator<Item = String>) {
    for (i, name) in names.enumerate() {
        let y = TOP + 10.0 + 18.0 * i as f64;
        let x = WIDTH - RIGHT + 14.0;
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{}\" width=\"12\" height=\"12\" fill=\"{}\"/><text x=\"{}\" y=\"{}\">{}</text>",
            y - 10.0,
            COLOURS[i % COLOURS.len()],
            x + 18.0,
            y,
            escaped(&name)
        );
    }
}

/// Lines over two logarithmic axes.
pub(crate) fn lines(labels: &Labels<'_>, series: &[Series]) -> String {
    let points = || series.iter().flat_map(|s| &s.points);
    let xs = Scale::over(points().map(|p| p.0), LEFT, WIDTH - RIGHT);
    let ys = Scale::over(points().map(|p| p.1), HEIGHT - BOTTOM, TOP);
    let mut svg = start(labels);
    rows_of(&mut svg, &ys);
    for value in xs.powers() {
        let x = xs.place(value);
        let _ = writeln!(
            svg,
            "<line x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"#eee\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            HEIGHT - BOTTOM,
            HEIGHT - BOTTOM + 18.0,
            short(value)
        );
    }
    for (i, one) in series.iter().enumerate() {
        let colour = COLOURS[i % COLOURS.len()];
        let usable = one.points.iter().filter(|p| p.1.is_finite() && p.1 > 0.0);
        let places: Vec<(f64, f64)> = usable.map(|p| (xs.place(p.0), ys.place(p.1))).collect();
        let path: Vec<String> = places
            .iter()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let _ = writeln!(
            svg,
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.8\" points=\"{}\"/>",
            path.join(" ")
        );
        for (x, y) in places {
            let _ = writeln!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.6\" fill=\"{colour}\"/>"
            );
        }
    }
    legend(&mut svg, series.iter().map(|s| s.name.clone()));
    svg + "</svg>\n"
}

/// Groups of bars over a logarithmic axis: `values[series][group]`; one that is no number has no bar.
pub(crate) fn bars(
    labels: &Labels<'_>,
    groups: &[String],
    series: &[(String, Vec<f64>)],
) -> String {
    let ys = Scale::over(
        series.iter().flat_map(|(_, values)| values.iter().copied()),
        HEIGHT - BOTTOM,
        TOP,
    );
    let mut svg = start(labels);
    rows_of(&mut svg, &ys);
    let room = (WIDTH - RIGHT - LEFT) / groups.len().max(1) as f64;
    let bar = room * 0.86 / series.len().max(1) as f64;
    for (g, group) in groups.iter().enumerate() {
        let left = LEFT + room * (g as f64 + 0.07);
        // Where groups are narrow, every other name has room.
        if room > 36.0 || g % 2 == 0 {
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"11\">{}</text>",
                left + room * 0.43,
                HEIGHT - BOTTOM + 18.0,
                escaped(group)
            );
        }
        for (s, (_, values)) in series.iter().enumerate() {
            let Some(value) = values.get(g).filter(|v| v.is_finite() && **v > 0.0) else {
                continue;
            };
            let y = ys.place(*value);
            let _ = writeln!(
                svg,
                "<rect x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{}\"/>",
                left + bar * s as f64,
                bar * 0.92,
                HEIGHT - BOTTOM - y,
                COLOURS[s % COLOURS.len()]
            );
        }
    }
    legend(&mut svg, series.iter().map(|(name, _)| name.clone()));
    svg + "</svg>\n"
}
