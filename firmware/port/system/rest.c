// SPDX-License-Identifier: MIT

#include "port/system/rest.h"

#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// Far more than any function here needs, and far less than what the kernel keeps free of other
// mappings below a main thread's stack. What of it was never mapped is passed over.
enum { DEPTH = 512 * 1024 };

// More than rest_stack() has of the stack, and madvise() below it.
enum { OWN = 512 };

static void rest_stack(void) {
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t end = ((uintptr_t)__builtin_frame_address(0) - OWN) & ~(page - 1);
    (void)madvise((void *)(end - DEPTH), DEPTH, MADV_DONTNEED); // only costs memory if refused
}

void rest_memory(void) {
    (void)malloc_trim(0);
    rest_stack();
}
