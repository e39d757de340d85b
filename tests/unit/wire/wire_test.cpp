// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <cstring>
#include <limits>
#include <random>

#include "gate/wire/codec.hpp"
#include "gate/wire/message.hpp"
#include "gate/wire/shared_memory.hpp"
#include "gate/wire/slots.hpp"

namespace modelgate {
namespace {

using testing::HasSubstr;

struct Pair {
  UniqueFd a;
  UniqueFd b;
};

Pair sockets() {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::string bytes_of(const MessageHeader& header, const std::string& body = {}) {
  std::string bytes(sizeof(header), '\0');
  std::memcpy(bytes.data(), &header, sizeof(header));
  return bytes + body;
}

std::string refusal_of(const std::string& bytes) {
  const Pair pair = sockets();
  EXPECT_EQ(::send(pair.a.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  const auto message = receive_message(pair.b.get());
  EXPECT_FALSE(message.has_value());
  return message ? "" : message.error().message;
}

TEST(Message, ArrivesAsItWasSent) {
  const Pair pair = sockets();
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const std::string body("a\0b", 3);
  ASSERT_TRUE(send_message(pair.a.get(), MessageKind::load, 42, body, {null.get()}).has_value());
  auto message = receive_message(pair.b.get());
  ASSERT_TRUE(message.has_value() && message->has_value());
  EXPECT_EQ((*message)->kind, MessageKind::load);
  EXPECT_EQ((*message)->sequence, 42U);
  EXPECT_EQ((*message)->body, body);
  ASSERT_EQ((*message)->fds.size(), 1U);
  EXPECT_NE((*message)->fds[0].get(), null.get());
  EXPECT_EQ(::fcntl((*message)->fds[0].get(), F_GETFD), FD_CLOEXEC);
}

TEST(Message, OfAClosedPeerIsTheEnd) {
  Pair pair = sockets();
  pair.a.reset();
  const auto message = receive_message(pair.b.get());
  ASSERT_TRUE(message.has_value());
  EXPECT_FALSE(message->has_value());
  EXPECT_FALSE(send_message(pair.b.get(), MessageKind::ping, 1, {}).has_value());  // and no SIGPIPE
}

TEST(Message, ThatIsMalformedIsRefused) {
  MessageHeader header;
  header.kind = static_cast<std::uint16_t>(MessageKind::pong);
  EXPECT_THAT(refusal_of("short"), HasSubstr("shorter than its header"));
  MessageHeader magic = header;
  magic.magic = 1;
  EXPECT_THAT(refusal_of(bytes_of(magic)), HasSubstr("not of this version"));
  MessageHeader version = header;
  version.version = wire_version + 1;
  EXPECT_THAT(refusal_of(bytes_of(version)), HasSubstr("not of this version"));
  for (const std::uint16_t kind :
       std::initializer_list<std::uint16_t>{0, static_cast<std::uint16_t>(MessageKind::confined) + 1, 65535}) {
    MessageHeader unknown = header;
    unknown.kind = kind;
    EXPECT_THAT(refusal_of(bytes_of(unknown)), HasSubstr("unknown kind"));
  }
  MessageHeader length = header;
  length.body_bytes = 5;
  EXPECT_THAT(refusal_of(bytes_of(length, "four")), HasSubstr("length it claims"));
  EXPECT_THAT(refusal_of(bytes_of(header, std::string(max_message_bytes, 'x'))),
              HasSubstr("length it claims"));  // truncated
}

TEST(Message, TooLongIsNotSent) {
  const Pair pair = sockets();
  EXPECT_FALSE(send_message(pair.a.get(), MessageKind::load, 1, std::string(max_message_bytes, 'x')).has_value());
}

TEST(Orders, SurviveTheWire) {
  const auto load = decode_load(encode(LoadOrder{3, "score"}));
  ASSERT_TRUE(load.has_value());
  EXPECT_EQ(load->index, 3);
  EXPECT_EQ(load->name, "score");
  EXPECT_EQ(decode_load(encode(LoadOrder{}))->index, std::nullopt);
  EXPECT_FALSE(load->instrumented);
  EXPECT_FALSE(load->cuda);
  const auto gpu = decode_load(encode(LoadOrder{.index = {}, .name = {}, .cuda = true}));
  ASSERT_TRUE(gpu.has_value());
  EXPECT_TRUE(gpu->cuda);
  EXPECT_FALSE(gpu->native);
  const auto package = decode_load(encode(LoadOrder{.index = {}, .name = {}, .native = true}));
  ASSERT_TRUE(package.has_value());
  EXPECT_TRUE(package->native);
  EXPECT_FALSE(package->cuda);
  const auto slowed = decode_load(encode(LoadOrder{.index = {}, .name = {}, .instrumented = true, .slowdown = 0.02}));
  ASSERT_TRUE(slowed.has_value());
  EXPECT_TRUE(slowed->instrumented);
  EXPECT_EQ(slowed->slowdown, 0.02);

  const auto native = decode_load(
      encode(LoadOrder{.index = {}, .name = {}, .native = true, .least = Isolation::full, .scratch = "/tmp/x"}));
  ASSERT_TRUE(native.has_value());
  EXPECT_TRUE(native->native);
  EXPECT_EQ(native->least, Isolation::full);
  EXPECT_EQ(native->scratch, "/tmp/x");
  const Confinement held{.no_new_privs = true, .seccomp = true, .landlock = 7};
  EXPECT_EQ(decode_confinement(encode(held)).value_or(Confinement{}), held);

  const auto attach = decode_attach(
      encode(AttachOrder{{{DType::float32, {1, 28, 28}, 3136, 0}, {DType::string, {}, 0, 2}}, 4, 4096, 2, 1 << 20}));
  ASSERT_TRUE(attach.has_value());
  EXPECT_EQ(attach->max_rows, 4096U);
  EXPECT_EQ(attach->layouts[0].row_shape, (std::vector<std::int64_t>{1, 28, 28}));
  EXPECT_EQ(attach->layouts[1].dtype, DType::string);
  EXPECT_EQ(attach->layouts[1].strings_per_row, 2U);

  EXPECT_EQ(decode_run(encode(RunOrder{5, 1, 77}))->rows, 77U);
  EXPECT_EQ(decode_reply(encode(RunReply{1, 2, 77, 3}))->columns, 3U);
  EXPECT_EQ(decode_fail(encode(FailReply{true, "why"}))->text, "why");

  const auto description =
      decode_description(encode(ModelDescription{{{"x", "Tensor"}, {"g", "List[str]"}}, {17, 64}}));
  ASSERT_TRUE(description.has_value());
  ASSERT_EQ(description->arguments.size(), 2U);
  EXPECT_EQ(description->arguments[1].name, "g");
  EXPECT_EQ(description->arguments[1].type, "List[str]");
  EXPECT_EQ(description->widths, (std::vector<std::uint64_t>{17, 64}));
}

TEST(Orders, ToSlowDownByAnImpossibleShareAreRefused) {
  const auto taken = [](bool instrumented, double share) {
    return decode_load(encode(LoadOrder{{}, {}, instrumented, share})).has_value();
  };
  EXPECT_TRUE(taken(true, most_slowdown));
  for (const double share :
       {-0.01, most_slowdown + 0.01, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    EXPECT_FALSE(taken(true, share)) << share;
  EXPECT_FALSE(taken(false, 0.02)) << "nothing is slowed without the clocks that both sides read";
}

TEST(Orders, CutAnywhereOrWithMoreBehindAreRefused) {
  const std::string attach = encode(AttachOrder{{{DType::float32, {4}, 16, 0}}, 1, 2, 3, 4});
  for (std::size_t length = 0; length < attach.size(); ++length)
    EXPECT_FALSE(decode_attach(attach.substr(0, length)).has_value());
  EXPECT_FALSE(decode_attach(attach + "x").has_value());
  EXPECT_FALSE(decode_run(encode(RunOrder{}) + "x").has_value());
  EXPECT_FALSE(decode_reply("").has_value());
  EXPECT_FALSE(decode_description("").has_value());
  EXPECT_FALSE(decode_confinement(encode(Confinement{}) + "x").has_value());
  const std::vector<std::uint64_t> too_many(most_described + 1, 1);
  EXPECT_FALSE(decode_description(encode(ModelDescription{{}, too_many})).has_value());
}

TEST(Orders, OfRandomBytesNeverReadPastTheirEnd) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 96, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 5 == 0 ? random() : 0);
    static_cast<void>(decode_load(bytes));
    static_cast<void>(decode_attach(bytes));
    static_cast<void>(decode_reply(bytes));
    static_cast<void>(decode_confinement(bytes));
    static_cast<void>(decode_fail(bytes));
    static_cast<void>(decode_description(bytes));
  }
}

TEST(SharedMemory, CannotBeResizedOrWrittenByWhoeverGetsIt) {
  const auto fd = create_shared_memory("test", 8192);
  ASSERT_TRUE(fd.has_value());
  const auto own = Mapping::map(fd->get(), 8192, Mapping::Access::shared_write);
  ASSERT_TRUE(own.has_value());
  ASSERT_TRUE(seal_writes(fd->get()).has_value());
  EXPECT_NE(::ftruncate(fd->get(), 0), 0);
  EXPECT_NE(::ftruncate(fd->get(), 1 << 20), 0);
  EXPECT_NE(::write(fd->get(), "x", 1), 1);
  EXPECT_FALSE(Mapping::map(fd->get(), 8192, Mapping::Access::shared_write).has_value());
  EXPECT_EQ(sealed_size(fd->get()), 8192U);

  const auto theirs = Mapping::map(fd->get(), 8192, Mapping::Access::private_write);
  ASSERT_TRUE(theirs.has_value());
  own->bytes()[0] = std::byte{7};
  EXPECT_EQ(theirs->bytes()[0], std::byte{7});
  theirs->bytes()[0] = std::byte{9};
  EXPECT_EQ(own->bytes()[0], std::byte{7});
}

TEST(SharedMemory, NotSealedAgainstShrinkingIsRefused) {
  const UniqueFd fd(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  EXPECT_FALSE(sealed_size(fd.get()).has_value());
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(sealed_size(null.get()).has_value());
}

TEST(Slots, LieOneAfterTheOtherAlignedInWholePages) {
  const std::vector<InputLayout> layouts{
      {DType::boolean, {3}, 3, 0}, {DType::float32, {32}, 128, 0}, {DType::string, {}, 0, 2}};
  const SlotPlan plan = plan_slot(layouts, 10);
  EXPECT_EQ(plan.inputs[0].offset, 0U);
  EXPECT_EQ(plan.inputs[0].bytes, 30U);
  EXPECT_EQ(plan.inputs[1].offset, 64U);
  EXPECT_EQ(plan.inputs[1].bytes, 1280U);
  EXPECT_EQ(plan.inputs[2].offset, 1344U);
  EXPECT_EQ(plan.inputs[2].bytes, 21 * 8 + (1U << 20));
  EXPECT_EQ(plan.slot_bytes % 4096, 0U);
  EXPECT_GE(plan.slot_bytes, plan.inputs[2].offset + plan.inputs[2].bytes);
}

}  // namespace
}  // namespace modelgate
