// SPDX-License-Identifier: MIT
//
// A clock that a test holds in its hand, preloaded into the daemon (LD_PRELOAD): days pass in
// seconds, and exactly.
//
// CLOCK_BOOTTIME and CLOCK_REALTIME stand still until the test moves them, by a page of memory in
// the file that WIREBELL_SIM_CLOCK names; timers on them fire when their time is reached. The page
// also tells the test when the program waits, and for which moment: so it can jump from one to the
// next, and however loaded the machine is, nothing is late. CLOCK_MONOTONIC stays real, and with it
// the limits of time on what goes over the wire; unless WIREBELL_SIM_CLOCK_READER is set: then the
// reader takes part, and its limits and the daemon's are by this clock too. The shipped programs
// know nothing of this, and their floor is untouched.

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { FDS_MAX = 1024 };

// Read and written by sim_clock.py: its layout is the contract.
struct page {
    uint32_t turn; // the test adds one and wakes us when it has moved the clock
    uint32_t unused;
    int64_t boot_ns;
    int64_t wall_ns;
    struct slot {
        uint32_t pid;       // 0 = nobody yet; it may have ended
        uint32_t waits;     // odd while it is about to wait, waits, or has just been woken
        int64_t next_ns;    // boot time for which a timer is set; INT64_MAX = none
        int64_t calls;      // of the daemon to the reader, that are under way
        int64_t taken_turn; // the last turn that timers were set by
    } slots[2];             // the daemon, the reader
};

static struct page *page;
static struct slot *slot;
static bool is_monotonic_ours;
static bool is_reader;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

// What is set on each timerfd: boot time in ns, 0 = nothing.
static struct {
    bool is_ours;
    bool is_monotonic;
    int64_t due_ns;
} timers[FDS_MAX];

static int64_t to_ns(struct timespec time) {
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static struct timespec to_timespec(int64_t ns) {
    return (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
}

static int64_t load(const int64_t *at) {
    return __atomic_load_n(at, __ATOMIC_SEQ_CST);
}

// --- clocks ----------------------------------------------------------------------------------

int clock_gettime(clockid_t clock, struct timespec *ret) {
    bool is_monotonic =
        clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_MONOTONIC_COARSE;
    if (page && (clock == CLOCK_BOOTTIME || (is_monotonic && is_monotonic_ours)))
        *ret = to_timespec(load(&page->boot_ns));
    else if (page && !is_reader && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        *ret = to_timespec(load(&page->wall_ns));
    else
        return (int)syscall(SYS_clock_gettime, clock, ret);
    return 0;
}

time_t time(time_t *ret) {
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (ret)
        *ret = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone) {
    struct timespec now;
    (void)zone;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    *ret = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}

// --- timers ----------------------------------------------------------------------------------

static int set_real(int fd, int flags, const struct itimerspec *value, struct itimerspec *old) {
    return (int)syscall(SYS_timerfd_settime, fd, flags, value, old);
}

// Those due fire, the others wait for the test. Called with the lock held.
static void settle_timers(void) {
    int64_t next_ns = INT64_MAX, now_ns = load(&page->boot_ns);
    for (int fd = 0; fd < FDS_MAX; fd++) {
        if (!timers[fd].is_ours || timers[fd].due_ns == 0)
            continue;
        if (timers[fd].is_monotonic && !is_monotonic_ours)
            continue;
        if (timers[fd].due_ns < next_ns)
            next_ns = timers[fd].due_ns;
        struct itimerspec value = {.it_value.tv_nsec = timers[fd].due_ns <= now_ns};
        (void)set_real(fd, 0, &value, NULL);
    }
    __atomic_store_n(&slot->next_ns, next_ns, __ATOMIC_SEQ_CST);
}

int timerfd_create(clockid_t clock, int flags) {
    int fd = (int)syscall(SYS_timerfd_create, clock, flags);
    if (page && fd >= 0 && fd < FDS_MAX) {
        (void)pthread_mutex_lock(&lock);
        timers[fd].is_ours = true;
        timers[fd].is_monotonic = clock == CLOCK_MONOTONIC;
        timers[fd].due_ns = 0;
        (void)pthread_mutex_unlock(&lock);
    }
    return fd;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *old) {
    if (!page || fd < 0 || fd >= FDS_MAX || !timers[fd].is_ours)
        return set_real(fd, flags, value, old);
    (void)pthread_mutex_lock(&lock);
    int r = 0;
    int64_t due_ns = to_ns(value->it_value);
    if (due_ns > 0 && !(flags & TFD_TIMER_ABSTIME))
        due_ns += load(&page->boot_ns);
    timers[fd].due_ns = due_ns;
    if (timers[fd].is_monotonic && !is_monotonic_ours)
        r = set_real(fd, flags, value, old);
    else if (due_ns == 0)
        r = set_real(fd, 0, value, old);
    settle_timers();
    (void)pthread_mutex_unlock(&lock);
    return r;
}

// A timer that fired is set no more once that was read.
ssize_t read(int fd, void *bytes, size_t size) {
    ssize_t count = syscall(SYS_read, fd, bytes, size);
    if (page && count > 0 && fd >= 0 && fd < FDS_MAX && timers[fd].is_ours) {
        int error = errno;
        (void)pthread_mutex_lock(&lock);
        timers[fd].due_ns = 0;
        settle_timers();
        (void)pthread_mutex_unlock(&lock);
        errno = error;
    }
    return count;
}

int close(int fd) {
    if (page && fd >= 0 && fd < FDS_MAX && timers[fd].is_ours) {
        (void)pthread_mutex_lock(&lock);
        timers[fd].is_ours = false;
        settle_timers();
        (void)pthread_mutex_unlock(&lock);
    }
    return (int)syscall(SYS_close, fd);
}

// --- calls to the reader ---------------------------------------------------------------------

// A call is under way from its sending until the daemon lets go of its slot. The one that waits for
// the network to change is answered whenever that happens: nobody is to wait for it.
static void *call_slots[64];

static void note_call(void *old, void *new) {
    for (size_t i = 0; page && i < sizeof call_slots / sizeof *call_slots; i++) {
        if (call_slots[i] != old)
            continue;
        call_slots[i] = new;
        (void)__atomic_add_fetch(&slot->calls, new ? 1 : -1, __ATOMIC_SEQ_CST);
        return;
    }
}

static bool is_reading(void *message) {
    const char *(*get_member)(void *);
    *(void **)&get_member = dlsym(RTLD_DEFAULT, "sd_bus_message_get_member");
    const char *member = get_member ? get_member(message) : NULL;
    return member && strncmp(member, "Read", 4) == 0;
}

int sd_bus_call_async(void *bus, void **ret, void *message, void *handler, void *userdata,
                      uint64_t us);
int sd_bus_call_async(void *bus, void **ret, void *message, void *handler, void *userdata,
                      uint64_t us) {
    int (*real)(void *, void **, void *, void *, void *, uint64_t);
    *(void **)&real = dlsym(RTLD_NEXT, "sd_bus_call_async");
    int r = real(bus, ret, message, handler, userdata, us);
    if (r >= 0 && ret && is_reading(message))
        note_call(NULL, *ret);
    return r;
}

void *sd_bus_slot_unref(void *of);
void *sd_bus_slot_unref(void *of) {
    void *(*real)(void *);
    *(void **)&real = dlsym(RTLD_NEXT, "sd_bus_slot_unref");
    if (of)
        note_call(of, NULL);
    return real(of);
}

// --- waiting ---------------------------------------------------------------------------------

static int wait_real(int fd, struct epoll_event *events, int max, int timeout_ms) {
    return (int)syscall(SYS_epoll_pwait, fd, events, max, timeout_ms, NULL, 8);
}

int epoll_wait(int fd, struct epoll_event *events, int max, int timeout_ms) {
    if (!page || timeout_ms == 0)
        return wait_real(fd, events, max, timeout_ms);
    int count = wait_real(fd, events, max, 0);
    if (count != 0)
        return count;
    (void)__atomic_add_fetch(&slot->waits, 1, __ATOMIC_SEQ_CST);
    count = wait_real(fd, events, max, timeout_ms);
    int error = errno;
    (void)__atomic_add_fetch(&slot->waits, 1, __ATOMIC_SEQ_CST);
    errno = error;
    return count;
}

int epoll_pwait2(int fd, struct epoll_event *events, int max, const struct timespec *timeout,
                 const sigset_t *mask) {
    (void)mask; // sd-event gives none
    int64_t ms = timeout ? to_ns(*timeout) / 1000000 : -1;
    return epoll_wait(fd, events, max, ms > INT_MAX ? INT_MAX : (int)ms);
}

// --- the test moves the clock ----------------------------------------------------------------

static void *follow(void *unused) {
    (void)unused;
    for (;;) {
        uint32_t turn = __atomic_load_n(&page->turn, __ATOMIC_SEQ_CST);
        (void)pthread_mutex_lock(&lock);
        settle_timers();
        (void)pthread_mutex_unlock(&lock);
        __atomic_store_n(&slot->taken_turn, (int64_t)turn, __ATOMIC_SEQ_CST);
        (void)syscall(SYS_futex, &page->turn, FUTEX_WAIT, turn, NULL, NULL, 0);
    }
    return NULL;
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("WIREBELL_SIM_CLOCK");
    is_reader = strcmp(program_invocation_short_name, "wirebell-reader") == 0;
    is_monotonic_ours = getenv("WIREBELL_SIM_CLOCK_READER") != NULL;
    bool is_daemon = strcmp(program_invocation_short_name, "wirebell") == 0;
    if (!path || (!is_daemon && !(is_reader && is_monotonic_ours)))
        return;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    void *at =
        fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        (void)close(fd);
    if (at == MAP_FAILED)
        abort();
    page = at;
    slot = &page->slots[is_reader];
    *slot = (struct slot){.next_ns = INT64_MAX, .taken_turn = -1};
    __atomic_store_n(&slot->pid, (uint32_t)getpid(), __ATOMIC_SEQ_CST);
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); // signals are the program's
    pthread_t thread;
    if (pthread_create(&thread, NULL, follow, NULL) != 0)
        abort();
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}
