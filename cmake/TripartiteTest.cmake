# tripartite_test(NAME sources... [CUDA] [LIBRARIES ...]): one GoogleTest program. Each of its tests is an entry of ctest, named
# Suite.Test, with the program's name as label: `ctest -R Suite.Test` runs one, `ctest -L NAME` all of a program. (With
# sanitizers the program is the entry.)
# CUDA: the program also has tests of the CUDA backend; they run under TRIPARTITE_GPU_LAUNCHER where it is set, as the one entry
# NAME_emulated: starting the emulated device takes longer than most of these tests. They are part of device_test, too.
function(tripartite_test name)
  cmake_parse_arguments(ARG "CUDA" "" "LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  tripartite_test_options(${name})
  if(NOT "OpenMP::OpenMP_CXX" IN_LIST ARG_LIBRARIES)  # whose option the shared headers are compiled without
    target_precompile_headers(${name} REUSE_FROM tripartite_test_headers)
  endif()
  target_link_libraries(${name} PRIVATE GTest::gmock GTest::gtest_main ${ARG_LIBRARIES})
  target_compile_definitions(${name} PRIVATE TRIPARTITE_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data"
                                             TRIPARTITE_PROJECT_DATA="${PROJECT_SOURCE_DIR}/data")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  if(TRIPARTITE_SANITIZE)
    # One entry for all: a sanitized program takes longer to start than most of its tests.
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT 1800 LABELS ${name})
  else()
    # Asked when ctest starts, not while building: a program that cannot list its tests is then a failure of ctest.
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120 NO_PRETTY_VALUES NO_PRETTY_TYPES
                         PROPERTIES TIMEOUT 900 LABELS ${name})
  endif()
  if(ARG_CUDA AND TRIPARTITE_HAS_CUDA)
    foreach(source IN LISTS ARG_UNPARSED_ARGUMENTS)
      get_filename_component(source "${source}" ABSOLUTE)
      set_property(GLOBAL APPEND PROPERTY TRIPARTITE_DEVICE_TEST_SOURCES "${source}")
    endforeach()
    if(TRIPARTITE_GPU_LAUNCHER)
      tripartite_test_emulated(${name} ${name}_emulated "*Cuda*:*cuda*")
    endif()
  endif()
endfunction()

# device_test: all tests of the CUDA backend in one program, for scripts/device-bundle. It reads tests/data and data in the
# folder in which it is started.
function(tripartite_device_test)
  get_property(sources GLOBAL PROPERTY TRIPARTITE_DEVICE_TEST_SOURCES)
  list(REMOVE_DUPLICATES sources)
  add_executable(device_test EXCLUDE_FROM_ALL ${sources})
  tripartite_test_options(device_test)
  target_precompile_headers(device_test REUSE_FROM tripartite_test_headers)
  target_link_libraries(device_test PRIVATE GTest::gmock GTest::gtest_main ${CMAKE_DL_LIBS})
  target_compile_definitions(device_test PRIVATE TRIPARTITE_TEST_DATA="tests/data" TRIPARTITE_PROJECT_DATA="data")
  # Its calls of the runtime go before the runtime's own.
  set_target_properties(device_test PROPERTIES ENABLE_EXPORTS ON RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
endfunction()

# An entry of ctest for the tests of a program that match a filter, on the emulated device. ctest knows the entry of each single
# test that skips itself as skipped; of many tests that is one in which none was run, as where the launcher finds no device.
function(tripartite_test_emulated name entry filter)
  add_test(NAME ${entry} COMMAND ${TRIPARTITE_GPU_LAUNCHER} $<TARGET_FILE:${name}> --gtest_filter=${filter})
  set_tests_properties(${entry} PROPERTIES
    TIMEOUT 1800 LABELS "${name};emulated" SKIP_REGULAR_EXPRESSION "\\[  PASSED  \\] 0 tests")
endfunction()

# What programs of tests and the libraries that they share are compiled with.
function(tripartite_test_options name)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE tripartite tripartite_options GTest::gtest fmt::fmt)
  # Tests compute little themselves; what they measure was compiled with the library.
  target_compile_options(${name} PRIVATE $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CONFIG:Release>>:-O1>)
  if(TRIPARTITE_SANITIZE)
    target_compile_definitions(${name} PRIVATE TRIPARTITE_SANITIZED)
  endif()
  # The arithmetic and the scopes that matter are those of the library: unchecked, tests compile in half the time.
  if(TRIPARTITE_SANITIZE MATCHES undefined)
    target_compile_options(${name} PRIVATE
      $<$<COMPILE_LANGUAGE:CXX>:-fno-sanitize=undefined> $<$<COMPILE_LANGUAGE:CXX>:-fno-sanitize-address-use-after-scope>)
  endif()
endfunction()
