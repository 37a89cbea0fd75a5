# SPDX-License-Identifier: MIT
#
# For the processor of the Pi 1 and the Zero, ARMv6, on Debian's armel. Debian has no ARMv6 with hard
# floating point; this stands in for Raspberry Pi OS, to see that the code runs on such a processor.
set(CMAKE_SYSTEM_PROCESSOR armv6l)
set(triplet arm-linux-gnueabi)
set(machine_flags -march=armv6 -marm)
set(emulator qemu-arm-static)
set(emulator_options -cpu arm1176)
include(${CMAKE_CURRENT_LIST_DIR}/toolchain.cmake)
