//! Names of months and days, and how a language writes numbers.

use std::sync::OnceLock;

/// What `lc_time_names` and the third argument of `FORMAT` choose.
#[derive(Debug, PartialEq, Eq)]
pub struct Locale {
    /// The number that `lc_time_names` takes as well.
    pub number: u16,
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
    /// Between whole part and fraction of a number.
    pub decimal_point: &'static str,
    /// Between groups of digits; empty where there are no groups.
    pub thousands_separator: &'static str,
    /// How many digits are in a group.
    pub grouping: Grouping,
}

/// Groups of digits in the whole part of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// `1234567`
    None,
    /// `1,234,567`
    Threes,
    /// `12,34,567`
    ThreeThenTwos,
}

impl Locale {
    /// The default.
    pub const EN_US: Self = Self {
        number: 0,
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
        decimal_point: ".",
        thousands_separator: ",",
        grouping: Grouping::Threes,
    };

    /// All that MySQL has, by number.
    pub fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<Locale>> = OnceLock::new();
        ALL.get_or_init(|| {
            let lines = include_str!("locales.tsv").lines();
            lines
                .filter(|line| !line.starts_with('#'))
                .filter_map(Self::from_line)
                .collect()
        })
    }

    /// The locale of that name, in any case; `None` if MySQL has none.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        Self::all()
            .iter()
            .find(|locale| locale.name.eq_ignore_ascii_case(name))
    }

    /// The locale of that number; `None` if MySQL has none.
    #[must_use]
    pub fn by_number(number: u16) -> Option<&'static Self> {
        Self::all().iter().find(|locale| locale.number == number)
    }

    /// A line of the table; a test holds that every line is one.
    fn from_line(line: &'static str) -> Option<Self> {
        let mut cells = line.split('\t');
        Some(Self {
            number: cells.next()?.parse().ok()?,
            name: cells.next()?,
            months: names(cells.next()?)?,
            months_short: names(cells.next()?)?,
            days: names(cells.next()?)?,
            days_short: names(cells.next()?)?,
            decimal_point: cells.next()?,
            thousands_separator: cells.next()?,
            grouping: match cells.next()? {
                "" => Grouping::None,
                "3" => Grouping::Threes,
                _ => Grouping::ThreeThenTwos,
            },
        })
    }
}

fn names<const N: usize>(cell: &'static str) -> Option<[&'static str; N]> {
    cell.split('|').collect::<Vec<_>>().try_into().ok()
}
