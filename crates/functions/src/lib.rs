//! sqlift: functions.
#![forbid(unsafe_code)]
