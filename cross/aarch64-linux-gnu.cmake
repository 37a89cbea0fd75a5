# SPDX-License-Identifier: MIT
#
# For 64-bit Raspberry Pi systems (Debian's arm64), against a private sysroot:
#
#   cmake -S . -B build-arm64 -DCMAKE_TOOLCHAIN_FILE=cross/aarch64-linux-gnu.cmake \
#         -DWIREBELL_SYSROOT=$(cross/sysroot sysroot1 arm64) -DWIREBELL_TESTS=OFF
#
# The other toolchain files here are used likewise; cross/package does it all.
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(triplet aarch64-linux-gnu)
set(emulator qemu-aarch64-static)
include(${CMAKE_CURRENT_LIST_DIR}/toolchain.cmake)
