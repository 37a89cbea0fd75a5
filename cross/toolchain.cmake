# SPDX-License-Identifier: MIT
#
# What the toolchain files here share; each says triplet, processor and emulator, and what else its
# machine needs, then includes this.
#
# Debian's cross compilers would look into their own C library in /usr/TRIPLET first, which may be
# newer or older than the sysroot's: hence the headers and start files by name.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${triplet}-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE ${triplet})

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
# From Debian 13 on, the libraries of its 32-bit machines are built with 64 bits of time, and so must
# be whoever calls them; its own compilers know that, those of Debian 12 do not.
file(STRINGS ${WIREBELL_SYSROOT}/usr/lib/os-release release REGEX "^VERSION_ID=")
string(REGEX MATCH "[0-9]+" release "${release}")
if(triplet MATCHES "^arm-" AND release GREATER_EQUAL 13)
  list(APPEND machine_flags -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64)
endif()

set(multiarch ${WIREBELL_SYSROOT}/usr/lib/${triplet})
string(JOIN " " CMAKE_C_FLAGS_INIT ${machine_flags} -nostdinc -isystem ${gcc_include}
  -isystem ${WIREBELL_SYSROOT}/usr/include/${triplet} -isystem ${WIREBELL_SYSROOT}/usr/include)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-B${multiarch} -L${multiarch} -Wl,-rpath-link,${multiarch}")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "${CMAKE_EXE_LINKER_FLAGS_INIT}")
set(CMAKE_MODULE_LINKER_FLAGS_INIT "${CMAKE_EXE_LINKER_FLAGS_INIT}")

# ctest runs the tests in it where it is installed (package qemu-user-static).
if(emulator)
  find_program(WIREBELL_EMULATOR ${emulator})
  if(WIREBELL_EMULATOR)
    set(CMAKE_CROSSCOMPILING_EMULATOR ${WIREBELL_EMULATOR} -L ${WIREBELL_SYSROOT} ${emulator_options})
  endif()
endif()

set(ENV{PKG_CONFIG_SYSROOT_DIR} ${WIREBELL_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${multiarch}/pkgconfig:${WIREBELL_SYSROOT}/usr/share/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "")
