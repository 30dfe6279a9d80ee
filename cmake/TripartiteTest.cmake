# tripartite_test(NAME sources... [CUDA] [LIBRARIES ...]): one GoogleTest program and its ctest entries.
# CUDA: the program also has tests of the CUDA backend; they run under TRIPARTITE_GPU_LAUNCHER where it is set.
function(tripartite_test name)
  cmake_parse_arguments(ARG "CUDA" "" "LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE tripartite tripartite_options GTest::gtest GTest::gmock GTest::gtest_main ${ARG_LIBRARIES})
  target_compile_definitions(${name} PRIVATE TRIPARTITE_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data"
                                             TRIPARTITE_PROJECT_DATA="${PROJECT_SOURCE_DIR}/data")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 900)
  if(ARG_CUDA AND TRIPARTITE_HAS_CUDA AND TRIPARTITE_GPU_LAUNCHER)
    add_test(NAME ${name}_emulated COMMAND ${TRIPARTITE_GPU_LAUNCHER} $<TARGET_FILE:${name}> --gtest_filter=*Cuda*:*cuda*)
    set_tests_properties(${name}_emulated PROPERTIES TIMEOUT 1800)
  endif()
endfunction()
