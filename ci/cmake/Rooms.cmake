# SPDX-License-Identifier: Apache-2.0
# mg_room(NAME SOURCES a.cpp … DEPENDS mg_core …): the static library mg_NAME of one room.
function(mg_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  add_library(mg_${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(mg_${name} PUBLIC ${ROOM_DEPENDS} PRIVATE mg_settings ${ROOM_PRIVATE})
endfunction()

# mg_test(NAME SOURCES … DEPENDS …): a GoogleTest program whose cases ctest lists one by one as NAME.Suite.Case.
function(mg_test name)
  cmake_parse_arguments(TEST "ONE_CASE" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(test_${name} ${TEST_SOURCES})
  target_link_libraries(test_${name} PRIVATE mg_settings ${TEST_DEPENDS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(test_${name} PRIVATE MODELGATE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(TEST_ONE_CASE)   # programs that link libtorch take 0.3 s to start: listed as one
    add_test(NAME ${name} COMMAND test_${name})
  else()
    gtest_discover_tests(test_${name} TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST)
  endif()
endfunction()
