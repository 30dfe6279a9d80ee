# cmake -DROOT=... -DFOLDER=... -P: sources without git say which commit they are of if `git archive` has told them.
function(expect_commit archived expected)
  set(source "${FOLDER}/archived_commit_test")
  file(REMOVE_RECURSE "${source}")
  file(WRITE "${source}/cmake/archived_commit" "${archived}\n")
  execute_process(
    COMMAND ${CMAKE_COMMAND} -DGIT= "-DSOURCE=${source}" "-DINPUT=${ROOT}/cmake/build_info.hpp.in"
            "-DOUTPUT=${source}/build_info.hpp" -Dcompiler=GNU -Dcuda= -Dinstruction_sets=baseline
            -P "${ROOT}/cmake/write_build_info.cmake"
    COMMAND_ERROR_IS_FATAL ANY)
  file(READ "${source}/build_info.hpp" header)
  if(NOT header MATCHES "commit = \"${expected}\";")
    message(FATAL_ERROR "expected commit \"${expected}\" in: ${header}")
  endif()
endfunction()

expect_commit("0123456789abcdef0123456789abcdef01234567" "0123456789abcdef0123456789abcdef01234567")
expect_commit([[$Format:%H$]] "unknown")
