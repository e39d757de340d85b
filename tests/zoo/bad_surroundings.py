# SPDX-License-Identifier: Apache-2.0
"""Machines that are full, narrow or bare, and callers that closed what they should have left open."""

from __future__ import annotations

import os

from place import LIVE_GATE, Case, Place, case

CASES: list[Case] = []


@case(CASES, 4, "cannot be written")
def reports_into_a_folder_of_the_kernel(place: Place) -> None:
    place.out = "/proc/modelgate/"


@case(CASES, 4, "cannot be written", reports=False, needs="user")
def reports_into_a_read_only_folder(place: Place) -> None:
    place.path("out").chmod(0o555)


@case(CASES, 4, "cannot be written")
def reports_below_a_file(place: Place) -> None:
    place.write("file", "in the way")
    place.out = "file/"


@case(CASES, 4, "cannot be written")
def a_report_that_is_a_folder(place: Place) -> None:
    place.path("out/report.json").unlink()
    place.path("out/report.json").mkdir()


@case(CASES, 4, "pipe")
def a_report_that_is_a_pipe(place: Place) -> None:
    place.path("out/junit.xml").unlink()
    os.mkfifo(place.path("out/junit.xml"))


@case(CASES, 4, "cannot be written")
def reports_behind_a_symlink_loop(place: Place) -> None:
    place.path("loop").symlink_to("loop")
    place.out = "loop/"


@case(CASES, 0, "Passed")
def a_report_that_is_a_symlink(place: Place) -> None:
    place.write("elsewhere.xml", "kept")
    place.path("out/junit.xml").unlink()
    place.path("out/junit.xml").symlink_to("../elsewhere.xml")


@case(CASES, 4, "cannot be written", reports=False)
def a_disk_of_no_bytes(place: Place) -> None:
    place.shell('ulimit -f 0; exec "$0" "$@"')


@case(CASES, 4, "cannot be written")
def a_disk_of_few_bytes(place: Place) -> None:
    place.shell('ulimit -f 8; exec "$0" "$@"')   # of 512 bytes


@case(CASES, (0, 3, 4), "")
def few_descriptors(place: Place) -> None:
    place.gate(text=LIVE_GATE)
    place.shell('ulimit -n 16; exec "$0" "$@"')


@case(CASES, (3, 4), "", reports=False, sanitized=False)
def hardly_any_descriptors(place: Place) -> None:
    place.shell('ulimit -n 4; exec "$0" "$@"')


@case(CASES, (3, 4, 127, 134, 139), "", reports=False, sanitized=False)
def hardly_any_address_space(place: Place) -> None:
    place.shell('ulimit -v 60000; exec "$0" "$@"')


@case(CASES, (0, 3), "")
def a_small_stack(place: Place) -> None:
    place.gate(text=LIVE_GATE)
    place.shell('ulimit -s 256; exec "$0" "$@"')


@case(CASES, 0, "")
def standard_output_closed(place: Place) -> None:
    place.shell('exec "$0" "$@" >&-')


@case(CASES, 0, "")
def standard_error_closed(place: Place) -> None:
    place.shell('exec "$0" "$@" 2>&-')


@case(CASES, 0, "")
def every_standard_stream_closed(place: Place) -> None:
    place.gate(text=LIVE_GATE)
    place.shell('exec "$0" "$@" <&- >&- 2>&-')


@case(CASES, 3, "")
def every_standard_stream_closed_and_a_broken_model(place: Place) -> None:
    place.live(place.models / "RaisesForged.pt")
    place.shell('exec "$0" "$@" <&- >&- 2>&-')


@case(CASES, 0, "")
def standard_output_on_a_full_disk(place: Place) -> None:
    place.shell('exec "$0" "$@" >/dev/full 2>/dev/full')


@case(CASES, 0, "")
def a_reader_that_is_gone(place: Place) -> None:
    place.shell('{ "$0" "$@"; echo $? >code; } | true; exit "$(cat code)"')


@case(CASES, 0, "Passed")
def no_home(place: Place) -> None:
    place.gate(text=LIVE_GATE)
    place.environment |= {"HOME": None, "USER": None, "LOGNAME": None}


@case(CASES, 0, "Passed")
def no_temporary_folder(place: Place) -> None:
    place.gate(text=LIVE_GATE)
    place.environment |= {"TMPDIR": "/nowhere/at/all"}


@case(CASES, 0, "Passed")
def no_environment_at_all(place: Place) -> None:
    place.gate(text=LIVE_GATE)
    place.shell('exec env -i LD_LIBRARY_PATH="$LD_LIBRARY_PATH" "$0" "$@"')


@case(CASES, 0, "Passed")
def a_locale_that_does_not_exist(place: Place) -> None:
    place.environment |= {"LC_ALL": "xx_XX.UTF-9", "LANG": "tlh", "TZ": "Nowhere/Nowhere"}


@case(CASES, 0, "Passed")
def an_environment_that_is_hostile(place: Place) -> None:
    place.gate(text=LIVE_GATE)
    place.environment |= {"OMP_NUM_THREADS": "1000000", "MALLOC_CONF": "x" * 10_000, "COLUMNS": "-1", "TERM": "\x1b[31m",
                          "GIT_DIR": "/nowhere", "PYTHONPATH": "/nowhere", "ARROW_DEFAULT_MEMORY_POOL": "nothing"}


@case(CASES, (0, 4), "")
def a_job_summary_that_cannot_be_written(place: Place) -> None:
    place.environment |= {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "/nowhere/summary.md"}


@case(CASES, (0, 3), "", needs="root", sanitized=False)
def no_proc(place: Place) -> None:
    place.gate(text=LIVE_GATE)
    place.shell('exec unshare --mount sh -c \'mount -t tmpfs none /proc && exec "$0" "$@"\' "$0" "$@"')


@case(CASES, (0, 3), "", needs="root")
def no_devices(place: Place) -> None:
    place.gate(text=LIVE_GATE)
    place.shell('exec unshare --mount sh -c \'mount -t tmpfs none /dev && exec "$0" "$@"\' "$0" "$@"')


@case(CASES, 0, "Passed")
def a_working_folder_that_is_gone(place: Place) -> None:
    folder = place.folder
    place.out = f"{folder}/out/"
    place.arguments += ["-c", f"{folder}/modelgate.yaml"]
    place.shell('mkdir sub; cd sub; rmdir ../sub; exec "$0" "$@"')


@case(CASES, 2, "bogus")
def an_option_that_does_not_exist(place: Place) -> None:
    place.arguments += ["--bogus"]


@case(CASES, 2, "")
def an_argument_that_is_not_utf8(place: Place) -> None:
    place.arguments += ["--set", b"candidate.version=\xff\xfe".decode(errors="surrogateescape")]


@case(CASES, 2, "")
def arguments_without_end(place: Place) -> None:
    place.arguments += ["--set", "candidate.version=" + "x" * 100_000, "--set", "nothing=1"]
