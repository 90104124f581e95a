# Every fuzz target: from fixed seeds, the same in every run (longer runs belong to whoever hunts); and for a few seconds by libFuzzer
# where there is a nightly toolchain.
cargo build --quiet --release -p sqlift-testkit
testkit="${CARGO_TARGET_DIR:-target}/release/sqlift-testkit"
for seed in $(seq 1 10); do
  found=$("$testkit" fuzz --seed "$seed" --count 500 --table 12) || { echo "seed $seed: $found"; exit 1; }
  echo "seed $seed: ${found%%$'\n'*}"
done
# Every function, column type, position of NULL, result type and tier has to be met.
"$testkit" fuzz --seed 11 --count 12000 --table 3 --shapes row --hits --require-hits
for target in text decimal temporal json collation; do
  echo "-- $target"
  "$testkit" fuzz --target "$target" --seed 1 --seconds 5 --require-hits
done

if ! cargo +nightly --version >/dev/null 2>&1; then
  echo "SKIPPED: libFuzzer, for want of a nightly toolchain"
  exit 0
fi
if ! cargo fuzz --version >/dev/null 2>&1 && ! cargo install --quiet --locked cargo-fuzz; then
  echo "SKIPPED: libFuzzer, for want of cargo-fuzz, which could not be installed"
  exit 0
fi
# One folder for all targets, beside the other builds.
case "${CARGO_TARGET_DIR:-target}" in
  /*) export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/fuzz" ;;
  *) export CARGO_TARGET_DIR="$PWD/${CARGO_TARGET_DIR:-target}/fuzz" ;;
esac
cd fuzz
cargo +nightly fuzz build --sanitizer none
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for target in $(cargo +nightly fuzz list); do
  echo "-- $target"
  cargo +nightly fuzz run --sanitizer none "$target" -- -max_total_time=10 -rss_limit_mb=4096 -print_final_stats=1 >"$log" 2>&1 ||
    { tail -n 60 "$log"; exit 1; }
  grep -E '^stat::(number_of_executed_units|average_exec_per_sec)' "$log"
done
