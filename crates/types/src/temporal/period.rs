//! `PERIOD_ADD` and `PERIOD_DIFF`: months written `YYYYMM` or `YYMM`.

/// Months since year 0 of a period; `None` if it is none (not positive, month 0 or above 12). Years below 100 are 1970 to 2069.
#[must_use]
pub const fn months(period: i64) -> Option<u64> {
    let (year, month) = (period as u64 / 100, period as u64 % 100);
    if period <= 0 || month == 0 || month > 12 {
        return None;
    }
    Some(full_year(year) * 12 + month - 1)
}

/// The period of so many months since year 0.
const fn period(months: u64) -> i64 {
    if months == 0 {
        return 0;
    }
    full_year(months / 12)
        .wrapping_mul(100)
        .wrapping_add(months % 12 + 1) as i64
}

const fn full_year(year: u64) -> u64 {
    match year {
        0..=69 => year + 2000,
        70..=99 => year + 1900,
        _ => year,
    }
}

/// `PERIOD_ADD(period, count)`; `None` if the period is none.
// MySQL: months before year 0 wrap round in 64 unsigned bits.
#[must_use]
pub const fn add(start: i64, count: i64) -> Option<i64> {
    match months(start) {
        Some(start) => Some(period(start.wrapping_add_signed(count))),
        None => None,
    }
}

/// `PERIOD_DIFF(left, right)` in months; `None` if one is no period.
#[must_use]
pub const fn difference(left: i64, right: i64) -> Option<i64> {
    match (months(left), months(right)) {
        (Some(left), Some(right)) => Some(left as i64 - right as i64),
        _ => None,
    }
}
