//! sqlift: vm.
#![forbid(unsafe_code)]
