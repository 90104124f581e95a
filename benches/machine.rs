//! What the figures were measured on.

use std::process::Command;

/// A few lines about the machine and the compiler.
pub fn describe() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpu.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim().to_owned())
    };
    let model = field("model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let flags = field("flags").unwrap_or_default();
    let has = |flag: &str| flags.split(' ').any(|f| f == flag);
    let simd = match () {
        () if has("avx512f") && has("avx512vl") => "AVX-512",
        () if has("avx2") => "AVX2",
        () if cfg!(target_arch = "x86_64") => "SSE2",
        () if cfg!(target_arch = "aarch64") => "NEON",
        () => "not known",
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.ok().and_then(|o| String::from_utf8(o.stdout).ok());
    let rustc = rustc.unwrap_or_else(|| "rustc that is not here".to_owned());
    let build = if cfg!(debug_assertions) {
        "**unoptimised: these figures mean nothing**"
    } else {
        "release"
    };
    format!(
        "{model}, {cores} cores, {simd}; {} {}; {}, {build}; sqlift {}",
        std::env::consts::OS,
        std::env::consts::ARCH,
        rustc.trim(),
        env!("CARGO_PKG_VERSION"),
    )
}
