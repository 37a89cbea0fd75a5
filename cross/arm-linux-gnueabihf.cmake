# SPDX-License-Identifier: MIT
#
# For 32-bit systems on a Pi 2 or newer (Debian's armhf: ARMv7 with a floating point unit). The Pi 1 and
# the Zero are ARMv6 and cannot run what this makes.
set(CMAKE_SYSTEM_PROCESSOR armv7l)
set(triplet arm-linux-gnueabihf)
set(emulator qemu-arm-static)
include(${CMAKE_CURRENT_LIST_DIR}/toolchain.cmake)
