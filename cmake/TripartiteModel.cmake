# tripartite_add_model(TARGET HEADER [CPU_ONLY]): compiles the models that HEADER defines, behind which TRIPARTITE_MODEL or
# TRIPARTITE_CALCIUM_MODEL stands, into TARGET: the loops of every instruction set and method. HEADER is relative to the
# current source folder. Kernels are compiled as well if the project has enabled the language CUDA, tripartite was built with
# it and CPU_ONLY is not given: into the module TARGET_cuda, which the program looks for in its own folder (or in that of the
# shared library that has the models), then where it was built. To install it: install(TARGETS TARGET_cuda LIBRARY DESTINATION bin).
function(tripartite_add_model target header)
  cmake_parse_arguments(ARG "CPU_ONLY" "" "" ${ARGN})
  get_filename_component(path "${header}" ABSOLUTE)
  get_filename_component(stem "${header}" NAME_WE)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/models")
  foreach(part loops registration)
    set(source "${folder}/${stem}_${part}.cpp")
    if(part STREQUAL loops)
      set(first "host/population/compile_loops.hpp")
    else()
      set(first "host/population/register_model.hpp")
    endif()
    file(CONFIGURE OUTPUT "${source}" CONTENT "#include \"${first}\"\n#include \"${path}\"\n")
  endforeach()
  tripartite_add_simd_objects(${target} "${folder}/${stem}_loops.cpp")
  # Apart from the sources of TARGET, which need not see the headers that this one includes.
  set(registration ${target}_${stem}_registration)
  add_library(${registration} OBJECT "${folder}/${stem}_registration.cpp")
  tripartite_model_options(${registration} ${target})
  tripartite_define_instruction_sets(${registration})
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:${registration}>)
  set_property(TARGET ${target} APPEND PROPERTY TRIPARTITE_MODELS "${path}")

  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(NOT ARG_CPU_ONLY AND "CUDA" IN_LIST languages AND TARGET tripartite::cuda_models)
    tripartite_add_cuda_module(${target} "${path}")
    target_compile_definitions(${registration} PRIVATE TRIPARTITE_CUDA_MODULE_OF_MODELS="$<TARGET_FILE:${target}_cuda>")
  endif()
endfunction()
