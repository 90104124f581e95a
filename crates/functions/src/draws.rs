//! Random numbers: MySQL's generator, and what a row has drawn.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, Weak};

const MODULUS: u64 = 0x3FFF_FFFF;

/// The generator of RAND: two linear congruential sequences that feed each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generator {
    first: u64,
    second: u64,
}

impl Generator {
    /// The generator of `RAND(seed)`; only the lower 32 bits count.
    pub fn of_seed(seed: i64) -> Generator {
        let seed = seed as u32;
        Generator {
            first: u64::from(seed.wrapping_mul(0x1_0001).wrapping_add(55_555_555)) % MODULUS,
            second: u64::from(seed.wrapping_mul(0x1000_0001)) % MODULUS,
        }
    }

    /// The generator of `RAND()`; a seed that is not given is one that nobody knows.
    pub fn of_seeds(first: Option<u64>, second: Option<u64>) -> Generator {
        let unknown = || RandomState::new().build_hasher().finish() % MODULUS;
        Generator {
            first: first.unwrap_or_else(unknown),
            second: second.unwrap_or_else(unknown),
        }
    }

    /// The next number, from 0 to 1.
    pub fn draw(&mut self) -> f64 {
        self.first = self.first.wrapping_mul(3).wrapping_add(self.second) % MODULUS;
        self.second = self.first.wrapping_add(self.second).wrapping_add(33) % MODULUS;
        self.first as f64 / MODULUS as f64
    }
}

/// One draw of a row: where in the text, and (NULLIF evaluates its operand twice) the how manieth there.
pub type Place = (i64, i64);

/// Where a number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urn {
    /// The session's sequence, which all calls of `RAND()` share.
    Session,
    /// A sequence of the call's own that is begun once.
    Constant(i64),
    /// A sequence that is begun anew for the row.
    Row(i64),
}

/// Whose sequences are drawn from: an expression has one as long as it lives.
#[derive(Clone, Debug, Default)]
pub struct Drawer(Arc<()>);

impl Drawer {
    /// One that is equal to no other.
    pub fn new() -> Drawer {
        Drawer::default()
    }
}

/// Sequences that were begun for a drawer.
#[derive(Debug)]
struct Begun {
    drawer: Weak<()>,
    /// By place in the text; `None` is the session's.
    generators: HashMap<Option<i64>, Generator>,
}

/// The sequences that expressions draw from, and what the row at hand has drawn: a row that is begun anew draws the same.
#[derive(Debug, Default)]
pub(crate) struct Draws {
    /// The expression at work: sequences are its own.
    drawer: Weak<()>,
    /// By the drawer's address, which is its own as long as it is remembered.
    begun: HashMap<usize, Begun>,
    /// How many there may be before those of expressions that are gone are dropped.
    room: usize,
    row: Vec<(Place, f64)>,
}

impl Draws {
    /// Another expression draws from now on.
    pub(crate) fn set_drawer(&mut self, drawer: &Drawer) {
        self.drawer = Arc::downgrade(&drawer.0);
    }

    /// Another row begins.
    pub(crate) fn begin_row(&mut self) {
        self.row.clear();
    }

    /// The number of a place of the row at hand.
    pub(crate) fn draw(&mut self, place: Place, urn: Urn, seeds: [Option<u64>; 2]) -> f64 {
        if let Some((_, drawn)) = self.row.iter().find(|(p, _)| *p == place) {
            return *drawn;
        }
        let drawn = match urn {
            Urn::Row(seed) => Generator::of_seed(seed).draw(),
            Urn::Constant(seed) => self
                .sequences()
                .entry(Some(place.0))
                .or_insert_with(|| Generator::of_seed(seed))
                .draw(),
            Urn::Session => self
                .sequences()
                .entry(None)
                .or_insert_with(|| Generator::of_seeds(seeds[0], seeds[1]))
                .draw(),
        };
        self.row.push((place, drawn));
        drawn
    }

    /// The sequences of the expression at work.
    fn sequences(&mut self) -> &mut HashMap<Option<i64>, Generator> {
        let address = self.drawer.as_ptr().addr();
        if self.begun.len() >= self.room && !self.begun.contains_key(&address) {
            self.begun
                .retain(|_, begun| begun.drawer.strong_count() > 0);
            self.room = (2 * self.begun.len()).max(8);
        }
        let begin = || Begun {
            drawer: self.drawer.clone(),
            generators: HashMap::new(),
        };
        &mut self.begun.entry(address).or_insert_with(begin).generators
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_begin_the_sequences_that_mysql_has() {
        let mut five = Generator::of_seed(5);
        assert_eq!(five.draw(), 0.40613597483014313);
        assert_eq!(five.draw(), 0.8745439358749836);
        assert_eq!(Generator::of_seed(0).draw(), 0.15522042769493574);
        assert_eq!(
            Generator::of_seed(i64::MAX).draw(),
            Generator::of_seed(-1).draw()
        );
        let mut session = Generator::of_seeds(Some(1), Some(2));
        assert_eq!(session.draw(), 0.000000004656612877414201);
        assert_eq!(session.draw(), 0.000000051222741651556214);
    }

    #[test]
    fn a_row_draws_once_at_a_place() {
        let mut draws = Draws::default();
        let mut draw = |place| draws.draw((place, 0), Urn::Constant(3), [None, None]);
        let first = draw(1);
        assert_eq!(draw(1), first);
        assert_eq!(draw(2), first, "each call has its own sequence");
        draws.begin_row();
        assert_ne!(draws.draw((1, 0), Urn::Constant(3), [None, None]), first);
    }

    #[test]
    fn sequences_live_as_long_as_the_expression_that_draws() {
        let mut draws = Draws::default();
        let mut next = |drawer: &Drawer| {
            draws.set_drawer(drawer);
            draws.begin_row();
            let drawn = draws.draw((1, 0), Urn::Constant(5), [None, None]);
            (drawn, draws.begun.len())
        };
        let stays = Drawer::new();
        let (first, _) = next(&stays);
        for _ in 0..100 {
            let (drawn, begun) = next(&Drawer::new());
            assert_eq!(drawn, first, "another expression begins anew");
            assert!(begun <= 8, "{begun} expressions are remembered");
        }
        assert_eq!(next(&stays).0, 0.8745439358749836, "it goes on");
    }
}
