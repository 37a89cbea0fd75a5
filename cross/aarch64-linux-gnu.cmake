# SPDX-License-Identifier: MIT
#
# Build for 64-bit Raspberry Pi systems against a private sysroot:
#
#   cmake -S . -B build-arm64 -DCMAKE_TOOLCHAIN_FILE=cross/aarch64-linux-gnu.cmake \
#         -DWIREBELL_SYSROOT=$(cross/sysroot sysroot1 arm64) -DWIREBELL_TESTS=OFF
#
# Debian's cross compiler would look into its own C library in /usr/aarch64-linux-gnu first, which on
# Debian 13 is newer than the sysroot's: hence the headers and start files by name.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

set(WIREBELL_SYSROOT "" CACHE PATH "Folder printed by cross/sysroot")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES WIREBELL_SYSROOT)
if(NOT IS_DIRECTORY "${WIREBELL_SYSROOT}/usr/include")
  message(FATAL_ERROR "WIREBELL_SYSROOT is not a sysroot: give the folder cross/sysroot prints")
endif()
set(CMAKE_SYSROOT ${WIREBELL_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)

execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=include
  OUTPUT_VARIABLE gcc_include OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(multiarch ${WIREBELL_SYSROOT}/usr/lib/aarch64-linux-gnu)
string(JOIN " " CMAKE_C_FLAGS_INIT -nostdinc -isystem ${gcc_include}
  -isystem ${WIREBELL_SYSROOT}/usr/include/aarch64-linux-gnu -isystem ${WIREBELL_SYSROOT}/usr/include)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-B${multiarch} -L${multiarch} -Wl,-rpath-link,${multiarch}")

set(ENV{PKG_CONFIG_SYSROOT_DIR} ${WIREBELL_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${multiarch}/pkgconfig:${WIREBELL_SYSROOT}/usr/share/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "")
