# Generated expressions through all tiers: from twenty seeds always, the same in every run (longer runs belong to whoever hunts); by libFuzzer where nightly and cargo-fuzz are there.
cargo build --quiet --release -p sqlift-testkit
testkit="${CARGO_TARGET_DIR:-target}/release/sqlift-testkit"
for seed in $(seq 1 20); do
  found=$("$testkit" fuzz --seed "$seed" --count 500 --table 12) || { echo "seed $seed: $found"; exit 1; }
  echo "seed $seed: ${found%%$'\n'*}"
done
if cargo +nightly fuzz --version >/dev/null 2>&1; then
  (cd fuzz && cargo +nightly fuzz run tiers -- -max_total_time=10 -rss_limit_mb=4096)
else
  echo "SKIPPED: libFuzzer, for want of a nightly toolchain with cargo-fuzz"
fi
