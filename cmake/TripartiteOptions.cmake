# No -ffast-math: it deletes NaN checks. What it would give is said piece by piece.
set(math_options -fno-math-errno -fno-trapping-math -ffp-contract=fast)
# CMake 3.25 knows no C++20 flag for nvcc, so it is said here; equations are shared with the host.
set(kernel_options -std=c++20 --expt-relaxed-constexpr)

# What models are compiled with, those of other projects as well (cmake/TripartiteModel.cmake), whose own sources see none of it:
# the headers of the loops, and how numbers are computed.
add_library(tripartite_models INTERFACE)
add_library(tripartite::models ALIAS tripartite_models)
set_target_properties(tripartite_models PROPERTIES EXPORT_NAME models)
target_include_directories(tripartite_models INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
  $<INSTALL_INTERFACE:${TRIPARTITE_MODELS_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_options(tripartite_models INTERFACE
  "$<$<COMPILE_LANGUAGE:CXX>:${math_options}>" "$<$<COMPILE_LANGUAGE:CUDA>:${kernel_options}>")

# Compile options shared by every target of this project, never by its consumers.
add_library(tripartite_options INTERFACE)
target_compile_options(tripartite_options INTERFACE
  "$<$<COMPILE_LANGUAGE:CXX>:${math_options}>"
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual>
  # GCC 12 sees overlapping copies in every `"literal" + std::string` (its bug 105651).
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wno-restrict>)
if(TRIPARTITE_WERROR)
  target_compile_options(tripartite_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Werror>
    # Headers that were precompiled with other options cost time, nothing else.
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wno-error=invalid-pch>
    $<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings -Xcompiler=-Werror>)
endif()
if(TRIPARTITE_HAS_CUDA)
  # -lineinfo lets checkers name source lines at no cost in speed.
  target_compile_options(tripartite_options INTERFACE
    $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20 -lineinfo --expt-relaxed-constexpr -Xcompiler=-Wall,-Wextra>)
endif()
if(TRIPARTITE_SANITIZE)
  # Null pointers and the ends of objects are the address sanitizer's, too; without these checks it builds a third faster.
  target_compile_options(tripartite_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${TRIPARTITE_SANITIZE} -fno-sanitize=null,vptr,object-size>
    $<$<COMPILE_LANGUAGE:CXX>:-fno-omit-frame-pointer -fno-sanitize-recover=all>
    # GCC warns of what sanitized code of its own <regex> may leave uninitialized: with sanitizers its documentation
    # calls such warnings false.
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wno-maybe-uninitialized>)
  target_link_options(tripartite_options INTERFACE -fsanitize=${TRIPARTITE_SANITIZE})
endif()
