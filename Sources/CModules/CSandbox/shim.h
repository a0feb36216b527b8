#pragma once
// What a process gives up for good: Landlock (files, network) and a seccomp filter (system calls). Every
// constant of the kernel's that an older C library may not know is written out; they never change.

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

extern long syscall(long number, ...);

// MARK: Landlock (linux/landlock.h)

enum {
  SANDBOX_LANDLOCK_CREATE = 444,
  SANDBOX_LANDLOCK_ADD_RULE = 445,
  SANDBOX_LANDLOCK_RESTRICT = 446,
};

/// The version of Landlock that the kernel offers; 0 where it has none or has it switched off.
static inline int sandbox_landlock_version(void) {
  long version = syscall(SANDBOX_LANDLOCK_CREATE, 0, 0, 1);
  return version > 0 ? (int)version : 0;
}

/// Gives up, for this thread and those that it starts, to change or run any file and to use the network,
/// but for files directly in or below the given open folders. Reading stays as it is. Programs may be started if
/// `starts_programs`.
/// Returns whether it is so.
static inline int sandbox_landlock_enter(int version, const int *folders, int count, int starts_programs) {
  // Bits 0 and 1: run, write; 4 to 12: remove and make; 13, 14, 15 since versions 2, 3, 5: move between folders,
  // cut, control devices. Bits 2 and 3, which read files and folders, are left alone. 14 makes the kernel go through
  // the whole path of each file that is opened, but without it O_RDONLY | O_TRUNC cuts what may not be written, which
  // the filter below refuses then.
  uint64_t files = starts_programs ? 0x1ff2 : 0x1ff3;
  if (version >= 2) files |= 1 << 13;
  if (version >= 3) files |= 1 << 14;
  if (version >= 5) files |= 1 << 15;
  struct {
    uint64_t files, network, scopes;
  } rules = {files, version >= 4 ? 3 : 0, version >= 6 ? 3 : 0};
  int ruleset = (int)syscall(SANDBOX_LANDLOCK_CREATE, &rules, version >= 6 ? 24 : version >= 4 ? 16 : 8, 0);
  if (ruleset < 0) return 0;
  for (int index = 0; index < count; index += 1) {
    // Write, remove and make files, and cut them: what a file takes that is made beside another and takes its
    // place.
    struct {
      uint64_t access;
      int32_t folder;
    } __attribute__((packed)) rule = {files & (1 << 1 | 1 << 5 | 1 << 8 | 1 << 14), folders[index]};
    syscall(SANDBOX_LANDLOCK_ADD_RULE, ruleset, 1, &rule, 0);
  }
  int isEntered = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SANDBOX_LANDLOCK_RESTRICT, ruleset, 0) == 0;
  close(ruleset);
  return isEntered;
}

// MARK: seccomp (linux/seccomp.h, linux/filter.h)

#if defined(__x86_64__)
#define SANDBOX_ARCHITECTURE 0xc000003e
#elif defined(__aarch64__)
#define SANDBOX_ARCHITECTURE 0xc00000b7
#endif

/// One instruction of a filter.
struct sandbox_instruction {
  uint16_t code;
  uint8_t if_true, if_false;
  uint32_t value;
};

#ifdef SANDBOX_ARCHITECTURE

/// System calls in a row, first and last.
struct sandbox_calls {
  uint16_t first, last;
};

// Calls that are refused always, in rising order: the network, other programs and processes, the machine, the modes
// and owners of files, which Landlock doesn't know, and truncate(2), which it knows since its version 3. Rows rather
// than single calls, since each costs the kernel time when it takes the filter; what is refused along with a row has
// no use here. Calls without a name in older headers are told by number, which is the same everywhere since 424.
static const struct sandbox_calls sandbox_refused[] = {
#ifdef __x86_64__
  {SYS_socket, SYS_getsockopt}, {SYS_fork, SYS_execve}, {SYS_truncate, SYS_truncate}, {SYS_chmod, SYS_chmod},
  {SYS_chown, SYS_lchown},
  {SYS_ptrace, SYS_ptrace}, {SYS_chroot, SYS_quotactl}, {SYS_setxattr, SYS_fsetxattr}, {SYS_add_key, SYS_keyctl},
  {SYS_fchownat, SYS_fchownat}, {SYS_fchmodat, SYS_fchmodat}, {SYS_unshare, SYS_unshare},
  {SYS_perf_event_open, SYS_perf_event_open}, {SYS_open_by_handle_at, SYS_setns},
  {SYS_process_vm_readv, SYS_finit_module}, {SYS_kexec_file_load, SYS_userfaultfd},
#else
  {SYS_setxattr, SYS_fsetxattr}, {SYS_umount2, SYS_pivot_root}, {SYS_truncate, SYS_truncate}, {SYS_chroot, SYS_chroot},
  {SYS_fchmodat, SYS_fchmodat},
  {SYS_fchownat, SYS_fchownat}, {SYS_unshare, SYS_unshare}, {SYS_kexec_load, SYS_delete_module},
  {SYS_ptrace, SYS_ptrace}, {SYS_reboot, SYS_reboot}, {SYS_socket, SYS_recvmsg}, {SYS_add_key, SYS_keyctl},
  {SYS_execve, SYS_execve}, {SYS_perf_event_open, SYS_recvmmsg}, {SYS_open_by_handle_at, SYS_finit_module},
  {SYS_bpf, SYS_userfaultfd}, {SYS_kexec_file_load, SYS_kexec_file_load},
#endif
  // io_uring, which takes requests for other calls past a filter, to pidfd_open; pidfd_getfd; process_madvise;
  // mount_setattr; fchmodat2.
  {425, 434}, {438, 438}, {440, 440}, {442, 442}, {452, 452},
};

// Calls that make, move or remove a file by its name, refused as well where there is no Landlock to do it.
static const struct sandbox_calls sandbox_changing[] = {
#ifdef __x86_64__
  {SYS_rename, SYS_symlink}, {SYS_mknod, SYS_mknod}, {SYS_mkdirat, SYS_futimesat},
  {SYS_unlinkat, SYS_symlinkat}, {SYS_renameat2, SYS_renameat2},
#else
  {SYS_mknodat, 38 /* renameat */}, {SYS_renameat2, SYS_renameat2},
#endif
};

// Calls that start programs, a row of those that are refused otherwise.
#ifdef __x86_64__
static const struct sandbox_calls sandbox_starting = {SYS_fork, SYS_execve};
#else
static const struct sandbox_calls sandbox_starting = {SYS_execve, SYS_execve};
#endif

/// A filter being written.
struct sandbox_filter {
  uint16_t count;
  struct sandbox_instruction all[200];
};

enum { SANDBOX_LOAD = 0x20, SANDBOX_EQUAL = 0x15, SANDBOX_AT_LEAST = 0x35, SANDBOX_HAS = 0x45 };

static inline void sandbox_add(struct sandbox_filter *filter, uint16_t code, int if_true, int if_false, uint32_t value) {
  struct sandbox_instruction next = {code, (uint8_t)if_true, (uint8_t)if_false, value};
  filter->all[filter->count++] = next;
}

static inline void sandbox_answer(struct sandbox_filter *filter, int error) {
  sandbox_add(filter, 0x06, 0, 0, error == 0 ? 0x7fff0000 : 0x00050000 | (uint32_t)error);
}

/// Allows the calls of a row.
static inline void sandbox_allow_row(struct sandbox_filter *filter, struct sandbox_calls row) {
  sandbox_add(filter, SANDBOX_AT_LEAST, 0, 2, row.first);
  sandbox_add(filter, SANDBOX_AT_LEAST, 1, 0, row.last + 1u);
  sandbox_answer(filter, 0);
}

/// Refuses a call.
static inline void sandbox_refuse(struct sandbox_filter *filter, uint32_t call) {
  sandbox_add(filter, SANDBOX_EQUAL, 0, 1, call);
  sandbox_answer(filter, EPERM);
}

/// Refuses a call where an argument has any of the bits, or none of them.
static inline void sandbox_refuse_bits(
  struct sandbox_filter *filter, uint32_t call, int argument, uint32_t bits, int refuses_any) {
  sandbox_add(filter, SANDBOX_EQUAL, 0, 4, call);
  sandbox_add(filter, SANDBOX_LOAD, 0, 0, (uint32_t)(16 + 8 * argument));
  sandbox_add(filter, SANDBOX_HAS, refuses_any ? 1 : 0, refuses_any ? 0 : 1, bits);
  sandbox_answer(filter, 0);
  sandbox_answer(filter, EPERM);
}

/// Refuses the rows by halves: the kernel runs a filter for each call there is when it takes it, to know which
/// are always allowed and need not be asked for again.
static inline void sandbox_refuse_rows(
  struct sandbox_filter *filter, const struct sandbox_calls *rows, int count) {
  if (count == 0) return sandbox_answer(filter, 0);
  int middle = count / 2;
  int branch = filter->count;
  sandbox_add(filter, SANDBOX_AT_LEAST, 0, 0, rows[middle].first);
  sandbox_refuse_rows(filter, rows, middle);
  filter->all[branch].if_true = (uint8_t)(filter->count - branch - 1);
  sandbox_add(filter, SANDBOX_AT_LEAST, 1, 0, rows[middle].last + 1u);
  sandbox_answer(filter, EPERM);
  sandbox_refuse_rows(filter, rows + middle + 1, count - middle - 1);
}

/// Whether the kernel takes filters.
static inline int sandbox_seccomp_is_offered(void) {
  uint32_t action = 0x00050000;
  return syscall(SYS_seccomp, 2, 0, &action) == 0;
}

/// Allows a call on some sockets, which may carry messages with descriptors, and refuses it on any other.
static inline void sandbox_allow_sockets(
  struct sandbox_filter *filter, uint32_t call, const int *sockets, int count) {
  sandbox_add(filter, SANDBOX_EQUAL, 0, 2 + 2 * count, call);
  sandbox_add(filter, SANDBOX_LOAD, 0, 0, 16);
  for (int index = 0; index < count; index += 1) {
    sandbox_add(filter, SANDBOX_EQUAL, 0, 1, (uint32_t)sockets[index]);
    sandbox_answer(filter, 0);
  }
  sandbox_answer(filter, EPERM);
}

/// Gives up, for all threads, the calls above; unless `changes_files`, to change files by name as well; unless
/// `cuts_files`, to cut a file when it is opened; unless `opens_files`, to open any file; unless `starts_programs`, to start
/// others. Messages are exchanged on the given sockets only. Returns whether it is so.
static inline int sandbox_seccomp_enter(
  int changes_files, int cuts_files, int opens_files, int starts_programs, const int *sockets, int socket_count) {
  struct sandbox_filter filter;
  filter.count = 0;
  sandbox_add(&filter, SANDBOX_LOAD, 0, 0, 4);
  sandbox_add(&filter, SANDBOX_EQUAL, 1, 0, SANDBOX_ARCHITECTURE);
  sandbox_answer(&filter, EPERM);
  sandbox_add(&filter, SANDBOX_LOAD, 0, 0, 0);
#ifdef __x86_64__
  // The numbers of x32, which would go around all that follows.
  sandbox_add(&filter, SANDBOX_AT_LEAST, 0, 1, 0x40000000);
  sandbox_answer(&filter, EPERM);
#endif
  // What these do stands in memory, where a filter can't look. As if the kernel didn't have them, the C library
  // takes the older calls.
  sandbox_add(&filter, SANDBOX_EQUAL, 1, 0, 435 /* clone3 */);
  sandbox_add(&filter, SANDBOX_EQUAL, 0, 1, 437 /* openat2 */);
  sandbox_answer(&filter, ENOSYS);
  if (starts_programs) {
    sandbox_allow_row(&filter, sandbox_starting);
  } else {
    // A new thread (CLONE_THREAD) is one thing, a new process another.
    sandbox_refuse_bits(&filter, SYS_clone, 0, 0x00010000, 0);
  }
  if (socket_count > 0) {
    sandbox_allow_sockets(&filter, SYS_sendmsg, sockets, socket_count);
    sandbox_allow_sockets(&filter, SYS_recvmsg, sockets, socket_count);
  }
  if (!opens_files) {
    sandbox_refuse(&filter, SYS_openat);
#ifdef SYS_open
    sandbox_refuse(&filter, SYS_open);
#endif
  }
  uint32_t refused_modes = changes_files ? 0 : O_WRONLY | O_RDWR | O_CREAT;
  if (!changes_files || !cuts_files) refused_modes |= O_TRUNC;
  if (refused_modes) {
    sandbox_refuse_bits(&filter, SYS_openat, 2, refused_modes, 1);
#ifdef SYS_open
    sandbox_refuse_bits(&filter, SYS_open, 1, refused_modes, 1);
#endif
  }
  if (!changes_files) {
    // The one with the rows below is the end of the filter: what isn't in these goes on to there.
    for (unsigned long row = 0; row < sizeof sandbox_changing / sizeof *sandbox_changing; row += 1) {
      sandbox_add(&filter, SANDBOX_AT_LEAST, 0, 2, sandbox_changing[row].first);
      sandbox_add(&filter, SANDBOX_AT_LEAST, 1, 0, sandbox_changing[row].last + 1u);
      sandbox_answer(&filter, EPERM);
    }
  }
  sandbox_refuse_rows(&filter, sandbox_refused, sizeof sandbox_refused / sizeof *sandbox_refused);
  struct {
    uint16_t count;
    struct sandbox_instruction *all;
  } program = {filter.count, filter.all};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 0;
  // To all threads (1), and without the brake on the processor that older kernels put on with a filter (4).
  return syscall(SYS_seccomp, 1, 5, &program) == 0 || syscall(SYS_seccomp, 1, 1, &program) == 0;
}

#else
static inline int sandbox_seccomp_is_offered(void) { return 0; }
static inline int sandbox_seccomp_enter(
  int changes_files, int cuts_files, int opens_files, int starts_programs, const int *sockets, int socket_count) {
  return 0;
}
#endif
#endif
