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

find_library(SECCOMP_LIBRARY seccomp REQUIRED)
add_library(libseccomp::libseccomp UNKNOWN IMPORTED)
set_target_properties(libseccomp::libseccomp PROPERTIES IMPORTED_LOCATION "${SECCOMP_LIBRARY}")

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

# Not find_package(Torch): with a CUDA build of torch it demands the CUDA toolkit, of which a CPU worker needs nothing.
wheel_dir(torch TORCH_DIR)
file(STRINGS "${TORCH_DIR}/version.py" torch_version REGEX "^__version__ = ")
if(NOT torch_version MATCHES "'2\\.13\\.")
  message(FATAL_ERROR "torch 2.13 is needed; in ${TORCH_DIR} version.py says ${torch_version}.")
endif()
string(REGEX MATCH "[0-9.]+" MODELGATE_TORCH "${torch_version}")
add_library(torch INTERFACE IMPORTED)
target_include_directories(torch SYSTEM INTERFACE "${TORCH_DIR}/include" "${TORCH_DIR}/include/torch/csrc/api/include")
target_link_libraries(torch INTERFACE "${TORCH_DIR}/lib/libtorch_cpu.so" "${TORCH_DIR}/lib/libc10.so")

# The pyarrow wheel ships headers and libX.so.2600 but no CMake package.
wheel_dir(pyarrow PYARROW_DIR)
foreach(component arrow arrow_compute parquet)
  file(GLOB library "${PYARROW_DIR}/lib${component}.so.*")
  if(NOT library MATCHES "\\.so\\.2600$")
    message(FATAL_ERROR "pyarrow 26.0 is needed; in ${PYARROW_DIR} lib${component} is: ${library}.")
  endif()
  add_library(PyArrow::${component} SHARED IMPORTED)
  set_target_properties(PyArrow::${component} PROPERTIES IMPORTED_LOCATION "${library}")
  target_include_directories(PyArrow::${component} SYSTEM INTERFACE "${PYARROW_DIR}/include")
endforeach()
target_link_libraries(PyArrow::parquet INTERFACE PyArrow::arrow)
