# SPDX-License-Identifier: Apache-2.0
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "modelgate needs g++ 12 or newer (std::expected); this is ${CMAKE_CXX_COMPILER_VERSION}.")
endif()

option(MODELGATE_TESTS "Build the tests" ON)
option(MODELGATE_WERROR "Warnings are errors (dev and CI presets)" OFF)
option(MODELGATE_SANITIZE "Address and undefined-behaviour sanitizers" OFF)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

# Our own rules for our own code; never forced on third parties.
add_library(mg_settings INTERFACE)
target_include_directories(mg_settings INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_definitions(mg_settings INTERFACE MODELGATE_VERSION="${PROJECT_VERSION}")
target_compile_options(mg_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast
  -Wno-missing-field-initializers) # designated initialisers name what differs from the defaults
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(mg_settings INTERFACE -Wno-restrict) # false alarms on std::string in g++ 12 (its PR 105651)
endif()
if(MODELGATE_WERROR)
  target_compile_options(mg_settings INTERFACE -Werror)
endif()
if(MODELGATE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
