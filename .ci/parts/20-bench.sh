# Every benchmark runs once, unoptimised: that they work, not how fast. Figures: `cargo bench -p sqlift-benches`.
cargo test --quiet -p sqlift-benches --benches
