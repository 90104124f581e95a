//! Text and packed forms there and back.

use crate::temporal::calendar::date_of;
use crate::temporal::{
    ClockValue, Date, DateFlags, DateTime, TextKind, Time, parse_datetime, parse_time,
};

#[test]
fn dates_through_text() {
    for number in (1..3_652_424).step_by(97) {
        let Some(date) = date_of(number) else {
            panic!("{number}")
        };
        let read = parse_datetime(date.text().as_bytes(), DateFlags::STRICT);
        assert_eq!(
            (read.kind, read.value),
            (TextKind::Date, date.to_datetime()),
            "{date}"
        );
        assert_eq!(Date::from_packed(date.to_packed()), Some(date));
    }
}

#[test]
fn datetimes_through_text() {
    let mut micros = 0;
    for number in (1..3_652_424).step_by(1009) {
        micros = (micros + 7_919_000_003) % 86_400_000_000;
        let Some(date) = date_of(number) else {
            panic!("{number}")
        };
        let value = DateTime::with_clock(date, micros);
        assert_eq!(value.clock_micros(), micros);
        assert_eq!(DateTime::from_packed(value.to_packed()), Some(value));
        let read = parse_datetime(value.text(6).as_bytes(), DateFlags::STRICT);
        assert_eq!((read.kind, read.value), (TextKind::DateTime, value));
        assert_eq!(value.time().on_date(date), Some(value));
    }
}

#[test]
fn times_through_text() {
    let mut micros = Time::MIN.micros();
    while let Some(time) = Time::from_micros(micros) {
        let read = parse_time(time.text(6).as_bytes(), DateFlags::STRICT);
        assert_eq!(read.value, Some(ClockValue::Time(time)), "{time}");
        assert_eq!(time.parts().time(), (time, false));
        micros += 1_234_567_891;
    }
}

#[test]
fn order_is_that_of_the_integers() {
    let texts = [
        "0000-00-00",
        "0000-00-01",
        "0001-01-01",
        "2024-00-00",
        "2024-02-28",
        "2024-02-29",
        "9999-12-31",
    ];
    let flags = DateFlags {
        allow_zero_in_date: true,
        ..DateFlags::STRICT
    };
    let packed: Vec<i64> = texts
        .iter()
        .map(|text| parse_datetime(text.as_bytes(), flags).value.to_packed())
        .collect();
    assert!(
        packed.is_sorted_by(|left, right| left < right),
        "{packed:?}"
    );
}
