//! Takes all rights from this program, for good: limits of memory, processor time, files and
//! processes, and on Linux a filter of system calls. It works for any user, root too, and within
//! containers.

use std::io;

use rayon::ThreadPoolBuilder;
use rustix::process::{Resource, Rlimit, nice, setrlimit};

use crate::Effort;

/// Most bytes that the program may allocate.
const MEMORY: u64 = 256 << 20;
/// Most bytes of its stack, which is no part of them.
const STACK: u64 = 8 << 20;

/// Gives up the rights and limits the processor time to the most for this effort, rounded up to
/// seconds. After this the program reads its standard input and writes its standard output, and can open, start and
/// reach nothing.
///
/// # Errors
/// When the kernel refuses a limit. The program must then not look at the file.
pub(crate) fn enter(effort: Effort) -> io::Result<()> {
    // The last effort stands below everything else that runs here. A container may forbid it.
    if effort == Effort::Last {
        let _ = nice(19);
    }
    let time = effort.time(usize::MAX);
    for (resource, most) in [
        (Resource::Data, MEMORY),
        (Resource::Stack, STACK),
        (
            Resource::Cpu,
            time.as_millis().div_ceil(1000).try_into().unwrap_or(1),
        ),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, 0),
        (Resource::Nproc, 0),
    ] {
        let most = Some(most);
        setrlimit(
            resource,
            Rlimit {
                current: most,
                maximum: most,
            },
        )?;
    }
    // Rayon uses only this thread, because the filter refuses new ones.
    ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build_global()
        .map_err(io::Error::other)?;
    #[cfg(target_os = "linux")]
    filter::apply().map_err(io::Error::other)?;
    Ok(())
}

#[cfg(target_os = "linux")]
mod filter {
    use libc::{
        MAP_ANONYMOUS, MAP_GROWSDOWN, MAP_HUGETLB, MAP_PRIVATE, MAP_SHARED, PROT_EXEC, SYS_brk,
        SYS_clock_gettime, SYS_exit, SYS_exit_group, SYS_futex, SYS_getrandom, SYS_madvise,
        SYS_mmap, SYS_mprotect, SYS_mremap, SYS_munmap, SYS_read, SYS_rt_sigprocmask,
        SYS_rt_sigreturn, SYS_sched_yield, SYS_sigaltstack, SYS_write,
    };
    use seccompiler::SeccompCmpArgLen::{Dword, Qword};
    use seccompiler::SeccompCmpOp::{Eq, MaskedEq};
    use seccompiler::{
        BackendError, BpfProgram, Error, SeccompAction, SeccompCondition, SeccompFilter,
        SeccompRule,
    };

    /// Every other system call is refused.
    pub(super) fn apply() -> Result<(), Error> {
        seccompiler::apply_filter(&program()?)
    }

    fn program() -> Result<BpfProgram, BackendError> {
        let flag = |flag: i32| u64::from(flag.unsigned_abs());
        let only = |conditions| Ok::<_, BackendError>(vec![SeccompRule::new(conditions)?]);
        let descriptor = |which| SeccompCondition::new(0, Dword, Eq, which);
        let not_executable = || SeccompCondition::new(2, Qword, MaskedEq(flag(PROT_EXEC)), 0);
        // Neither the stack nor large pages count among the data that is limited.
        let private = SeccompCondition::new(
            3,
            Qword,
            MaskedEq(flag(
                MAP_SHARED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_HUGETLB,
            )),
            flag(MAP_PRIVATE | MAP_ANONYMOUS),
        )?;
        let free = [
            SYS_brk,
            SYS_clock_gettime,
            SYS_exit,
            SYS_exit_group,
            SYS_futex,
            SYS_getrandom,
            SYS_madvise,
            SYS_mremap,
            SYS_munmap,
            SYS_rt_sigprocmask,
            SYS_rt_sigreturn,
            SYS_sched_yield,
            SYS_sigaltstack,
        ];
        let rules = free.into_iter().map(|call| (call, Vec::new())).chain([
            (SYS_read, only(vec![descriptor(0)?])?),
            (SYS_write, only(vec![descriptor(1)?])?),
            (SYS_mmap, only(vec![private, not_executable()?])?),
            (SYS_mprotect, only(vec![not_executable()?])?),
        ]);
        SeccompFilter::new(
            rules.collect(),
            SeccompAction::Errno(libc::EPERM.unsigned_abs()),
            SeccompAction::Allow,
            std::env::consts::ARCH.try_into()?,
        )?
        .try_into()
    }
}
