// SPDX-License-Identifier: Apache-2.0
// What stands in each kind of message, byte for byte. What a worker sends may be anything.
#include <optional>
#include <utility>

#include "gate/wire/codec.hpp"
#include "gate/wire/message.hpp"

namespace modelgate {
namespace {

constexpr std::size_t max_shape_rank = 16;
constexpr std::uint64_t max_inputs = 4096;

std::unexpected<Error> malformed() {
  return internal_error("The body of a message between gate and worker is malformed.");
}

void encode_layout(Encoder& out, const InputLayout& layout) {
  out.put(static_cast<std::uint8_t>(layout.dtype)).put(static_cast<std::uint32_t>(layout.row_shape.size()));
  for (const std::int64_t extent : layout.row_shape) out.put(extent);
  out.put(static_cast<std::uint64_t>(layout.row_bytes)).put(static_cast<std::uint64_t>(layout.strings_per_row));
}

std::optional<InputLayout> decode_layout(Decoder& in) {
  InputLayout layout;
  const auto dtype = in.get<std::uint8_t>();
  const auto rank = in.get<std::uint32_t>();
  if (!in.ok() || dtype > static_cast<std::uint8_t>(DType::string) || rank > max_shape_rank) return std::nullopt;
  layout.dtype = static_cast<DType>(dtype);
  for (std::uint32_t i = 0; i < rank; ++i) layout.row_shape.push_back(in.get<std::int64_t>());
  layout.row_bytes = in.get<std::uint64_t>();
  layout.strings_per_row = in.get<std::uint64_t>();
  if (!in.ok()) return std::nullopt;
  return layout;
}

}  // namespace

std::string encode(const LoadOrder& order) {
  return Encoder()
      .put(static_cast<std::uint8_t>(order.index.has_value()))
      .put(order.index.value_or(0))
      .put(std::string_view(order.name))
      .put(static_cast<std::uint8_t>(order.instrumented))
      .put(order.slowdown)
      .put(static_cast<std::uint8_t>(order.cuda))
      .put(static_cast<std::uint8_t>(order.native))
      .put(static_cast<std::uint8_t>(order.least))
      .put(std::string_view(order.scratch))
      .bytes();
}

std::string encode(const AttachOrder& order) {
  Encoder out;
  out.put(order.slots).put(order.max_rows).put(order.output_slots).put(order.output_slot_bytes);
  out.put(static_cast<std::uint64_t>(order.layouts.size()));
  for (const InputLayout& layout : order.layouts) encode_layout(out, layout);
  return out.bytes();
}

std::string encode(const RunOrder& order) {
  return Encoder().put(order.slot).put(order.output_slot).put(order.rows).bytes();
}

std::string encode(const RunReply& reply) {
  return Encoder().put(reply.type).put(reply.rank).put(reply.rows).put(reply.columns).bytes();
}

std::string encode(const FailReply& reply) {
  return Encoder().put(static_cast<std::uint8_t>(reply.wrong_shape)).put(std::string_view(reply.text)).bytes();
}

std::string encode(const Confinement& held) {
  return Encoder()
      .put(static_cast<std::uint8_t>(held.no_new_privs))
      .put(static_cast<std::uint8_t>(held.capabilities_dropped))
      .put(static_cast<std::uint8_t>(held.seccomp))
      .put(held.landlock)
      .bytes();
}

std::string encode(const ModelDescription& description) {
  Encoder out;
  out.put(static_cast<std::uint64_t>(description.arguments.size()));
  for (const auto& argument : description.arguments)
    out.put(std::string_view(argument.name)).put(std::string_view(argument.type));
  out.put(static_cast<std::uint64_t>(description.widths.size()));
  for (const std::uint64_t width : description.widths) out.put(width);
  return out.bytes();
}

Result<LoadOrder> decode_load(std::string_view body) {
  Decoder in(body);
  const bool indexed = in.get_flag();
  const auto index = in.get<std::int64_t>();
  LoadOrder order;
  if (indexed) order.index = index;
  const bool stray_index = !indexed && index != 0;
  order.name = in.get_string();
  order.instrumented = in.get_flag();
  order.slowdown = in.get<double>();
  order.cuda = in.get_flag();
  order.native = in.get_flag();
  const auto least = in.get<std::uint8_t>();
  order.least = static_cast<Isolation>(least);
  order.scratch = in.get_string();
  if (least > static_cast<std::uint8_t>(Isolation::full) || stray_index) return malformed();
  const bool sane = order.slowdown >= 0.0 && order.slowdown <= most_slowdown;  // NaN is neither
  if (!in.complete() || !sane || (order.slowdown > 0.0 && !order.instrumented)) return malformed();
  return order;
}

Result<AttachOrder> decode_attach(std::string_view body) {
  Decoder in(body);
  AttachOrder order;
  order.slots = in.get<std::uint64_t>();
  order.max_rows = in.get<std::uint64_t>();
  order.output_slots = in.get<std::uint64_t>();
  order.output_slot_bytes = in.get<std::uint64_t>();
  const auto count = in.get<std::uint64_t>();
  if (!in.ok() || count > max_inputs) return malformed();
  for (std::uint64_t i = 0; i < count; ++i) {
    std::optional<InputLayout> layout = decode_layout(in);
    if (!layout) return malformed();
    order.layouts.push_back(std::move(*layout));
  }
  if (!in.complete()) return malformed();
  return order;
}

Result<RunOrder> decode_run(std::string_view body) {
  Decoder in(body);
  RunOrder order;
  order.slot = in.get<std::uint32_t>();
  order.output_slot = in.get<std::uint32_t>();
  order.rows = in.get<std::uint64_t>();
  if (!in.complete()) return malformed();
  return order;
}

Result<RunReply> decode_reply(std::string_view body) {
  Decoder in(body);
  RunReply reply;
  reply.type = in.get<std::uint8_t>();
  reply.rank = in.get<std::uint8_t>();
  reply.rows = in.get<std::uint64_t>();
  reply.columns = in.get<std::uint64_t>();
  if (!in.complete()) return malformed();
  return reply;
}

Result<FailReply> decode_fail(std::string_view body) {
  Decoder in(body);
  FailReply reply;
  reply.wrong_shape = in.get_flag();
  reply.text = in.get_string();
  if (!in.complete()) return malformed();
  return reply;
}

Result<Confinement> decode_confinement(std::string_view body) {
  Decoder in(body);
  Confinement held;
  held.no_new_privs = in.get_flag();
  held.capabilities_dropped = in.get_flag();
  held.seccomp = in.get_flag();
  held.landlock = in.get<std::uint32_t>();
  if (!in.complete()) return malformed();
  return held;
}

Result<ModelDescription> decode_description(std::string_view body) {
  Decoder in(body);
  ModelDescription description;
  const auto arguments = in.get<std::uint64_t>();
  if (!in.ok() || arguments > most_described) return malformed();
  for (std::uint64_t i = 0; i < arguments; ++i) {
    std::string name = in.get_string();
    description.arguments.push_back({std::move(name), in.get_string()});
  }
  const auto widths = in.get<std::uint64_t>();
  if (!in.ok() || widths > most_described) return malformed();
  for (std::uint64_t i = 0; i < widths; ++i) description.widths.push_back(in.get<std::uint64_t>());
  if (!in.complete()) return malformed();
  return description;
}

}  // namespace modelgate
