# SPDX-License-Identifier: Apache-2.0
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
find_package(tinyxml2 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json 3 REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Threads REQUIRED)
find_package(xtensor REQUIRED)
find_package(Python 3.10 REQUIRED COMPONENTS Interpreter)

# Debian's CMake file of libzip asks for programs that libzip-dev does not bring.
find_library(ZIP_LIBRARY zip REQUIRED)
add_library(libzip::zip UNKNOWN IMPORTED)
set_target_properties(libzip::zip PROPERTIES IMPORTED_LOCATION "${ZIP_LIBRARY}")

# find_spec does not import the module, so this costs 0.1 s, not the seconds of import torch.
function(wheel_dir module out)
  execute_process(
    COMMAND "${Python_EXECUTABLE}" -c
            "import importlib.util as u; print(u.find_spec('${module}').submodule_search_locations[0])"
    OUTPUT_VARIABLE dir OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "Python module ${module} not found by ${Python_EXECUTABLE}; run ci/setup first.")
  endif()
  set(${out} "${dir}" PARENT_SCOPE)
endfunction()

wheel_dir(torch TORCH_DIR)
find_package(Torch 2.13 CONFIG REQUIRED PATHS "${TORCH_DIR}/share/cmake/Torch" NO_DEFAULT_PATH)
if(TARGET caffe2::mkl) # else the run path gets "/lib/intel64:/lib/win-x64:…"
  set_property(TARGET caffe2::mkl PROPERTY INTERFACE_LINK_DIRECTORIES "")
endif()

# The pyarrow wheel ships headers and libX.so.2600 but no CMake package.
wheel_dir(pyarrow PYARROW_DIR)
foreach(component arrow arrow_compute parquet)
  file(GLOB library "${PYARROW_DIR}/lib${component}.so.*")
  list(GET library 0 library)
  add_library(PyArrow::${component} SHARED IMPORTED)
  set_target_properties(PyArrow::${component} PROPERTIES IMPORTED_LOCATION "${library}")
  target_include_directories(PyArrow::${component} SYSTEM INTERFACE "${PYARROW_DIR}/include")
endforeach()
target_link_libraries(PyArrow::parquet INTERFACE PyArrow::arrow)
