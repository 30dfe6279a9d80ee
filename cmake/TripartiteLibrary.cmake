# tripartite_library(NAME): the library tripartite_NAME, known to others as tripartite::NAME. Its sources are named by the rooms.
function(tripartite_library name)
  set(library tripartite_${name})
  add_library(${library})
  add_library(tripartite::${name} ALIAS ${library})
  set_target_properties(${library} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(${library} PUBLIC cxx_std_20)
  target_include_directories(${library}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
           $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${library} PRIVATE tripartite_options)
endfunction()
