// SPDX-License-Identifier: MIT
//
// bench_libraries: loads the libraries of the daemon, and waits. What it costs in memory is what
// the daemon's own figure cannot go below; see the script "idle".

#include <unistd.h>

int main(void) {
    return pause();
}
