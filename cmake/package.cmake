# The Debian package: the static troupe, the engines that `troupe pack` puts
# plans behind, man pages and completions. `./dev package` builds it.

# Engines for other machines, once ./dev runner --arch has built them.
foreach(arch x86_64 arm64)
  install(PROGRAMS ${PROJECT_SOURCE_DIR}/build-runner-${arch}/troupe-runner
    DESTINATION lib/troupe RENAME troupe-runner-${arch} OPTIONAL)
endforeach()

set(made ${CMAKE_BINARY_DIR}/package)
add_custom_target(package_texts
  COMMAND ${PROJECT_SOURCE_DIR}/cmake/package_texts.sh $<TARGET_FILE:troupe> ${made}
  DEPENDS troupe VERBATIM)
install(DIRECTORY ${made}/man/ DESTINATION share/man/man1)
install(FILES ${made}/troupe.bash DESTINATION share/bash-completion/completions RENAME troupe)
install(FILES ${made}/_troupe DESTINATION share/zsh/vendor-completions)
install(FILES ${made}/troupe.fish DESTINATION share/fish/vendor_completions.d)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/cmake/systemd/ DESTINATION lib/systemd/system)
install(FILES ${PROJECT_SOURCE_DIR}/README.md DESTINATION share/doc/troupe)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/troupe RENAME copyright)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION share/doc/troupe/docs)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples/ DESTINATION share/doc/troupe/examples)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME troupe)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Troupe authors <troupe@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "runs automation plans on the host where they run")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Troupe executes Ansible-compatible plans without Python and without SSH round
trips: tasks are actors, runs can be resumed after a crash and undone, and
`troupe pack` makes one self-contained executable of a plan.")
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
include(CPack)
