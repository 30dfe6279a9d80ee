# What makes the build shorter and leaves every result as it is. Included after all targets of the library and the program.

# Headers that many sources share and that take long to read. A source still includes what it uses: scripts/check-tidy reads
# sources without these, so that a missing include is an error there. CLI11 is not among them: each source that includes it
# compiles its validators, which takes longer than reading it in the few that need it.
set(TRIPARTITE_STANDARD_HEADERS <algorithm> <array> <cmath> <cstddef> <cstdint> <filesystem> <fstream> <functional> <map>
  <memory> <optional> <span> <sstream> <string> <string_view> <utility> <variant> <vector>)
set(shared_headers ${TRIPARTITE_STANDARD_HEADERS} <fmt/format.h> <nlohmann/json.hpp>)

# Rooms that read, write and compare, each value once: nothing there is worth the time of -O3.
set(light_rooms "host/(cli|config|report|verify)/")

foreach(target tripartite_core tripartite_io tripartite_commands)
  if(target STREQUAL "tripartite_core")
    target_precompile_headers(${target} PRIVATE ${TRIPARTITE_STANDARD_HEADERS})
  else()
    target_precompile_headers(${target} PRIVATE ${shared_headers})
  endif()
  get_target_property(directory ${target} SOURCE_DIR)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    get_filename_component(path "${source}" ABSOLUTE BASE_DIR "${directory}")
    file(RELATIVE_PATH room "${PROJECT_SOURCE_DIR}" "${path}")
    if(room MATCHES "^${light_rooms}")
      set_property(SOURCE "${path}" TARGET_DIRECTORY ${target} APPEND PROPERTY COMPILE_OPTIONS $<$<CONFIG:Release>:-O1>)
    endif()
  endforeach()
endforeach()
