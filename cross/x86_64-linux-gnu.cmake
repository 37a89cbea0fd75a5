# SPDX-License-Identifier: MIT
#
# For PCs (Debian's amd64) of another release of Debian than the one that builds.
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(triplet x86_64-linux-gnu)
include(${CMAKE_CURRENT_LIST_DIR}/toolchain.cmake)
