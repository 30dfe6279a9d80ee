# tripartite_add_cuda_model(TARGET HEADER): compiles the kernels of the models that HEADER defines into TARGET, a CUDA
# module or its objects, and registers them there. TARGET compiles CUDA as C++20 with --expt-relaxed-constexpr, for
# equations are shared with the host.
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

# tripartite_add_cuda_module(TARGET HEADER): compiles them into the CUDA module TARGET_cuda, which is made if it is not there. The
# library loads it when a network of one of its models runs on CUDA; TARGET itself is not linked to any CUDA library.
function(tripartite_add_cuda_module target header)
  set(module ${target}_cuda)
  if(NOT TARGET ${module})
    find_package(CUDAToolkit REQUIRED)
    get_target_property(architectures tripartite::cuda_models TRIPARTITE_CUDA_ARCHITECTURES)
    add_library(${module} MODULE)
    tripartite_model_options(${module} ${target})
    target_link_libraries(${module} PRIVATE tripartite::cuda_models CUDA::cudart)
    # Kernels run where those of the library do, and share its CUDA runtime.
    set_target_properties(${module} PROPERTIES
      CUDA_ARCHITECTURES "${architectures}" CUDA_RUNTIME_LIBRARY Shared LINKER_LANGUAGE CXX INSTALL_RPATH_USE_LINK_PATH ON)
    add_dependencies(${target} ${module})
  endif()
  tripartite_add_cuda_model(${module} "${header}")
endfunction()
