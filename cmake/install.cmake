# What `cmake --install` puts where: the programs and, for other programs, the
# engine as a library that `find_package(troupe)` finds.

install(TARGETS troupe RUNTIME DESTINATION bin)
install(TARGETS troupe-runner RUNTIME DESTINATION lib/troupe)
if(TROUPE_STATIC_PREFIX)
  return()
endif()

set_target_properties(troupe_engine PROPERTIES EXPORT_NAME engine)
set_target_properties(troupe_archive PROPERTIES EXPORT_NAME archive OUTPUT_NAME troupe)
install(TARGETS troupe_engine troupe_archive EXPORT troupe ARCHIVE DESTINATION lib)
install(EXPORT troupe NAMESPACE troupe:: FILE troupe-targets.cmake DESTINATION lib/cmake/troupe)
install(DIRECTORY platform config modules actors DESTINATION include/troupe
  FILES_MATCHING PATTERN "*.hpp")

include(CMakePackageConfigHelpers)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/troupe-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES cmake/troupe-config.cmake ${PROJECT_BINARY_DIR}/troupe-config-version.cmake
  DESTINATION lib/cmake/troupe)
