//! A small deterministic source of random numbers.

/// SplitMix64 (Steele, Lea, Flood: *Fast splittable pseudorandom number generators*, 2014): one word of state, good
/// enough to choose test data, the same on every machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Random {
    state: u64,
    /// What a fuzzer decided, last first: each byte leads one draw.
    given: Vec<u8>,
}

impl Random {
    /// The source of a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            state: seed,
            given: Vec::new(),
        }
    }

    /// A source whose draws follow some bytes, one a draw, and a fixed seed after them: a fuzzer that changes a byte changes one
    /// decision.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self {
            given: bytes.iter().rev().copied().collect(),
            ..Self::new(0)
        }
    }

    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        match self.given.pop() {
            Some(byte) => u64::from(byte) << 56 | mixed >> 8,
            None => mixed,
        }
    }

    /// A number below `limit`; 0 if the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let wide = u128::from(self.bits()) * limit as u128;
        // The upper half of the product is below the limit, so it fits.
        (wide >> 64) as usize
    }

    /// True in `part` of `whole` cases.
    pub fn chance(&mut self, part: usize, whole: usize) -> bool {
        self.below(whole) < part
    }

    /// One of some things; `None` if there are none.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.below(things.len()))
    }

    /// A source of its own for item `number`, so that one item can be made again without those before it.
    pub fn fork(&self, number: u64) -> Self {
        let mut mixer = Self::new(self.state ^ number.wrapping_mul(0xD1B5_4A32_D192_ED03));
        Self::new(mixer.bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_sequence() {
        let sequence = |seed| {
            let mut random = Random::new(seed);
            [random.bits(), random.bits(), random.bits()]
        };
        assert_eq!(sequence(1), sequence(1));
        assert_ne!(sequence(1), sequence(2));
        // The published first outputs for seed 1234567.
        assert_eq!(
            sequence(1_234_567)[..2],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]
        );
    }

    #[test]
    fn numbers_stay_below_their_limit_and_reach_all() {
        let mut random = Random::new(7);
        let mut seen = [0; 5];
        for _ in 0..1_000 {
            seen[random.below(5)] += 1;
        }
        assert!(
            seen.iter().all(|count| (150..250).contains(count)),
            "{seen:?}"
        );
        assert_eq!(random.below(0), 0);
        assert_eq!(random.pick::<u8>(&[]), None);
    }

    #[test]
    fn forks_differ() {
        let random = Random::new(7);
        assert_eq!(random.fork(3), random.fork(3));
        assert_ne!(random.fork(3).bits(), random.fork(4).bits());
    }
}
