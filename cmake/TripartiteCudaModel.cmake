# tripartite_add_cuda_model(TARGET HEADER): compiles the kernels of the models that HEADER defines into TARGET, a CUDA
# module or its objects, and registers them there. TARGET compiles CUDA as C++20 with --expt-relaxed-constexpr, for
# equations are shared with the host. A module of another project also needs kernels/population/own_models.cpp and
# export_models.cpp.
function(tripartite_add_cuda_model target header)
  get_filename_component(path "${header}" ABSOLUTE)
  get_filename_component(stem "${header}" NAME_WE)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/models")
  foreach(part fixed adaptive stage process)
    set(source "${folder}/${stem}_${part}.cu")
    file(CONFIGURE OUTPUT "${source}"
      CONTENT "#include \"kernels/population/compile_${part}.cuh\"\n#include \"${path}\"\n")
    target_sources(${target} PRIVATE "${source}")
  endforeach()
  set(source "${folder}/${stem}_kernels.cpp")
  file(CONFIGURE OUTPUT "${source}"
    CONTENT "#include \"kernels/population/register_kernels.hpp\"\n#include \"${path}\"\n")
  target_sources(${target} PRIVATE "${source}")
endfunction()
