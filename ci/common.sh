# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by every script here: where the project is, and the Python environment it builds against.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034  # used by the scripts that source this
venv="$root/.venv"
# shellcheck disable=SC2034
torch_version=2.13.0
# Objects are shared by every clone on the machine: paths below the root count as relative.
export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1

say() { printf '%s\n' "$*" >&2; }

# Cores to use: all, but no more than one for each 2 GiB (a torch source takes about 1.3 GiB to compile).
cores() {
  local by_memory
  by_memory=$(($(awk '/MemAvailable/ {print $2}' /proc/meminfo) / 2097152))
  ((by_memory >= 1)) || by_memory=1
  local n
  n=$(nproc)
  echo $((n < by_memory ? n : by_memory))
}
