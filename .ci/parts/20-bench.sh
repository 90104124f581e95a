# Every benchmark runs once, unoptimised: that they work, not how fast. Figures: see benches/README.md.
cargo test --quiet -p sqlift-benches --benches

# The report is written whole: its sections, its plots, and nothing that is no number.
folder=$(mktemp -d)
cargo run --quiet -p sqlift-benches --bin report -- --quick --out "$folder/REPORT.md"
for heading in "What was asked for" "Rows a second, by tier" "Vitess' five" "Texts, by collation" "The size of batches" "Time to first result" "Compile latency" "Allocations" "Growth" "Interpreter designs" "Beside other libraries"; do
  grep -q "^## $heading" "$folder/REPORT.md" || { echo "the report has no section \"$heading\""; exit 1; }
done
for plot in $(grep -o 'plots/[a-z0-9-]*\.svg' "$folder/REPORT.md"); do
  grep -q '<polyline\|<rect x=' "$folder/$plot" || { echo "$plot is empty"; exit 1; }
done
[ "$(grep -c '^!\[' "$folder/REPORT.md")" -ge 9 ]
! grep -n 'NaN' "$folder/REPORT.md"
rm -r "$folder"
