# Read by find_package(troupe): makes troupe::engine.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(fmt)
find_dependency(simdjson)
find_dependency(Poco COMPONENTS Foundation)
include(${CMAKE_CURRENT_LIST_DIR}/troupe-targets.cmake)
