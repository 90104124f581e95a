//! Names of months and days.

/// The names that `lc_time_names` chooses.
#[derive(Debug, PartialEq, Eq)]
pub struct Locale {
    /// `en_US` and the like.
    pub name: &'static str,
    /// January first.
    pub months: [&'static str; 12],
    /// January first.
    pub months_short: [&'static str; 12],
    /// Monday first.
    pub days: [&'static str; 7],
    /// Monday first.
    pub days_short: [&'static str; 7],
}

impl Locale {
    /// The default.
    pub const EN_US: Self = Self {
        name: "en_US",
        months: [
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
        ],
        months_short: [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ],
        days: [
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ],
        days_short: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    };
}
