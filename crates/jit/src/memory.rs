//! Memory for machine code: never writable and executable through one address, and really freed.
//!
//! On Linux code lives in regions of anonymous files (`memfd`), mapped readable and executable only; it is written with `pwrite`,
//! so that no writable mapping ever exists. Functions take slots of 64 bytes and free them one by one; a region without functions
//! is unmapped, but for the last. A forked child shares the regions of its parent, so it never writes to them; functions that it inherits are good
//! until the parent drops them, and a child that goes on working should compile its own. Elsewhere, or where anonymous files are
//! refused, each function has pages of its own that are made executable after they are written.

use memmap2::{Mmap, MmapMut, MmapOptions};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Code starts at multiples of this; constants behind it need at most 16.
const SLOT: usize = 64;
/// Slots of a region (256 KiB); larger functions have a region of their own.
const REGION_SLOTS: usize = 4096;

/// Where code is put. Shared by the functions that live in it.
#[derive(Debug, Default)]
pub(crate) struct CodeMemory {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    regions: Vec<Arc<Region>>,
    /// Bytes of all live functions.
    bytes: usize,
}

#[derive(Debug)]
struct Region {
    map: Mmap,
    #[cfg(target_os = "linux")]
    file: Option<std::fs::File>,
    /// One flag a slot.
    used: Mutex<Vec<bool>>,
    /// The process that made it, and alone may write to it.
    owner: u32,
}

/// Published code; freed when dropped.
#[derive(Debug)]
pub(crate) struct Code {
    memory: Arc<CodeMemory>,
    region: Arc<Region>,
    first: usize,
    slots: usize,
    length: usize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CodeMemory {
    /// Bytes of all code that lives.
    pub(crate) fn bytes(&self) -> usize {
        lock(&self.state).bytes
    }

    /// Copies code to executable memory.
    pub(crate) fn publish(self: &Arc<CodeMemory>, code: &[u8]) -> io::Result<Code> {
        let slots = code.len().div_ceil(SLOT).max(1);
        let mut state = lock(&self.state);
        let room = state
            .regions
            .iter()
            .find_map(|region| Some((region.clone(), region.take(slots)?)));
        let (region, first) = match room {
            Some(room) => room,
            None => {
                let region = Arc::new(Region::new(slots, code)?);
                let first = region
                    .take(slots)
                    .ok_or_else(|| io::Error::other("a fresh region is full"))?;
                state.regions.push(region.clone());
                (region, first)
            }
        };
        // From here on dropping gives the slots back, also when writing fails.
        state.bytes += code.len();
        drop(state);
        let published = Code {
            memory: self.clone(),
            region,
            first,
            slots,
            length: code.len(),
        };
        published.region.write(first * SLOT, code)?;
        synchronize(published.address(), code.len());
        Ok(published)
    }
}

impl Region {
    fn new(slots: usize, code: &[u8]) -> io::Result<Region> {
        #[cfg(target_os = "linux")]
        if let Ok(region) = Region::shared(slots) {
            return Ok(region);
        }
        Region::private(slots, code)
    }

    #[cfg(target_os = "linux")]
    fn shared(slots: usize) -> io::Result<Region> {
        let slots = slots.max(REGION_SLOTS);
        let flags = rustix::fs::MemfdFlags::CLOEXEC;
        let file = std::fs::File::from(rustix::fs::memfd_create("sqlift code", flags)?);
        file.set_len((slots * SLOT) as u64)?;
        // SAFETY: the file has no name and this region never gives it away, so nobody truncates it, and only `write` changes it:
        // in slots that hold no function that runs.
        let map = unsafe { MmapOptions::new().map_exec(&file)? };
        Ok(Region {
            map,
            file: Some(file),
            used: Mutex::new(vec![false; slots]),
            owner: std::process::id(),
        })
    }

    /// Pages that hold this code alone.
    fn private(slots: usize, code: &[u8]) -> io::Result<Region> {
        let mut pages = MmapMut::map_anon(slots * SLOT)?;
        pages[..code.len()].copy_from_slice(code);
        Ok(Region {
            map: pages.make_exec()?,
            #[cfg(target_os = "linux")]
            file: None,
            used: Mutex::new(vec![false; slots]),
            owner: std::process::id(),
        })
    }

    /// Whether other functions can be written to it once this one is gone.
    fn takes_more(&self) -> bool {
        #[cfg(target_os = "linux")]
        let is_written = self.file.is_some();
        #[cfg(not(target_os = "linux"))]
        let is_written = false;
        is_written && self.owner == std::process::id() && self.map.len() == REGION_SLOTS * SLOT
    }

    fn take(&self, slots: usize) -> Option<usize> {
        if self.owner != std::process::id() {
            return None;
        }
        let mut used = lock(&self.used);
        let mut free = 0;
        for i in 0..used.len() {
            free = if used[i] { 0 } else { free + 1 };
            if free == slots {
                let first = i + 1 - slots;
                used[first..=i].fill(true);
                return Some(first);
            }
        }
        None
    }

    #[cfg(target_os = "linux")]
    fn write(&self, offset: usize, code: &[u8]) -> io::Result<()> {
        use std::os::unix::fs::FileExt;
        match &self.file {
            Some(file) if self.owner == std::process::id() => {
                file.write_all_at(code, offset as u64)
            }
            _ => Ok(()),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn write(&self, _: usize, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}

impl Code {
    /// The first instruction.
    pub(crate) fn address(&self) -> *const u8 {
        self.region.map[self.first * SLOT..].as_ptr()
    }

    /// Its size.
    pub(crate) fn bytes(&self) -> usize {
        self.length
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        let mut state = lock(&self.memory.state);
        state.bytes -= self.length;
        let mut used = lock(&self.region.used);
        // What is left behind cannot be run by mistake. Should writing fail, nothing points there anyway.
        let traps = vec![TRAP; self.slots * SLOT];
        let _ = self.region.write(self.first * SLOT, &traps);
        used[self.first..self.first + self.slots].fill(false);
        let empty = !used.contains(&true);
        drop(used);
        // The last one is kept: to map a region and to unmap it took 30 of the 85 µs of a function that was alone.
        let is_last = state.regions.len() == 1 && self.region.takes_more();
        if empty && !is_last {
            state.regions.retain(|r| !Arc::ptr_eq(r, &self.region));
        }
    }
}

/// `int3` on x86-64; four of the other make an undefined instruction on 64-bit ARM.
const TRAP: u8 = if cfg!(target_arch = "x86_64") {
    0xcc
} else {
    0
};

/// Lets the processor see new instructions. x86-64 does by itself.
#[cfg(not(target_arch = "aarch64"))]
fn synchronize(_: *const u8, _: usize) {}

/// Lets the processor see new instructions: data cache cleaned, instruction cache invalidated, line by line.
#[cfg(target_arch = "aarch64")]
fn synchronize(start: *const u8, length: usize) {
    use std::arch::asm;
    // The smallest line that any 64-bit ARM has; smaller steps than the machine's lines do no harm.
    const LINE: usize = 16;
    let lines = || {
        (0..length + LINE)
            .step_by(LINE)
            .map(|i| start.wrapping_add(i.min(length.saturating_sub(1))))
    };
    for line in lines() {
        // SAFETY: cleaning a cache line of mapped, readable memory changes no data.
        unsafe { asm!("dc cvau, {0}", in(reg) line, options(nostack, preserves_flags)) };
    }
    // SAFETY: a barrier.
    unsafe { asm!("dsb ish", options(nostack, preserves_flags)) };
    for line in lines() {
        // SAFETY: invalidating an instruction cache line changes no data.
        unsafe { asm!("ic ivau, {0}", in(reg) line, options(nostack, preserves_flags)) };
    }
    // SAFETY: barriers.
    unsafe { asm!("dsb ish", "isb", options(nostack, preserves_flags)) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_given_back_and_used_again() {
        let memory = Arc::new(CodeMemory::default());
        let first = memory.publish(&[0xc3; 70]).unwrap();
        let second = memory.publish(&[0xc3; 10]).unwrap();
        assert_eq!(memory.bytes(), 80);
        assert_eq!(second.first, 2);
        let place = first.address();
        drop(first);
        let third = memory.publish(&[0x90; 128]).unwrap();
        assert_eq!(third.address(), place);
        assert_eq!(third.region.map[..128], [0x90; 128]);
        drop((second, third));
        assert_eq!(memory.bytes(), 0);
        let kept = lock(&memory.state).regions.len();
        assert_eq!(kept, usize::from(cfg!(target_os = "linux")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn one_empty_region_is_kept_and_not_a_large_one() {
        let memory = Arc::new(CodeMemory::default());
        let large = vec![0xc3; REGION_SLOTS * SLOT];
        let regions = |memory: &CodeMemory| lock(&memory.state).regions.len();
        let (first, second) = (memory.publish(&large), memory.publish(&[0xc3]));
        assert_eq!(regions(&memory), 2);
        drop(first);
        assert_eq!(regions(&memory), 1);
        drop(second);
        assert_eq!(regions(&memory), 1);
        let larger = memory.publish(&vec![0xc3; REGION_SLOTS * SLOT + 1]);
        assert_eq!(regions(&memory), 2);
        drop(memory.publish(&[0xc3]));
        drop(larger);
        assert!(regions(&memory) <= 1);
    }

    #[test]
    fn private_pages_work_where_anonymous_files_do_not() {
        let region = Region::private(2, &[0xc3; 100]).unwrap();
        assert_eq!(region.map[..100], [0xc3; 100]);
        assert_eq!((region.take(2), region.take(1)), (Some(0), None));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_child_does_not_write_to_its_parent() {
        let mut region = Region::shared(4).unwrap();
        region.write(0, &[0xc3; 64]).unwrap();
        region.owner = 0;
        assert_eq!(region.take(1), None);
        region.write(0, &[TRAP; 64]).unwrap();
        assert_eq!(region.map[..64], [0xc3; 64]);
    }

    #[test]
    fn code_larger_than_a_region_has_its_own() {
        let memory = Arc::new(CodeMemory::default());
        let large = memory
            .publish(&vec![0xc3; REGION_SLOTS * SLOT + 1])
            .unwrap();
        assert_eq!(large.bytes(), REGION_SLOTS * SLOT + 1);
    }
}
