// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "gate/app/commands.hpp"
#include "gate/app/terminal.hpp"
#include "gate/core/error.hpp"

namespace modelgate {
namespace {

/// It asks the binary itself for commands, options and metrics: there is no second list that could grow old.
constexpr std::string_view script = R"sh(_modelgate() {
  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" command="${COMP_WORDS[1]}" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="$(modelgate --help 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p') --help --version"
  elif [ "$command" = completion ]; then
    words="bash zsh"
  elif [ "$before" = --only ]; then
    words="$(modelgate list 2>/dev/null | sed -n 's/^\([a-z]*\):$/\1/p')"
  elif [ "$command" = explain ] && [ "$COMP_CWORD" -eq 2 ]; then
    words="$(modelgate list 2>/dev/null | sed -n 's/^  \([a-z][a-z0-9_@.]*\) .*/\1/p')"
  elif [ "${word#-}" != "$word" ]; then
    words="$(modelgate "$command" --help 2>/dev/null | grep -o -e '--[a-z][a-z-]*' | sort -u)"
  else
    local kind=""
    case "$command $before" in
      *" -c" | *" --config") kind="yaml" ;;
      "verify verify" | "render render" | "diff diff" | *" --from" | *" --pilot") kind="json" ;;
    esac
    COMPREPLY=($(compgen -d -- "$word") $(compgen -f -- "$word" | grep "${kind:+\\.$kind\$}"))
    return
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o filenames -F _modelgate modelgate
)sh";

}  // namespace

ExitCode command_completion(std::span<const std::string> words) {
  const std::string_view shell = words.size() == 1 ? std::string_view{words[0]} : std::string_view{};
  if (shell == "zsh")
    print_out(
        "(( $+functions[compdef] )) || { autoload -U +X compinit && compinit; }\n"
        "autoload -U +X bashcompinit && bashcompinit\n");
  if (shell == "bash" || shell == "zsh") {
    print_out(script);
    return ExitCode::pass;
  }
  print_out("usage: modelgate completion bash|zsh\nFor example, in ~/.bashrc: source <(modelgate completion bash)\n");
  return shell == "--help" || shell == "-h" ? ExitCode::pass : ExitCode::usage;
}

}  // namespace modelgate
