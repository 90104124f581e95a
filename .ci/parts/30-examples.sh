# Every example runs; each asserts what it prints. The data is what its generator makes.
cargo build --quiet -p sqlift-examples
for program in examples/*.rs; do
  name=$(basename "$program" .rs)
  echo "-- $name"
  cargo run --quiet -p sqlift-examples --bin "$name" >/dev/null
done
if git rev-parse --git-dir >/dev/null 2>&1; then
  git diff --exit-code --stat -- examples/data
fi
