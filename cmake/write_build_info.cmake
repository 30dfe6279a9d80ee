# Writes OUTPUT from INPUT; a file that would stay the same is not touched. SOURCE: the folder whose commit is asked for.
set(commit unknown)
if(GIT)
  # A folder that is no repository of its own is not of the one around it.
  cmake_path(GET SOURCE PARENT_PATH ceiling)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env "GIT_CEILING_DIRECTORIES=${ceiling}"
            ${GIT} -C ${SOURCE} describe --always --abbrev=40 --exclude=* --dirty
    OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
  if(status EQUAL 0 AND described)
    set(commit "${described}")
  endif()
endif()
# Sources without git, as of a release, have it from `git archive`.
if(commit STREQUAL unknown AND EXISTS "${SOURCE}/cmake/archived_commit")
  file(READ "${SOURCE}/cmake/archived_commit" archived)
  string(STRIP "${archived}" archived)
  if(archived MATCHES "^[0-9a-f]+$")
    set(commit "${archived}")
  endif()
endif()
string(REPLACE "," "\", \"" instruction_sets "${instruction_sets}")
configure_file("${INPUT}" "${OUTPUT}" @ONLY)
