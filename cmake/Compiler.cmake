# The compiler, its language, warnings and hardening, and the variants that the presets choose.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines (co_await inside braces or ?: frees twice). "
    "Use clang-19: cmake --preset release, or ./run, which installs it.")
endif()

set(ROOST_SANITIZE "" CACHE STRING "Sanitizers: address,undefined or thread")
option(ROOST_FUZZ "Build the libFuzzer targets" OFF)
option(ROOST_COVERAGE "Build for a coverage report" OFF)
option(ROOST_PLANTED "Build with bugs that can be planted, to test the tests (tests/planted)" OFF)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
    CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_PCH_EXTSUM=1 ${CCACHE})
endif()

# What is tested is optimised, the tests are not: that halves the time to compile them.
set(ROOST_TEST_OPTIONS -U_FORTIFY_SOURCE -O0)

add_compile_options(
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Werror=return-type
  -Wno-missing-field-initializers -fno-omit-frame-pointer -msse4.2 -g1)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wno-missing-designated-field-initializers)
  add_link_options(-fuse-ld=lld)
endif()

# Hardening, in every variant that is optimised without sanitizers.
if(NOT ROOST_SANITIZE AND NOT ROOST_FUZZ AND CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong
    -fstack-clash-protection -fcf-protection=full -fPIE)
  add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
if(ROOST_SANITIZE)
  add_compile_options(-fsanitize=${ROOST_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ROOST_SANITIZE})
endif()
if(ROOST_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(ROOST_PLANTED)
  add_compile_definitions(ROOST_PLANTED)
endif()
if(ROOST_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()
