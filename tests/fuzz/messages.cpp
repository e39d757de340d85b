// SPDX-License-Identifier: Apache-2.0
// Any bytes from the other end of a worker's socket, at either end: a message whose body reads back as it was sent, or
// a refusal.
#include <sys/socket.h>

#include <array>

#include "gate/wire/message.hpp"
#include "tests/fuzz/target.hpp"

namespace modelgate {
namespace {

/// What was accepted is all that stood there.
template <class Decode>
void same_again(Decode decode, std::string_view body) {
  const auto read = decode(body);
  if (!read) return fuzz::require_words(read.error());
  fuzz::require(encode(*read) == body);
}

void decode_as_everything(std::string_view body) {
  same_again(decode_load, body);
  same_again(decode_attach, body);
  same_again(decode_run, body);
  same_again(decode_reply, body);
  same_again(decode_fail, body);
  same_again(decode_confinement, body);
  same_again(decode_description, body);
}

const std::array<int, 2>& ends() {
  static const std::array<int, 2> pair = [] {
    std::array<int, 2> made{-1, -1};
    fuzz::require(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, made.data()) == 0);
    return made;
  }();
  return pair;
}

}  // namespace
}  // namespace modelgate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace modelgate;
  decode_as_everything(fuzz::text_of(data, size));
  if (size == 0 || size > max_message_bytes) return 0;
  for (const bool with_fds : {false, true}) {
    fuzz::require(::send(ends()[0], data, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size));
    const auto message = with_fds ? receive_message(ends()[1]) : receive_without_fds(ends()[1]);
    if (!message) {
      fuzz::require_words(message.error());
    } else {
      fuzz::require(message->has_value() && (*message)->body.size() + sizeof(MessageHeader) == size);
      decode_as_everything((*message)->body);
    }
  }
  return 0;
}
