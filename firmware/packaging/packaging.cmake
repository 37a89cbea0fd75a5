# SPDX-License-Identifier: MIT
#
# The Debian package, by CPack: `cpack` in a build tree makes wirebell_VERSION_ARCH.deb there. What goes
# into it is what is installed, and what stage.cmake adds. The prefix has to be /usr, for the units
# name the programs by their full paths:
#
#   cmake -S . -B build-deb -G Ninja -DCMAKE_INSTALL_PREFIX=/usr && ninja -C build-deb && (cd build-deb && cpack)
#
# cross/package does the same for another machine or another release.
if(NOT CMAKE_INSTALL_PREFIX STREQUAL "/usr" OR WIREBELL_SANITIZE)
  return()
endif()

# The libraries differ from release to release, so the packages do: 0.1.0+deb12 is older than
# 0.1.0+deb13, and who upgrades Debian gets the other.
set(os_release ${CMAKE_SYSROOT}/usr/lib/os-release)
set(release "")
if(EXISTS ${os_release})
  file(STRINGS ${os_release} release REGEX "^VERSION_ID=")
  string(REGEX MATCH "[0-9]+" release "${release}")
endif()
set(CPACK_DEBIAN_PACKAGE_VERSION ${PROJECT_VERSION})
if(release)
  string(APPEND CPACK_DEBIAN_PACKAGE_VERSION "+deb${release}")
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "wirebell developers <wirebell@wirebell.invalid>")
set(CPACK_DEBIAN_PACKAGE_SECTION news)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "rings LEDs and a buzzer when a watched word is in the news")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"A news wire used to ring bells: ten for a flash, five for a bulletin, three
for an urgent. wirebell is that bell for the feeds of today: a small daemon
on a Raspberry Pi polls RSS, Atom and JSON feeds, looks for the words you
watch, and rings, by LEDs and a buzzer on GPIO, with a button to say \"seen\".
.
It also runs on any other computer, with its lamps drawn in the terminal.")
# What no library brings along: certificates for https, and who makes the user.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, systemd | systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "default-dbus-system-bus | dbus-system-bus")

# Libraries: Debian's own program knows those of this machine; for others the sysroot says.
if(CMAKE_CROSSCOMPILING)
  set(architecture_aarch64-linux-gnu arm64)
  set(architecture_arm-linux-gnueabi armel)
  set(architecture_arm-linux-gnueabihf armhf)
  set(architecture_x86_64-linux-gnu amd64)
  set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${architecture_${CMAKE_LIBRARY_ARCHITECTURE}})
  set(CPACK_WIREBELL_SHLIBS ${CMAKE_SYSROOT}/usr/lib/shlibs)
  set(CPACK_WIREBELL_READELF ${CMAKE_READELF})
else()
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()

set(data ${CMAKE_BINARY_DIR}/packaging)
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in ${data}/changelog @ONLY)
file(WRITE ${data}/conffiles "/etc/wirebell/keywords\n/etc/wirebell/wirebell.conf\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_LIST_DIR}/postinst ${CMAKE_CURRENT_LIST_DIR}/prerm
  ${CMAKE_CURRENT_LIST_DIR}/postrm ${data}/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_WIREBELL_DATA ${CMAKE_CURRENT_LIST_DIR} ${data})
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/stage.cmake)
set(CPACK_VERBATIM_VARIABLES ON)
include(CPack)
