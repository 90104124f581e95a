//! Tables of answers at the edges, as MySQL 9.7 gives them.

use crate::temporal::arithmetic::{make_date, make_time, seconds_to_time};
use crate::temporal::zone::convert;
use crate::temporal::{
    Date, DateFlags, DateTime, Interval, Time, Unit, Year, Zone, parse_datetime, period,
};

fn at(text: &str) -> DateTime {
    let read = parse_datetime(text.as_bytes(), DateFlags::STRICT);
    assert!(read.is_value(), "{text}");
    read.value
}

#[test]
fn periods() {
    let sums = [
        (202_401, -1, Some(202_312)),
        (9901, 1, Some(199_902)),
        (6912, 1, Some(207_001)),
        (999_912, 1, Some(1_000_001)),
        (202_401, -24_287, Some(200_002)),
        (202_401, -24_288, Some(0)),
        (202_401, -24_289, Some(6_148_914_691_236_517_176)),
        (202_401, -100_000, Some(6_148_914_691_235_886_273)),
        (202_401, i64::MAX, Some(3_074_457_345_618_460_944)),
        (0, 1, None),
        (202_413, 1, None),
        (202_400, 1, None),
        (-1, 1, None),
    ];
    for (start, count, sum) in sums {
        assert_eq!(period::add(start, count), sum, "{start} + {count}");
    }
    assert_eq!(period::difference(202_401, 9901), Some(300));
    assert_eq!(
        period::difference(i64::MAX - 6, 1),
        Some(1_106_804_644_422_549_096)
    );
    assert_eq!(period::difference(-1, 202_401), None);
}

#[test]
fn made_from_parts() {
    let dates = [
        (0, 0, None),
        (0, 1, Some("2000-01-01")),
        (69, 1, Some("2069-01-01")),
        (70, 1, Some("1970-01-01")),
        (100, 1, Some("0100-01-01")),
        (9999, 365, Some("9999-12-31")),
        (9999, 366, None),
        (10_000, 1, None),
        (-1, 1, None),
        (2024, i64::MAX, None),
    ];
    for (year, day, date) in dates {
        assert_eq!(
            make_date(year, day).map(|date| date.to_string()).as_deref(),
            date,
            "{year}, {day}"
        );
    }
    let text = |made: Option<(Time, bool)>| made.map(|(time, clamped)| format!("{time} {clamped}"));
    assert_eq!(
        text(make_time(900, 0, 0, 0)).as_deref(),
        Some("838:59:59.000000 true")
    );
    assert_eq!(
        text(make_time(-838, 59, 59, 900_000)).as_deref(),
        Some("-838:59:59.000000 true")
    );
    assert_eq!(
        text(make_time(-1, 2, 3, 4)).as_deref(),
        Some("-01:02:03.000004 false")
    );
    assert_eq!(text(make_time(1, 60, 0, 0)), None);
    assert_eq!(text(make_time(1, 0, -1, 0)), None);
    assert_eq!(
        text(Some(seconds_to_time(-1, -500_000))).as_deref(),
        Some("-00:00:01.500000 false")
    );
    assert_eq!(
        text(Some(seconds_to_time(3_020_399, 500_000))).as_deref(),
        Some("838:59:59.500000 false")
    );
    assert_eq!(
        text(Some(seconds_to_time(3_020_400, 0))).as_deref(),
        Some("838:59:59.000000 true")
    );
}

#[test]
fn years() {
    let given = [0, 1, 69, 70, 99, 100, 1900, 1901, 2155, 2156, -1];
    let years = given.map(|number| Year::from_number(number).map(Year::get));
    let expected = [
        Some(0),
        Some(2001),
        Some(2069),
        Some(1970),
        Some(1999),
        None,
        None,
        Some(1901),
        Some(2155),
    ];
    assert_eq!(years[..9], expected);
    assert_eq!(years[9..], [None, None]);
    assert_eq!(Year::ZERO.text().as_str(), "0000");
}

#[test]
fn zones() {
    let zone = |name: &str| Zone::from_sql(name.as_bytes());
    assert_eq!(zone("+14:00"), Some(Zone::Offset(50_400)));
    assert_eq!(zone("-13:59"), Some(Zone::Offset(-50_340)));
    assert_eq!(zone("+001:00"), Some(Zone::Offset(3600)));
    for none in [
        "+14:01",
        "-14:00",
        "+1",
        "1:00",
        "+1:60",
        "",
        "+99999999999:00",
    ] {
        assert_eq!(zone(none), None, "{none}");
    }
    // Outside the range of UNIX timestamps the clock stays.
    let shifts = [
        ("1969-02-28 10:11:12", "1969-02-28 10:11:12.000000"),
        ("1970-01-01 00:00:00", "1970-01-01 00:00:00.000000"),
        ("1970-01-01 00:00:01", "1970-01-01 01:00:01.000000"),
        ("3001-01-18 23:59:59", "3001-01-19 00:59:59.000000"),
        ("3001-01-19 00:00:00", "3001-01-19 00:00:00.000000"),
    ];
    for (before, after) in shifts {
        assert_eq!(
            convert(at(before), &Zone::Utc, &Zone::Offset(3600)).to_string(),
            after
        );
    }
    assert_eq!(
        Zone::Utc.to_unix(at("2024-02-29 10:11:12.5")),
        Some(1_709_201_472_500_000)
    );
    assert_eq!(
        Zone::Utc.to_unix(Date::new(2024, 0, 10).to_datetime()),
        None
    );
    assert_eq!(
        Zone::Utc.from_unix(-1).map(|it| it.to_string()).as_deref(),
        Some("1969-12-31 23:59:59.999999")
    );
}

/// Zone conversion believes in 29 February 0000 and then loses 31 December.
#[test]
fn year_zero_in_zones() {
    let shift = |text: &str, offset| {
        Zone::Utc
            .shift_from_offset(at(text), offset)
            .map(|it| it.to_string())
    };
    assert_eq!(
        shift("0000-12-31 23:14:07", 0).as_deref(),
        Some("0001-01-01 23:14:07.000000")
    );
    assert_eq!(
        shift("0000-02-28 23:14:07", -3600).as_deref(),
        Some("0000-02-29 00:14:07.000000")
    );
    assert_eq!(
        shift("0001-01-01 00:00:00", 50_400).as_deref(),
        Some("0000-12-30 10:00:00.000000")
    );
    assert_eq!(shift("0000-01-01 00:00:00", 3600), None);
    assert_eq!(shift("9999-12-31 23:14:07", -3600), None);
}

#[test]
fn named_zones() {
    let madrid = Zone::from_sql(b"europe/madrid").expect("a zone");
    let Zone::Named(named) = &madrid else {
        panic!("{madrid:?}")
    };
    assert_eq!(named.name(), "Europe/Madrid");
    assert_eq!(Zone::from_sql(b"Nowhere/City"), None);
    let moments = [
        ("2024-03-31 01:59:59", 1_711_846_799),
        // Skipped: the moment of the skip.
        ("2024-03-31 02:30:00", 1_711_846_800),
        ("2024-03-31 03:00:00", 1_711_846_800),
        // Twice: the first.
        ("2024-10-27 02:30:00", 1_729_989_000),
        ("2024-10-27 03:00:00", 1_729_994_400),
        ("2038-01-19 04:14:07", 2_147_483_647),
        ("3001-01-19 00:00:00", 32_536_767_600),
    ];
    for (local, unix) in moments {
        assert_eq!(madrid.to_unix(at(local)), Some(unix * 1_000_000), "{local}");
    }
    let clocks = [
        (1_711_846_800, "2024-03-31 03:00:00.000000"),
        (1_729_987_200, "2024-10-27 02:00:00.000000"),
        (1_729_990_800, "2024-10-27 02:00:00.000000"),
        // No summer time after 2037.
        (2_540_246_400, "2050-07-01 01:00:00.000000"),
    ];
    for (unix, local) in clocks {
        let shown = madrid.from_unix(unix * 1_000_000).map(|it| it.to_string());
        assert_eq!(shown.as_deref(), Some(local));
    }
}

#[test]
fn intervals_too_long_to_read() {
    for unit in Unit::ALL {
        assert_eq!(Interval::from_int(i64::MIN, unit), None, "{unit:?}");
        assert_eq!(Unit::from_name(&unit.name().to_lowercase()), Some(unit));
        assert_eq!(
            Unit::from_name(&format!("sql_tsi_{}", unit.name())).is_some(),
            !unit.is_compound()
        );
    }
    let readable = |count: i64, unit| Interval::from_int(count, unit).is_some();
    assert!(readable(613_566_755, Unit::Week) && !readable(613_566_756, Unit::Week));
    assert!(readable(-1_431_655_764, Unit::Quarter) && !readable(-1_431_655_765, Unit::Quarter));
    assert!(readable(i64::MAX, Unit::Year) && readable(-i64::MAX, Unit::Microsecond));
    assert!(Interval::from_seconds(999_999_999_999_999_999, 999_999).is_some());
    assert_eq!(Interval::from_seconds(-1_000_000_000_000_000_000, 0), None);
    let hours = |text: &str| Interval::from_text(text.as_bytes(), Unit::DayHour);
    assert!(hours("9223372036854775799 0").is_some() && hours("9223372036854775800 0").is_none());
    assert_eq!(hours("1 1 1"), None);
}
