# SPDX-License-Identifier: MIT
#
# What a Debian package has beyond what is installed: CPack runs this over the staged files before it
# packs them. Manual pages and changelog are compressed, the licence is added, folders are everybody's to
# read; and in a package for another machine, the packages of its libraries are looked up.
set(usr ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr)
list(GET CPACK_WIREBELL_DATA 0 source)
list(GET CPACK_WIREBELL_DATA 1 made)

file(COPY ${source}/copyright ${made}/changelog DESTINATION ${usr}/share/doc/wirebell
  FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
file(GLOB texts ${usr}/share/man/man*/* ${usr}/share/doc/wirebell/changelog)
list(FILTER texts EXCLUDE REGEX "\\.gz$")
execute_process(COMMAND gzip -9 -n -f ${texts} COMMAND_ERROR_IS_FATAL ANY)
# Folders were made under the umask of whoever packs, CPack's default permissions or not.
file(CHMOD_RECURSE ${CPACK_TEMPORARY_INSTALL_DIRECTORY} DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

if(NOT CPACK_WIREBELL_SHLIBS)
  return()
endif()

# A library is called libNAME.so.VERSION or libNAME-VERSION.so; a line of shlibs says its name, its
# version, and what to depend on.
execute_process(
  COMMAND ${CPACK_WIREBELL_READELF} -d ${usr}/bin/wirebell ${usr}/libexec/wirebell/wirebell-reader
  OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "[][]" "|" dynamic "${dynamic}") # a list takes an open bracket for its own
string(REGEX MATCHALL "NEEDED[^|]*\\|[^|]+" needed "${dynamic}")
list(TRANSFORM needed REPLACE ".*\\|" "")
list(REMOVE_DUPLICATES needed)
file(STRINGS ${CPACK_WIREBELL_SHLIBS} shlibs REGEX "^[^ :]+ [^ ]+ .")
set(depends "")
foreach(library ${needed})
  string(REGEX REPLACE "^(.*)\\.so\\.(.*)$" "\\1 \\2 " wanted ${library})
  string(REGEX REPLACE "^(.*)-([0-9].*)\\.so$" "\\1 \\2 " wanted ${wanted})
  set(found "")
  foreach(line IN LISTS shlibs)
    string(FIND "${line}" "${wanted}" at)
    if(at EQUAL 0)
      string(LENGTH "${wanted}" length)
      string(SUBSTRING "${line}" ${length} -1 found)
    endif()
  endforeach()
  if(NOT found)
    message(FATAL_ERROR "no package of the sysroot says that it ships ${library}: see ${CPACK_WIREBELL_SHLIBS}")
  endif()
  list(APPEND depends ${found})
endforeach()
list(REMOVE_DUPLICATES depends)
list(SORT depends)
list(JOIN depends ", " depends)
string(PREPEND CPACK_DEBIAN_PACKAGE_DEPENDS "${depends}, ")
