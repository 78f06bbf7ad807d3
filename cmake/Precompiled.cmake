# The headers of the standard library, and of the test libraries, cost most files more than their own code: they are
# compiled once. Only a saving: no file may rely on it, and the presets debug and coverage build without it.
option(ROOST_PRECOMPILE "Compile the widely used headers once" ON)

# A library without code that holds HEADER, compiled with OPTIONS as whatever uses it (roost_use_precompiled).
function(roost_precompile NAME HEADER)
  cmake_parse_arguments(P "" "" "OPTIONS;LIBRARIES" ${ARGN})
  if(NOT ROOST_PRECOMPILE)
    return()
  endif()
  file(GENERATE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/${NAME}.cc" CONTENT "")
  add_library(${NAME} STATIC "${CMAKE_CURRENT_BINARY_DIR}/${NAME}.cc")
  target_compile_options(${NAME} PRIVATE ${P_OPTIONS} -Xclang -fno-pch-timestamp)
  target_link_libraries(${NAME} PRIVATE ${P_LIBRARIES})
  target_precompile_headers(${NAME} PRIVATE "${HEADER}")
  set_target_properties(${NAME} PROPERTIES CXX_COMPILER_LAUNCHER "${CMAKE_SOURCE_DIR}/cmake/precompile")
endfunction()

# Not by CMake's REUSE_FROM, which names the header by its whole path twice: ccache would not find it in another checkout.
function(roost_use_precompiled TARGET NAME)
  if(ROOST_PRECOMPILE)
    set(PRECOMPILED "${CMAKE_BINARY_DIR}/CMakeFiles/${NAME}.dir/cmake_pch.hxx.pch")
    get_target_property(SOURCES ${TARGET} SOURCES)
    set_property(SOURCE ${SOURCES} APPEND PROPERTY OBJECT_DEPENDS "${PRECOMPILED}")
    target_compile_options(${TARGET} PRIVATE "SHELL:-include-pch ${PRECOMPILED}")
    add_dependencies(${TARGET} ${NAME})
  endif()
endfunction()

roost_precompile(roost_standard "${CMAKE_SOURCE_DIR}/cmake/standard.h")
roost_precompile(roost_standard_test "${CMAKE_SOURCE_DIR}/cmake/standard_test.h" OPTIONS ${ROOST_TEST_OPTIONS}
  LIBRARIES roost_rapidcheck GTest::gmock)
