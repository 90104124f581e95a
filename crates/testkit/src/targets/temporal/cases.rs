//! The expressions and what the calendar says of them.

use super::{Case, Cases, MOST_TIME, Made, Row, Text};
use crate::naive::calendar::{DAY, Day, Moment, clock, time_text};
use crate::targets::probe::Answer;

/// All of them.
pub(super) fn all() -> Vec<Case> {
    let mut cases = Cases::default();
    intervals(&mut cases);
    parts(&mut cases);
    weeks(&mut cases);
    differences(&mut cases);
    made(&mut cases);
    casts(&mut cases);
    texts(&mut cases);
    cases.0
}

fn text(value: impl ToString) -> Option<Answer> {
    Some(Answer::Text(value.to_string()))
}

fn or_null(value: Option<String>) -> Option<Answer> {
    Some(Answer::from(value))
}

/// Units of one number, with their microseconds or months.
const SIMPLE: [(&str, i64, i64); 9] = [
    ("MICROSECOND", 1, 0),
    ("SECOND", 1_000_000, 0),
    ("MINUTE", 60_000_000, 0),
    ("HOUR", 3_600_000_000, 0),
    ("DAY", DAY, 0),
    ("WEEK", 7 * DAY, 0),
    ("MONTH", 0, 1),
    ("QUARTER", 0, 3),
    ("YEAR", 0, 12),
];

/// Units of several numbers, with the first field and how many.
const COMPOUND: [(&str, usize, usize); 11] = [
    ("SECOND_MICROSECOND", 5, 2),
    ("MINUTE_MICROSECOND", 4, 3),
    ("MINUTE_SECOND", 4, 2),
    ("HOUR_MICROSECOND", 3, 4),
    ("HOUR_SECOND", 3, 3),
    ("HOUR_MINUTE", 3, 2),
    ("DAY_MICROSECOND", 2, 5),
    ("DAY_SECOND", 2, 4),
    ("DAY_MINUTE", 2, 3),
    ("DAY_HOUR", 2, 2),
    ("YEAR_MONTH", 0, 2),
];

/// A moment after months and microseconds of one sign, of which one is zero.
fn moved(from: Moment, months: i128, micros: i128) -> Option<Moment> {
    match months {
        0 => from.plus(micros),
        _ => from
            .day
            .plus_months(months)
            .map(|day| Moment { day, ..from }),
    }
}

/// Whether it fell on the day 0, which is 0000-00-00: sql_mode decides what becomes of that.
fn is_day_zero(from: Moment, micros: i128) -> bool {
    (0..i128::from(DAY)).contains(&(from.micros() + micros))
}

fn intervals(cases: &mut Cases) {
    for (name, micros, months) in SIMPLE {
        for (sign, operator) in [(1_i128, "+"), (-1, "-")] {
            let amount = move |row: &Row| {
                let n = i128::from(row.n) * sign;
                (n * i128::from(months), n * i128::from(micros))
            };
            let digits = if name == "MICROSECOND" { 6 } else { 0 };
            let add = move |from: Moment, row: &Row, digits: Option<usize>| {
                let (months, micros) = amount(row);
                if months == 0 && is_day_zero(from, micros) {
                    return None;
                }
                let moment = moved(from, months, micros);
                or_null(moment.map(|moment| match digits {
                    Some(digits) => moment.text(digits),
                    None => moment.day.text(),
                }))
            };
            cases.add(
                "DATETIME + INTERVAL",
                format!("m {operator} INTERVAL n {name}"),
                move |row| add(row.m, row, Some(6)),
            );
            cases.add(
                "DATETIME + INTERVAL",
                format!("z {operator} INTERVAL n {name}"),
                move |row| add(row.z, row, Some(digits)),
            );
            let has_clock = micros > 0 && micros < DAY;
            cases.add(
                "DATE + INTERVAL",
                format!("d {operator} INTERVAL n {name}"),
                move |row| {
                    let midnight = Moment {
                        day: row.d,
                        clock: 0,
                    };
                    add(midnight, row, has_clock.then_some(digits))
                },
            );
            if has_clock {
                cases.add(
                    "TIME + INTERVAL",
                    format!("t {operator} INTERVAL n {name}"),
                    move |row| {
                        // The interval has to be a TIME itself.
                        let most = i128::from(MOST_TIME);
                        let (span, sum) = (amount(row).1, i128::from(row.t) + amount(row).1);
                        let is_time = span.abs() <= most && sum.abs() <= most;
                        or_null(is_time.then(|| time_text(sum as i64, 6)))
                    },
                );
            }
        }
        cases.add(
            "TIMESTAMPADD",
            format!("TIMESTAMPADD({name}, k, m)"),
            move |row| {
                let k = i128::from(row.k);
                let (months, micros) = (k * i128::from(months), k * i128::from(micros));
                if months == 0 && is_day_zero(row.m, micros) {
                    return None;
                }
                or_null(moved(row.m, months, micros).map(|moment| moment.text(6)))
            },
        );
        cases.add(
            "TIMESTAMPDIFF",
            format!("TIMESTAMPDIFF({name}, m, o)"),
            move |row| {
                text(match months {
                    0 => (row.o.micros() - row.m.micros()) / i128::from(micros),
                    _ => (months_between(row.m, row.o) / months).into(),
                })
            },
        );
    }
    for (name, first, count) in COMPOUND {
        for (sign, operator) in [(1, "+"), (-1, "-")] {
            let add = move |from: Moment, row: &Row, digits: Option<usize>| {
                let Made { months, micros, .. } = row.text;
                if name != "YEAR_MONTH" && is_day_zero(from, sign * micros) {
                    return None;
                }
                let moment = moved(from, sign * months, sign * micros);
                or_null(moment.map(|moment| match digits {
                    Some(digits) => moment.text(digits),
                    None => moment.day.text(),
                }))
            };
            let fields = Text::Fields(first, count);
            let digits = if name.ends_with("MICROSECOND") { 6 } else { 0 };
            let subject = "compound INTERVAL";
            cases.of_text(
                subject,
                format!("m {operator} INTERVAL s {name}"),
                fields,
                move |row| add(row.m, row, Some(6)),
            );
            cases.of_text(
                subject,
                format!("d {operator} INTERVAL s {name}"),
                fields,
                move |row| {
                    let midnight = Moment {
                        day: row.d,
                        clock: 0,
                    };
                    add(midnight, row, (name != "YEAR_MONTH").then_some(digits))
                },
            );
        }
    }
}

/// Whole months, towards zero: a month is over when day and time of day come round.
fn months_between(from: Moment, to: Moment) -> i64 {
    if to < from {
        return -months_between(to, from);
    }
    let months = |moment: Moment| moment.day.year * 12 + moment.day.month;
    let place = |moment: Moment| (moment.day.day, moment.clock);
    months(to) - months(from) - i64::from(place(to) < place(from))
}

const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn parts(cases: &mut Cases) {
    cases.number("TO_DAYS", "TO_DAYS(d)", |row| row.d.number());
    cases.number("TO_SECONDS", "TO_SECONDS(m)", |row| {
        row.m.day.number() * 86_400 + row.m.clock / 1_000_000
    });
    cases.number("DAYOFYEAR", "DAYOFYEAR(d)", |row| {
        row.d.number()
            - Day {
                month: 1,
                day: 1,
                ..row.d
            }
            .number()
            + 1
    });
    cases.number("WEEKDAY", "WEEKDAY(m)", |row| row.m.day.weekday());
    cases.number("WEEKDAY", "DAYOFWEEK(d)", |row| {
        (row.d.weekday() + 1) % 7 + 1
    });
    cases.add("names", "DAYNAME(d)", |row| {
        text(WEEKDAYS[row.d.weekday() as usize])
    });
    cases.add("names", "MONTHNAME(d)", |row| {
        text(MONTHS[row.d.month as usize - 1])
    });
    cases.number("parts", "CAST(YEAR(d) AS SIGNED)", |row| row.d.year);
    cases.number("parts", "MONTH(m)", |row| row.m.day.month);
    cases.number("parts", "DAYOFMONTH(m)", |row| row.m.day.day);
    cases.number("parts", "QUARTER(d)", |row| (row.d.month + 2) / 3);
    for (place, name) in ["HOUR", "MINUTE", "SECOND", "MICROSECOND"]
        .iter()
        .enumerate()
    {
        cases.number("parts", format!("{name}(m)"), move |row| {
            row.m.clock()[place]
        });
        cases.number("parts", format!("{name}(t)"), move |row| {
            clock(row.t.abs())[place]
        });
    }
    cases.number("TIME_TO_SEC", "TIME_TO_SEC(t)", |row| row.t / 1_000_000);
    cases.add("LAST_DAY", "LAST_DAY(m)", |row| {
        let month = Day {
            day: 1,
            ..row.m.day
        };
        let mut last = month;
        while let Some(next) = Day::of(last.number() + 1).filter(|next| next.month == month.month) {
            last = next;
        }
        text(last.text())
    });
    // The fields of a moment, and the weight of each in EXTRACT of a compound unit.
    let fields = |moment: Moment| {
        let [hour, minute, second, micros] = moment.clock();
        [
            moment.day.year,
            moment.day.month,
            moment.day.day,
            hour,
            minute,
            second,
            micros,
        ]
    };
    let joined = |fields: &[i64], last: usize| {
        let weight = |place: usize| if place == 6 { 1_000_000 } else { 100 };
        let places = last + 1 - fields.len()..=last;
        let all = fields.iter().zip(places);
        all.fold(0, |sum, (field, place)| sum * weight(place) + field)
    };
    for (name, first, count) in COMPOUND {
        cases.number("EXTRACT", format!("EXTRACT({name} FROM m)"), move |row| {
            joined(&fields(row.m)[first..first + count], first + count - 1)
        });
        if first >= 3 {
            cases.number("EXTRACT", format!("EXTRACT({name} FROM t)"), move |row| {
                let parts = clock(row.t.abs());
                row.t.signum() * joined(&parts[first - 3..first - 3 + count], first + count - 1)
            });
        }
    }
    let simple = [
        "YEAR",
        "MONTH",
        "DAY",
        "HOUR",
        "MINUTE",
        "SECOND",
        "MICROSECOND",
    ];
    for (place, name) in simple.into_iter().enumerate() {
        cases.number("EXTRACT", format!("EXTRACT({name} FROM m)"), move |row| {
            fields(row.m)[place]
        });
    }
    cases.number("EXTRACT", "EXTRACT(QUARTER FROM d)", |row| {
        (row.d.month + 2) / 3
    });
    cases.number("EXTRACT", "EXTRACT(WEEK FROM d)", |row| row.d.week(0).0);
}

fn weeks(cases: &mut Cases) {
    for mode in 0..8 {
        cases.add("WEEK", format!("WEEK(d, {mode})"), move |row| {
            (row.d.year > 0).then(|| Answer::Text(row.d.week(mode).0.to_string()))
        });
        cases.add("YEARWEEK", format!("YEARWEEK(m, {mode})"), move |row| {
            if row.m.day.year == 0 {
                return None;
            }
            // YEARWEEK has no week 0: it is the mode with weeks from 1 on that begins as this one does.
            let counted = [2, 3, 2, 3, 6, 7, 6, 7][mode as usize];
            let (week, year) = row.m.day.week(counted);
            text(year * 100 + week)
        });
    }
    cases.add("WEEK", "WEEKOFYEAR(d)", |row| {
        (row.d.year > 0).then(|| Answer::Text(row.d.week(3).0.to_string()))
    });
}

fn differences(cases: &mut Cases) {
    cases.number("DATEDIFF", "DATEDIFF(m, o)", |row| {
        row.m.day.number() - row.o.day.number()
    });
    cases.add("TIMEDIFF", "TIMEDIFF(m, o)", |row| {
        let span = row.m.micros() - row.o.micros();
        text(time_text(
            span.clamp((-MOST_TIME).into(), MOST_TIME.into()) as i64,
            6,
        ))
    });
    cases.add("TIMEDIFF", "TIMEDIFF(t, u)", |row| {
        text(time_text((row.t - row.u).clamp(-MOST_TIME, MOST_TIME), 6))
    });
    for (sign, name) in [(1, "ADDTIME"), (-1, "SUBTIME")] {
        cases.add("ADDTIME", format!("{name}(m, t)"), move |row| {
            let moment = row.m.plus(i128::from(sign * row.t));
            or_null(moment.map(|moment| moment.text(6)))
        });
        cases.add("ADDTIME", format!("{name}(t, u)"), move |row| {
            let sum = row.t + sign * row.u;
            or_null((sum.abs() <= MOST_TIME).then(|| time_text(sum, 6)))
        });
    }
    type Test = fn(&Moment, &Moment) -> bool;
    let tests: [(&str, Test); 4] = [
        ("<", Moment::lt),
        ("=", Moment::eq),
        (">=", Moment::ge),
        ("<>", Moment::ne),
    ];
    for (operator, test) in tests {
        let truth = |is: bool| text(u8::from(is));
        cases.add("comparison", format!("m {operator} o"), move |row| {
            truth(test(&row.m, &row.o))
        });
        cases.add("comparison", format!("d {operator} m"), move |row| {
            truth(test(
                &Moment {
                    day: row.d,
                    clock: 0,
                },
                &row.m,
            ))
        });
        cases.add("comparison", format!("z {operator} m"), move |row| {
            truth(test(&row.z, &row.m))
        });
    }
    cases.add("comparison", "t < u", |row| text(u8::from(row.t < row.u)));
    cases.add("comparison", "GREATEST(m, o)", |row| {
        text(row.m.max(row.o).text(6))
    });
    cases.add("comparison", "LEAST(t, u)", |row| {
        text(time_text(row.t.min(row.u), 6))
    });
}

fn made(cases: &mut Cases) {
    cases.add("FROM_DAYS", "FROM_DAYS(n)", |row| {
        // Numbers up to 365 give the zero date, as the manual warns for dates before the calendar.
        (366..=3_652_424)
            .contains(&row.n)
            .then(|| Day::of(row.n).map(Day::text))?
            .map(Answer::Text)
    });
    cases.add("MAKEDATE", "MAKEDATE(n, k)", |row| {
        if !(0..=9999).contains(&row.n) || row.k < 1 {
            return Some(Answer::Null);
        }
        let year = full_year(row.n);
        let first = Day {
            year,
            month: 1,
            day: 1,
        }
        .number();
        or_null(
            first
                .checked_add(row.k - 1)
                .and_then(Day::of)
                .map(Day::text),
        )
    });
    cases.add("SEC_TO_TIME", "SEC_TO_TIME(n)", |row| {
        let most = MOST_TIME / 1_000_000;
        text(time_text(row.n.clamp(-most, most) * 1_000_000, 0))
    });
    cases.add(
        "PERIOD_ADD",
        "PERIOD_ADD(EXTRACT(YEAR_MONTH FROM m), k)",
        |row| {
            let (year, k) = (full_year(row.m.day.year), i128::from(row.k));
            let months = i128::from(year * 12 + row.m.day.month - 1) + k;
            (1200..120_000)
                .contains(&months)
                .then(|| Answer::Text((months / 12 * 100 + months % 12 + 1).to_string()))
        },
    );
    cases.number(
        "PERIOD_DIFF",
        "PERIOD_DIFF(EXTRACT(YEAR_MONTH FROM m), EXTRACT(YEAR_MONTH FROM o))",
        |row| {
            let months = |day: Day| full_year(day.year) * 12 + day.month;
            months(row.m.day) - months(row.o.day)
        },
    );
    cases.add("UNIX_TIMESTAMP", "UNIX_TIMESTAMP(z)", |row| {
        let epoch = i128::from(
            Day {
                year: 1970,
                month: 1,
                day: 1,
            }
            .number(),
        ) * i128::from(DAY);
        let seconds = (row.z.micros() - epoch) / 1_000_000;
        // The last second is that of 3001-01-18.
        text(if (1..=32_536_771_199).contains(&seconds) {
            seconds
        } else {
            0
        })
    });
    cases.add("FROM_UNIXTIME", "FROM_UNIXTIME(n)", |row| {
        let epoch = i128::from(
            Day {
                year: 1970,
                month: 1,
                day: 1,
            }
            .number(),
        ) * i128::from(DAY);
        let moment = (0..=32_536_771_199)
            .contains(&row.n)
            .then(|| Moment::of(epoch + i128::from(row.n) * 1_000_000));
        or_null(moment.flatten().map(|moment| moment.text(0)))
    });
}

/// Years below 100 are 1970 to 2069.
fn full_year(year: i64) -> i64 {
    match year {
        0..=69 => year + 2000,
        70..=99 => year + 1900,
        _ => year,
    }
}

fn casts(cases: &mut Cases) {
    cases.add("casts", "CAST(m AS DATE)", |row| text(row.m.day.text()));
    cases.add("casts", "CAST(m AS TIME(6))", |row| {
        text(time_text(row.m.clock, 6))
    });
    cases.add("casts", "CAST(d AS DATETIME)", |row| {
        text(format!("{} 00:00:00", row.d.text()))
    });
    cases.add("casts", "CAST(CAST(m AS CHAR) AS DATETIME(6))", |row| {
        text(row.m.text(6))
    });
    cases.add("casts", "CAST(CAST(t AS CHAR) AS TIME(6))", |row| {
        text(time_text(row.t, 6))
    });
    cases.add("casts", "CAST(d AS CHAR)", |row| text(row.d.text()));
    cases.add("casts", "TIMESTAMP(d, t)", |row| {
        let moment = Moment {
            day: row.d,
            clock: 0,
        }
        .plus(row.t.into());
        or_null(moment.map(|moment| moment.text(6)))
    });
    for digits in 0..6_usize {
        cases.add(
            "rounding",
            format!("CAST(m AS DATETIME({digits}))"),
            move |row| {
                let rounded = row.m.rounded(digits as u32)?;
                text(rounded.text(digits))
            },
        );
        cases.add(
            "rounding",
            format!("CAST(t AS TIME({digits}))"),
            move |row| {
                let unit = 10_i64.pow(6 - digits as u32);
                let rounded = (row.t.abs() + unit / 2) / unit * unit * row.t.signum();
                text(time_text(rounded.clamp(-MOST_TIME, MOST_TIME), digits))
            },
        );
    }
    let digits = |text: String| text.replace(['-', ' ', ':'], "");
    cases.add("to number", "m + 0", move |row| {
        text(digits(row.m.text(6)).trim_start_matches('0'))
    });
    cases.number("to number", "d + 0", |row| {
        row.d.year * 10_000 + row.d.month * 100 + row.d.day
    });
    cases.number("to number", "CAST(z AS SIGNED)", move |row| {
        digits(row.z.text(0)).parse().unwrap_or_default()
    });
}

fn texts(cases: &mut Cases) {
    cases.of_text(
        "text to DATETIME",
        "CAST(s AS DATETIME(6))",
        Text::Moment,
        |row| text(row.m.text(6)),
    );
    cases.of_text("text to DATETIME", "CAST(s AS DATE)", Text::Moment, |row| {
        text(row.m.day.text())
    });
    cases.of_text("text to DATETIME", "m = s", Text::Moment, |_| text(1));
    cases.of_text("text to TIME", "CAST(s AS TIME(6))", Text::Time, |row| {
        text(time_text(row.t, 6))
    });
    let format = "%Y-%m-%d %H:%i:%s.%f";
    cases.add(
        "DATE_FORMAT",
        format!("DATE_FORMAT(m, '{format}')"),
        |row| text(row.m.text(6)),
    );
    cases.add(
        "DATE_FORMAT",
        format!("STR_TO_DATE(DATE_FORMAT(m, '{format}'), '{format}')"),
        |row| (row.m.day.year > 0).then(|| Answer::Text(row.m.text(6))),
    );
    cases.add(
        "DATE_FORMAT",
        "DATE_FORMAT(d, '%j %w %W %M %a %b %e %c %y')",
        |row| {
            let Day { year, month, day } = row.d;
            let of_year = row.d.number()
                - Day {
                    month: 1,
                    day: 1,
                    ..row.d
                }
                .number()
                + 1;
            let (weekday, name) = (row.d.weekday(), WEEKDAYS[row.d.weekday() as usize]);
            let month_name = MONTHS[month as usize - 1];
            text(format!(
                "{of_year:03} {} {name} {month_name} {} {} {day} {month} {:02}",
                (weekday + 1) % 7,
                &name[..3],
                &month_name[..3],
                year % 100
            ))
        },
    );
    cases.add(
        "DATE_FORMAT",
        "DATE_FORMAT(d, '%U %u %V %v %X %x')",
        |row| {
            if row.d.year == 0 {
                return None;
            }
            let week = |mode| row.d.week(mode).0;
            let year = |mode| row.d.week(mode).1;
            let years = format!("{:04} {:04}", year(2), year(3));
            let weeks = [week(0), week(1), week(2), week(3)].map(|week| format!("{week:02}"));
            text(format!("{} {years}", weeks.join(" ")))
        },
    );
    cases.add("DATE_FORMAT", "DATE_FORMAT(m, '%h %l %k %p %r %T')", |row| {
        let [hour, minute, second, _] = row.m.clock();
        let (twelve, half) = ((hour + 11) % 12 + 1, if hour < 12 { "AM" } else { "PM" });
        text(format!(
            "{twelve:02} {twelve} {hour} {half} {twelve:02}:{minute:02}:{second:02} {half} {hour:02}:{minute:02}:{second:02}"
        ))
    });
}
