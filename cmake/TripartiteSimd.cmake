# All instruction sets, or the baseline alone, which builds in a third of the time: for sanitizers, under which all do the same.
option(TRIPARTITE_BASELINE_ONLY "Build the CPU's loops for the baseline instruction set alone" OFF)
set(TRIPARTITE_INSTRUCTION_SETS baseline)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND NOT TRIPARTITE_BASELINE_ONLY)
  list(APPEND TRIPARTITE_INSTRUCTION_SETS avx2 avx512)
endif()

# tripartite_model_options(OBJECTS TARGET): the object library OBJECTS, which is part of TARGET, is compiled as the models of
# this project are. It finds the headers of TARGET.
function(tripartite_model_options objects target)
  target_compile_features(${objects} PRIVATE cxx_std_20)
  set_target_properties(${objects} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  if(TARGET tripartite_options)  # not of an installed package: with the warnings of this project
    target_link_libraries(${objects} PRIVATE tripartite_options)
  endif()
  target_link_libraries(${objects} PRIVATE tripartite::models)
  if(NOT target MATCHES "^tripartite_")
    target_include_directories(${objects} PRIVATE $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
  endif()
endfunction()

# tripartite_define_instruction_sets(TARGET): for sources that choose among what is compiled once per instruction set.
function(tripartite_define_instruction_sets target)
  if("avx512" IN_LIST TRIPARTITE_INSTRUCTION_SETS)
    target_compile_definitions(${target} PRIVATE TRIPARTITE_X86)
  endif()
endfunction()

# tripartite_add_simd_sources(files... [TARGET name]): compiles each file into the core library (or another target) once per
# instruction set, with TRIPARTITE_ISA naming the namespace and TRIPARTITE_VECTOR_BYTES the register. The program chooses among
# them when it starts.
function(tripartite_add_simd_sources)
  cmake_parse_arguments(ARG "" "TARGET" "" ${ARGN})
  if(NOT ARG_TARGET)
    set(ARG_TARGET tripartite_core)
  endif()
  tripartite_add_simd_objects(${ARG_TARGET} ${ARG_UNPARSED_ARGUMENTS})
  tripartite_define_instruction_sets(${ARG_TARGET})
endfunction()

# tripartite_add_simd_objects(TARGET files...): the same for a target whose own sources do not choose among them.
function(tripartite_add_simd_objects target)
  set(flags_baseline "")
  set(bytes_baseline 16)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set(flags_baseline -march=x86-64-v2)
    set(flags_avx2 -mavx2 -mfma)
    set(bytes_avx2 32)
    set(flags_avx512 -mavx512f -mavx512dq -mavx512vl -mavx512bw -mavx2 -mfma -mprefer-vector-width=512)
    set(bytes_avx512 64)
  endif()
  foreach(variant ${TRIPARTITE_INSTRUCTION_SETS})
    set(sources "")
    foreach(file ${ARGN})
      get_filename_component(file "${file}" ABSOLUTE)
      list(APPEND sources "${file}")
    endforeach()
    string(MD5 key "${target}${sources}")
    string(SUBSTRING "${key}" 0 6 key)
    set(objects tripartite_${variant}_${key})
    add_library(${objects} OBJECT ${sources})
    tripartite_model_options(${objects} ${target})
    # -Wno-psabi: wide values never cross a call that is not inlined.
    target_compile_options(${objects} PRIVATE ${flags_${variant}} -Wno-psabi)
    # What undefined behaviour could do in loops over numbers is what the address sanitizer sees in them, or what their
    # references tell. Registers and accumulators are what they have on the stack: checks of those make GCC compile for four
    # minutes instead of one. Optimised, because references are integrated through thousands of seconds.
    if(TRIPARTITE_SANITIZE MATCHES undefined)
      set_property(SOURCE ${sources} APPEND PROPERTY COMPILE_OPTIONS
        -O2 -fno-sanitize=undefined -fno-sanitize-address-use-after-scope
        $<$<CXX_COMPILER_ID:GNU>:--param=asan-stack=0>)
    endif()
    if(TRIPARTITE_BUILD_FUZZERS)  # loops over numbers read no files, and take long to compile with sanitizers
      set_property(SOURCE ${sources} APPEND PROPERTY COMPILE_OPTIONS -fno-sanitize=all)
    endif()
    target_compile_definitions(${objects} PRIVATE TRIPARTITE_ISA=${variant} TRIPARTITE_VECTOR_BYTES=${bytes_${variant}})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${objects}>)
    set_property(GLOBAL APPEND PROPERTY TRIPARTITE_SIMD_OBJECTS ${objects})
  endforeach()
endfunction()
