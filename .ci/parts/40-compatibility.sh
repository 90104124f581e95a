# COMPATIBILITY.md is what the catalogue and the corpus say now.
cargo build --quiet --release -p sqlift-testkit
testkit="${CARGO_TARGET_DIR:-target}/release/sqlift-testkit"
"$testkit" compatibility tests/corpus | diff -u COMPATIBILITY.md -
