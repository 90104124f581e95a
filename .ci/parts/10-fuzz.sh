# Generated expressions through all tiers: from seeds always; by libFuzzer where nightly and cargo-fuzz are there.
cargo build --quiet --release -p sqlift-testkit
testkit="${CARGO_TARGET_DIR:-target}/release/sqlift-testkit"
seed=1
end=$((SECONDS + 20))
while [ $SECONDS -lt $end ]; do
  found=$("$testkit" fuzz --seed "$seed" --count 500 --table 12) || { echo "seed $seed: $found"; exit 1; }
  echo "seed $seed: ${found%%$'\n'*}"
  seed=$((seed + 1))
done
if cargo +nightly fuzz --version >/dev/null 2>&1; then
  (cd fuzz && cargo +nightly fuzz run tiers -- -max_total_time=10 -rss_limit_mb=4096)
else
  echo "SKIPPED: libFuzzer, for want of a nightly toolchain with cargo-fuzz"
fi
