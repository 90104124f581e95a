//! Writes `data/orders.csv` and `data/changes.csv` anew: always the same, from a seed.

use std::fmt::Write as _;

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}

const STATES: [&str; 4] = ["new", "paid", "shipped", "returned"];
const NAMES: [&str; 8] = [
    "Ada",
    "Édouard",
    "Grace",
    "Jürgen",
    "Katherine",
    "Linus",
    "Margaret",
    "Zoë",
];

fn orders(random: &mut Random) -> String {
    let mut out = "id,customer,price,quantity,discount,state,ordered\n".to_owned();
    for id in 1..=300 {
        let cents = 99 + random.below(250_000);
        let discount = match random.below(4) {
            0 => String::new(),
            _ => format!("0.{:02}", random.below(30)),
        };
        let (month, day) = (1 + random.below(12), 1 + random.below(28));
        let _ = writeln!(
            out,
            "{id},{},{}.{:02},{},{discount},{},2026-{month:02}-{day:02}",
            random.pick(&NAMES),
            cents / 100,
            cents % 100,
            1 + random.below(9),
            random.pick(&STATES),
        );
    }
    out
}

/// Old and new image of each row; an image that is not there has empty fields.
fn changes(random: &mut Random) -> String {
    let mut out = "id,old_state,old_total,new_state,new_total\n".to_owned();
    for id in 1..=200 {
        let mut image = |there: bool| match there {
            false => ",".to_owned(),
            true => format!(
                "{},{}.{:02}",
                random.pick(&STATES),
                random.below(2_000),
                random.below(100)
            ),
        };
        // Every fifth is an insert, every seventh a delete.
        let (old, new) = (id % 5 != 0, id % 5 == 0 || id % 7 != 0);
        let _ = writeln!(out, "{id},{},{}", image(old), image(new));
    }
    out
}

fn main() -> std::io::Result<()> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut random = Random(0x5EED);
    std::fs::write(folder.join("orders.csv"), orders(&mut random))?;
    std::fs::write(folder.join("changes.csv"), changes(&mut random))
}
