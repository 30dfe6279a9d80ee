install(TARGETS tripartite EXPORT tripartite-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/tripartite "${CMAKE_CURRENT_BINARY_DIR}/include/tripartite"
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
if(TARGET tripartite_cli)
  install(TARGETS tripartite_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(EXPORT tripartite-targets NAMESPACE tripartite:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tripartite)
configure_package_config_file(cmake/tripartite-config.cmake.in tripartite-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tripartite)
write_basic_package_version_file(tripartite-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/tripartite-config.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/tripartite-config-version.cmake"
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tripartite)
