//! The table of locales.

use crate::temporal::Locale;
use crate::temporal::locale::Grouping;

#[test]
fn every_line_is_a_locale() {
    assert_eq!(Locale::all().len(), 111);
    assert_eq!(Locale::by_number(0), Some(&Locale::EN_US));
    assert_eq!(Locale::by_name("EN_us"), Some(&Locale::EN_US));
    assert_eq!(Locale::by_name("de"), None);
    for locale in Locale::all() {
        assert!(
            locale
                .months
                .iter()
                .chain(&locale.days)
                .all(|name| !name.is_empty()),
            "{}",
            locale.name
        );
        assert_eq!(
            locale.grouping == Grouping::None,
            locale.thousands_separator.is_empty()
        );
    }
}

#[test]
fn some_names() {
    let names = |name: &str| {
        Locale::by_name(name).map(|it| (it.months[2], it.days[5], it.thousands_separator))
    };
    assert_eq!(names("de_DE"), Some(("März", "Samstag", ".")));
    assert_eq!(names("es_ES"), Some(("marzo", "sábado", ".")));
    assert_eq!(
        Locale::by_name("ta_IN").map(|it| it.grouping),
        Some(Grouping::ThreeThenTwos)
    );
}
