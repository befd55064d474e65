# The runner: the engine in a quarter to a half of its size, behind the program
# that unpacks it into memory (docs/decisions/0020).
find_program(LZ4_PROGRAM lz4 REQUIRED)
find_library(LZ4 lz4 REQUIRED)
set(packed ${CMAKE_BINARY_DIR}/engine.lz4)
add_custom_command(OUTPUT ${packed}
  COMMAND ${LZ4_PROGRAM} -q -f -12 -B7 --content-size $<TARGET_FILE:troupe-engine> ${packed}
  DEPENDS troupe-engine VERBATIM)
add_executable(troupe-runner platform/unpacker/unpacker.cpp)
set_source_files_properties(platform/unpacker/unpacker.cpp PROPERTIES OBJECT_DEPENDS ${packed})
target_include_directories(troupe-runner PRIVATE ${PROJECT_SOURCE_DIR})
target_compile_definitions(troupe-runner PRIVATE PACKED_ENGINE="${packed}")
# It runs before any C library does: nothing that needs one may be used.
target_compile_options(troupe-runner PRIVATE -fno-lto -fno-exceptions -fno-rtti -fno-stack-protector -fno-asynchronous-unwind-tables)
# The engine wants the addresses from 4 MiB on.
target_link_options(troupe-runner PRIVATE -nostartfiles -fno-lto -Wl,-Ttext-segment=0x20000000)
target_link_libraries(troupe-runner PRIVATE ${LZ4})
