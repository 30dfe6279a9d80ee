# One set of targets per component, so that who wants the core needs nothing that the others need.
set(package_directory "${CMAKE_INSTALL_LIBDIR}/cmake/tripartite")
set(targets_of_core tripartite_core tripartite_options tripartite_models)
if(TARGET tripartite_cuda_models)
  list(APPEND targets_of_core tripartite_cuda_models)
endif()
set(targets_of_memory tripartite_memory)
set(targets_of_io tripartite_io tripartite)
foreach(component core memory io)
  install(TARGETS ${targets_of_${component}} EXPORT tripartite-${component}-targets
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT tripartite-${component}-targets NAMESPACE tripartite:: DESTINATION ${package_directory})
endforeach()
install(DIRECTORY include/tripartite "${CMAKE_CURRENT_BINARY_DIR}/include/tripartite"
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
# What tripartite_add_model compiles the models of other projects with; apart from the headers that sources include.
install(DIRECTORY host/simd host/population DESTINATION "${TRIPARTITE_MODELS_DIR}/host" FILES_MATCHING PATTERN "*.hpp")
if(TRIPARTITE_HAS_CUDA)
  install(FILES kernels/launch.hpp kernels/reduction.cuh DESTINATION "${TRIPARTITE_MODELS_DIR}/kernels")
  install(DIRECTORY kernels/population DESTINATION "${TRIPARTITE_MODELS_DIR}/kernels"
          FILES_MATCHING PATTERN "*.hpp" PATTERN "*.cuh" PATTERN "export_models.*" PATTERN "own_models.cpp")
endif()
install(FILES cmake/TripartiteSimd.cmake cmake/TripartiteModel.cmake cmake/TripartiteCudaModel.cmake
        DESTINATION ${package_directory})
if(TARGET tripartite_cuda)
  install(TARGETS tripartite_cuda LIBRARY DESTINATION ${TRIPARTITE_MODULE_DIR})
  # A program that is linked to the installed library finds the module by its run path.
  target_link_options(tripartite_core INTERFACE
    "$<INSTALL_INTERFACE:LINKER:-rpath,$<INSTALL_PREFIX>/${TRIPARTITE_MODULE_DIR}>")
endif()
if(TARGET tripartite_cli)
  install(TARGETS tripartite_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
configure_package_config_file(cmake/tripartite-config.cmake.in tripartite-config.cmake
  INSTALL_DESTINATION ${package_directory})
write_basic_package_version_file(tripartite-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/tripartite-config.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/tripartite-config-version.cmake"
        DESTINATION ${package_directory})
