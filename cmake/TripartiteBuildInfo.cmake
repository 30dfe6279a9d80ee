# tripartite_build_info(TARGET): build_info.hpp for the sources of TARGET, with the commit at the time of the build.
function(tripartite_build_info target)
  find_program(TRIPARTITE_GIT git)
  mark_as_advanced(TRIPARTITE_GIT)
  set(header "${CMAKE_CURRENT_BINARY_DIR}/build_info/build_info.hpp")
  string(REPLACE ";" "," instruction_sets "${TRIPARTITE_INSTRUCTION_SETS}")
  set(cuda "")
  if(TRIPARTITE_HAS_CUDA)
    set(cuda "${CMAKE_CUDA_COMPILER_VERSION}")
  endif()
  add_custom_target(${target}_build_info
    COMMAND ${CMAKE_COMMAND} "-DGIT=$<$<BOOL:${TRIPARTITE_GIT}>:${TRIPARTITE_GIT}>" "-DSOURCE=${PROJECT_SOURCE_DIR}"
            "-DINPUT=${PROJECT_SOURCE_DIR}/cmake/build_info.hpp.in" "-DOUTPUT=${header}"
            "-Dcompiler=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}" "-Dcuda=${cuda}"
            "-Dinstruction_sets=${instruction_sets}" -P "${PROJECT_SOURCE_DIR}/cmake/write_build_info.cmake"
    BYPRODUCTS "${header}" COMMENT "" VERBATIM)
  add_dependencies(${target} ${target}_build_info)
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/build_info")
endfunction()
