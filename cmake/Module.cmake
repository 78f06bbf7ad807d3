# roost_module(NAME MAY_USE other... LIBRARIES target...)
#
# One folder of src/ as one static library. MAY_USE names the folders whose headers its files may include; anything
# else stops the build (cmake/CheckLayers.cmake). Beside each foo.cc may lie foo_test.cc (gathered into NAME_test),
# foo_bench.cc (into NAME_bench) and foo_fuzz.cc (a libFuzzer program of its own, NAME_foo_fuzz, when ROOST_FUZZ is on).
function(roost_module NAME)
  cmake_parse_arguments(M "" "" "MAY_USE;LIBRARIES;TEST_USES" ${ARGN})
  set(DIR "${CMAKE_SOURCE_DIR}/src/${NAME}")
  file(GLOB_RECURSE ALL CONFIGURE_DEPENDS "${DIR}/*.cc" "${DIR}/*.h")
  set(SOURCES ${ALL})
  set(TESTS ${ALL})
  set(FUZZERS ${ALL})
  set(BENCHES ${ALL})
  list(FILTER SOURCES EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$|_test\\.h$|/[^/]*_main\\.cc$")
  list(FILTER TESTS INCLUDE REGEX "_test\\.cc$")
  list(FILTER FUZZERS INCLUDE REGEX "_fuzz\\.cc$")
  list(FILTER BENCHES INCLUDE REGEX "_bench\\.cc$")
  list(TRANSFORM M_MAY_USE PREPEND roost_ OUTPUT_VARIABLE USED)
  list(TRANSFORM M_TEST_USES PREPEND roost_ OUTPUT_VARIABLE TEST_USED)

  set(STAMP "${CMAKE_CURRENT_BINARY_DIR}/layers_${NAME}.stamp")
  add_custom_command(OUTPUT ${STAMP}
    COMMAND ${CMAKE_COMMAND} -DNAME=${NAME} -DDIR=${DIR} "-DMAY_USE=${M_MAY_USE}" "-DTEST_USES=${M_TEST_USES}"
      -DSTAMP=${STAMP} -P ${CMAKE_SOURCE_DIR}/cmake/CheckLayers.cmake
    DEPENDS ${ALL} ${CMAKE_SOURCE_DIR}/cmake/CheckLayers.cmake
    COMMENT "Layers of ${NAME}" VERBATIM)

  add_library(roost_${NAME} STATIC ${SOURCES} ${STAMP})
  target_include_directories(roost_${NAME} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(roost_${NAME} PUBLIC ${USED} ${M_LIBRARIES})
  set_target_properties(roost_${NAME} PROPERTIES LINKER_LANGUAGE CXX)
  roost_use_precompiled(roost_${NAME} roost_standard)

  if(TESTS)
    add_executable(${NAME}_test ${TESTS})
    target_compile_options(${NAME}_test PRIVATE ${ROOST_TEST_OPTIONS})
    roost_use_precompiled(${NAME}_test roost_standard_test)
    target_link_libraries(${NAME}_test PRIVATE roost_${NAME} ${TEST_USED} roost_rapidcheck GTest::gmock GTest::gtest_main)
    add_test(NAME ${NAME} COMMAND ${NAME}_test --gtest_brief=1)
  endif()
  if(BENCHES)
    add_executable(${NAME}_bench ${BENCHES})
    target_link_libraries(${NAME}_bench PRIVATE roost_${NAME} ${TEST_USED} benchmark::benchmark_main)
  endif()
  if(ROOST_FUZZ)
    foreach(FUZZER ${FUZZERS})
      get_filename_component(STEM ${FUZZER} NAME_WE)
      add_executable(${NAME}_${STEM} ${FUZZER})
      target_link_options(${NAME}_${STEM} PRIVATE -fsanitize=fuzzer)
      target_link_libraries(${NAME}_${STEM} PRIVATE roost_${NAME} ${TEST_USED})
    endforeach()
  endif()
endfunction()
