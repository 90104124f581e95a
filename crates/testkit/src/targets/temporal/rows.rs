//! Rows: days at the ends of months and years, clocks at the ends of days, numbers of every length, texts in every spelling.

use sqlift::Datum;
use sqlift_types::temporal;

use super::{MOST_TIME, Made, Row, Text};
use crate::generate::Random;
use crate::naive::calendar::{DAY, Day, Moment, clock, time_text};

/// A row, with a text where the expression reads one.
pub(super) fn any_row(random: &mut Random, text: Text) -> Row {
    let m = any_moment(random, matches!(text, Text::Moment));
    let o = match random.below(4) {
        0 => m,
        1 => m
            .plus(random.below(200_000_000) as i128 - 100_000_000)
            .unwrap_or(m),
        _ => any_moment(random, false),
    };
    let z = any_moment(random, false);
    let z = Moment {
        clock: z.clock / 1_000_000 * 1_000_000,
        ..z
    };
    let d = if random.chance(1, 4) {
        m.day
    } else {
        any_day(random)
    };
    let (t, u) = (any_time(random), any_time(random));
    let (n, k) = (any_number(random), any_number(random));
    let text = match text {
        Text::Nothing => Made::default(),
        Text::Fields(first, count) => fields(random, first, count),
        Text::Moment => spelled_moment(random, m),
        Text::Time => spelled_time(random, t),
    };
    Row {
        d,
        m,
        o,
        z,
        t,
        u,
        n,
        k,
        text,
    }
}

fn any_day(random: &mut Random) -> Day {
    const BOUNDARIES: [i64; 12] = [
        1, 59, 60, 61, 365, 366, 719_527, 719_528, 738_580, 738_581, 3_652_423, 3_652_424,
    ];
    let number = match random.below(4) {
        0 => BOUNDARIES[random.below(BOUNDARIES.len())],
        // The end of a month, where months are clamped and years turn.
        1 => {
            let (year, month) = (1 + random.below(9998) as i64, 1 + random.below(12) as i64);
            Day {
                year,
                month,
                day: 1,
            }
            .number()
                + random.below(5) as i64
                - 3
        }
        2 => 719_528 + random.below(40_000) as i64,
        _ => 1 + random.below(3_652_424) as i64,
    };
    Day::of(number.max(1)).expect("a number of a day")
}

fn any_moment(random: &mut Random, is_late: bool) -> Moment {
    let mut day = any_day(random);
    if is_late && day.year < 1000 {
        day = Day {
            year: 2024,
            month: 2,
            day: 29,
        };
    }
    let clock = match random.below(4) {
        0 => [0, 1, DAY - 1, DAY / 2, DAY - 500_000, 999_999][random.below(6)],
        1 => random.below(86_400) as i64 * 1_000_000,
        _ => (random.bits() % DAY as u64) as i64,
    };
    Moment { day, clock }
}

fn any_time(random: &mut Random) -> i64 {
    let time = match random.below(4) {
        0 => [0, 1, MOST_TIME, 999_999, DAY, DAY - 1][random.below(6)],
        1 => random.below(86_400) as i64 * 1_000_000,
        _ => (random.bits() % MOST_TIME as u64) as i64,
    };
    if random.chance(1, 3) { -time } else { time }
}

fn any_number(random: &mut Random) -> i64 {
    let number = match random.below(6) {
        0 => [
            0,
            1,
            12,
            31,
            366,
            10_000,
            i64::MAX,
            4_294_967_295,
            1_431_655_765,
        ][random.below(9)],
        1 => random.below(100) as i64,
        2 => random.below(10_000) as i64,
        3 => random.below(4_000_000) as i64,
        4 => (random.bits() % 40_000_000_000) as i64,
        _ => (random.bits() >> (1 + random.below(62))) as i64,
    };
    if random.chance(1, 3) { -number } else { number }
}

/// The text of a compound interval: numbers with anything between them; of fewer numbers than the unit has, the last ones.
fn fields(random: &mut Random, first: usize, count: usize) -> Made {
    let given = if random.chance(1, 4) {
        1 + random.below(count)
    } else {
        count
    };
    let is_negative = random.chance(1, 3);
    let mut text = ["", " ", ""][random.below(3)].to_owned();
    text += if is_negative { "-" } else { "" };
    let (mut months, mut micros) = (0_i128, 0_i128);
    for place in 0..given {
        let field = first + count - given + place;
        let limit = [10, 100, 100_000][random.below(3)];
        let number = random.below(limit) as i128;
        // The last number of a unit with microseconds is a fraction of up to six digits, whichever field it stands for.
        let written = match first + count == 7 && place + 1 == given {
            true => format!(
                "{:0width$}",
                number % 1_000_000,
                width = 1 + random.below(6)
            ),
            false => number.to_string(),
        };
        let value = match first + count == 7 && place + 1 == given {
            true if written.len() < 6 => {
                written.parse::<i128>().unwrap_or(0) * 10_i128.pow(6 - written.len() as u32)
            }
            _ => written.parse().unwrap_or(0),
        };
        text += &written;
        if place + 1 < given {
            text += [":", " ", "-", ".", " / "][random.below(5)];
        }
        match field {
            0 => months += 12 * value,
            1 => months += value,
            _ => {
                let unit: i128 = [DAY, 3_600_000_000, 60_000_000, 1_000_000, 1][field - 2].into();
                micros += value * unit;
            }
        }
    }
    let sign = if is_negative { -1 } else { 1 };
    Made {
        text,
        months: sign * months,
        micros: sign * micros,
    }
}

/// The spellings that the manual lists, with the whole fraction.
fn spelled_moment(random: &mut Random, moment: Moment) -> Made {
    let Day { year, month, day } = moment.day;
    let [hour, minute, second, micros] = moment.clock();
    let text = match random.below(5) {
        0 => moment.text(6),
        1 => moment.text(6).replace(' ', "T"),
        2 => format!("{year}-{month}-{day} {hour}:{minute}:{second}.{micros:06}"),
        3 => format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}.{micros:06}"),
        _ => format!("  {} ", moment.text(6)),
    };
    Made {
        text,
        ..Made::default()
    }
}

fn spelled_time(random: &mut Random, time: i64) -> Made {
    let [hour, minute, second, micros] = clock(time.abs());
    let sign = if time < 0 { "-" } else { "" };
    let text = match random.below(4) {
        0 => time_text(time, 6),
        1 => format!("{sign}{hour}:{minute}:{second}.{micros:06}"),
        2 => format!("{sign}{hour:03}{minute:02}{second:02}.{micros:06}"),
        _ => format!(
            "{sign}{} {:02}:{minute:02}:{second:02}.{micros:06}",
            hour / 24,
            hour % 24
        ),
    };
    Made {
        text,
        ..Made::default()
    }
}

/// The row as the engine takes it.
pub(super) fn cells(row: &Row) -> Vec<Datum> {
    let date = |day: Day| temporal::Date::new(day.year as u32, day.month as u32, day.day as u32);
    let moment = |moment: Moment| {
        let [hour, minute, second, micros] = moment.clock().map(|part| part as u32);
        let moment = temporal::DateTime::new(date(moment.day), hour, minute, second, micros);
        Datum::DateTime(moment.to_packed())
    };
    vec![
        Datum::Date(date(row.d).to_packed()),
        moment(row.m),
        moment(row.o),
        moment(row.z),
        Datum::Time(row.t),
        Datum::Time(row.u),
        Datum::Int(row.n),
        Datum::Int(row.k),
        Datum::Bytes(row.text.text.clone().into_bytes()),
    ]
}
