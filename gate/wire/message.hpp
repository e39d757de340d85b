// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/input_layout.hpp"
#include "gate/core/plan.hpp"
#include "gate/wire/fd.hpp"

namespace modelgate {

inline constexpr std::uint32_t wire_magic = 0x4D474154;  // "MGAT"
inline constexpr std::uint16_t wire_version = 5;
inline constexpr std::size_t max_message_bytes = std::size_t{64} * 1024;
inline constexpr std::size_t max_message_fds = 2;
/// The descriptor on which a worker finds its socket.
inline constexpr int worker_socket_fd = 3;

/// Orders of the gate and what the worker answers to each.
enum class MessageKind : std::uint16_t {
  load = 1,  ///< LoadOrder and the model's descriptor → confined, then ready or failed; or failed
  ready,     ///< body: the runtime's name and version
  attach,    ///< AttachOrder, input and output descriptors → attached or failed
  attached,
  run,     ///< RunOrder → result or failed
  result,  ///< RunReply
  ping,
  pong,
  quit,         ///< the worker exits with 0
  describe,     ///< → description or failed
  description,  ///< ModelDescription
  failed,       ///< FailReply
  confined,     ///< Confinement; said before a byte of the model is read
};

/// What precedes every body; one message is one datagram.
struct MessageHeader {
  std::uint32_t magic = wire_magic;
  std::uint16_t version = wire_version;
  std::uint16_t kind = 0;
  std::uint64_t sequence = 0;
  std::uint32_t body_bytes = 0;
  std::uint32_t reserved = 0;
};
static_assert(sizeof(MessageHeader) == 24);

struct Message {
  MessageKind kind = MessageKind::failed;
  std::uint64_t sequence = 0;
  std::string body;
  std::vector<UniqueFd> fds;
};

/// Sends one message; an error when the other end is gone or the body is too long, Reason::timeout where the other end
/// has left so much unread that the socket's own send timeout (SO_SNDTIMEO) passed.
Result<void> send_message(int socket, MessageKind kind, std::uint64_t sequence, std::string_view body,
                          const std::vector<int>& fds = {});
/// Blocks for one message; nothing when the other end has closed. Errors: not a message of this version, lengths that
/// disagree.
Result<std::optional<Message>> receive_message(int socket);
/// The same, refusing descriptors; Reason::timeout where the socket's own receive timeout (SO_RCVTIMEO) passed first.
Result<std::optional<Message>> receive_without_fds(int socket);

/// Which tensor of the model's answer to take, whether to burn CPU time on purpose (selftest only), and how far the
/// worker has to shut itself in before it opens the model.
struct LoadOrder {
  std::optional<std::int64_t> index;
  std::string name;
  bool instrumented = false;  ///< the worker reads its CPU clock at each request
  double slowdown = 0.0;      ///< share of the request's CPU time to burn, [0, most_slowdown]; 0 unless instrumented
  bool cuda = false;          ///< load onto the first GPU and run there
  bool native = false;        ///< the model brings machine code (.pt2)
  Isolation least = Isolation::none;  ///< below it the model stays closed
  std::string scratch;                ///< the one folder that the model's code may write to; empty: none
};
inline constexpr double most_slowdown = 10.0;

/// How inputs and outputs lie in the shared memory.
struct AttachOrder {
  std::vector<InputLayout> layouts;
  std::uint64_t slots = 0;
  std::uint64_t max_rows = 0;
  std::uint64_t output_slots = 0;
  std::uint64_t output_slot_bytes = 0;
};

struct RunOrder {
  std::uint32_t slot = 0;
  std::uint32_t output_slot = 0;
  std::uint64_t rows = 0;
};

/// A worker's claim about the outputs it wrote; to be checked before it is used.
struct RunReply {
  std::uint8_t type = 0;  ///< OutputBlock::Type
  std::uint8_t rank = 0;
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;  ///< 1 when rank is 1
};

/// What keeps a worker from all but its model, as it says before it opens it.
struct Confinement {
  bool no_new_privs = false;
  bool capabilities_dropped = false;  ///< none is held but those to read and write files of other users
  bool seccomp = false;               ///< only listed system calls pass
  std::uint32_t landlock = 0;         ///< ABI of the rules in force; 0: none

  bool operator==(const Confinement&) const = default;
};

/// Why an order could not be carried out, in the library's own words.
struct FailReply {
  bool wrong_shape = false;  ///< the model answered, but not with a usable tensor
  std::string text;
};

/// What a loaded model says of itself: a claim that may guide a person or a guess, never a judgement.
struct ModelDescription {
  struct Argument {
    std::string name;
    std::string type;  ///< TorchScript's word: Tensor, List[str], …
  };
  std::vector<Argument> arguments;    ///< of forward, without self and those with a default
  std::vector<std::uint64_t> widths;  ///< sizes of its parameters and buffers as an input could match them, in order
};
inline constexpr std::size_t most_described = 64;  ///< arguments, and likewise widths

std::string encode(const LoadOrder& order);
std::string encode(const AttachOrder& order);
std::string encode(const RunOrder& order);
std::string encode(const RunReply& reply);
std::string encode(const FailReply& reply);
std::string encode(const Confinement& held);
std::string encode(const ModelDescription& description);
Result<LoadOrder> decode_load(std::string_view body);
Result<AttachOrder> decode_attach(std::string_view body);
Result<RunOrder> decode_run(std::string_view body);
Result<RunReply> decode_reply(std::string_view body);
Result<FailReply> decode_fail(std::string_view body);
Result<Confinement> decode_confinement(std::string_view body);
Result<ModelDescription> decode_description(std::string_view body);

}  // namespace modelgate
