# Every benchmark runs once; no figure is looked at.
cargo bench --quiet -p sqlift-benches --bench tiers -- --test
cargo bench --quiet -p sqlift-benches --bench compile -- --test
