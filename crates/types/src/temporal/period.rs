//! `PERIOD_ADD` and `PERIOD_DIFF`: months written `YYYYMM` or `YYMM`.

/// Months since year 0 of a period; `None` if it is none (not positive, month 0 or above 12). Years below 100 are 1970 to 2069.
#[must_use]
pub const fn months(period: i64) -> Option<i64> {
    if period <= 0 {
        return None;
    }
    let (year, month) = (period / 100, period % 100);
    if month == 0 || month > 12 {
        return None;
    }
    let year = match year {
        0..=69 => year + 2000,
        70..=99 => year + 1900,
        _ => year,
    };
    Some(year * 12 + month - 1)
}

/// The period of so many months since year 0.
const fn period(months: i64) -> i64 {
    let year = months / 12;
    let year = match year {
        0..=69 => year + 2000,
        70..=99 => year + 1900,
        _ => year,
    };
    year * 100 + months % 12 + 1
}

/// `PERIOD_ADD(period, count)`; `None` if the period is none or the sum leaves 64 bits.
#[must_use]
pub const fn add(start: i64, count: i64) -> Option<i64> {
    let Some(start) = months(start) else {
        return None;
    };
    match start.checked_add(count) {
        Some(0) => Some(0),
        Some(sum) => Some(period(sum)),
        None => None,
    }
}

/// `PERIOD_DIFF(left, right)` in months; `None` if one is no period.
#[must_use]
pub const fn difference(left: i64, right: i64) -> Option<i64> {
    match (months(left), months(right)) {
        (Some(left), Some(right)) => Some(left - right),
        _ => None,
    }
}
