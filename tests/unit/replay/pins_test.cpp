// SPDX-License-Identifier: Apache-2.0
#include "gate/replay/pins.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace modelgate {
namespace {

using testing::HasSubstr;

class Pins : public testing::Test {
 protected:
  Pins() : file_{path_, UniqueFd(::mkstemp(path_.data())), 3} {
    EXPECT_EQ(::write(file_.fd.get(), "abc", 3), 3);
    spec_.written = "m.pt";
    spec_.path = path_;
  }
  ~Pins() override { ::unlink(path_.c_str()); }

  std::string path_ = testing::TempDir() + "pins_XXXXXX";
  ModelFile file_;
  ModelSpec spec_;
};

TEST_F(Pins, A_file_left_alone_is_unchanged) {
  EXPECT_TRUE(check_unchanged(file_, stamp_of(file_.fd.get()), spec_, Role::candidate));
}

TEST_F(Pins, A_file_written_in_place_has_changed) {
  const FileStamp before = stamp_of(file_.fd.get());
  const timespec times[2]{{1, 0}, {1, 0}};  // whatever the clock's grain, and the size stays
  ASSERT_EQ(::futimens(file_.fd.get(), times), 0);
  const auto unchanged = check_unchanged(file_, before, spec_, Role::candidate);
  ASSERT_FALSE(unchanged);
  EXPECT_EQ(unchanged.error().reason, Reason::digest_mismatch);
  EXPECT_THAT(unchanged.error().message,
              HasSubstr("candidate: m.pt was changed or replaced while the gate was running"));
}

TEST_F(Pins, A_file_that_cannot_be_examined_is_not_taken_for_unchanged) {
  const ModelFile closed;
  EXPECT_FALSE(check_unchanged(closed, stamp_of(-1), spec_, Role::candidate));
}

constexpr std::string_view digest_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST_F(Pins, A_digest_is_held_to_its_pin) {
  ModelRecord record;
  ASSERT_TRUE(hold_to_pins(file_, spec_, Role::candidate, record).has_value());
  EXPECT_EQ(record.sha256, digest_of_abc);
  spec_.sha256 = std::string(64, '0');
  const auto pinned = hold_to_pins(file_, spec_, Role::production, record);
  ASSERT_FALSE(pinned.has_value());
  EXPECT_EQ(pinned.error().reason, Reason::digest_mismatch);
}

TEST_F(Pins, A_signature_is_wanted_only_where_the_gate_file_asks_for_one) {
  ModelRecord record;
  ASSERT_TRUE(hold_to_pins(file_, spec_, Role::candidate, record).has_value());
  EXPECT_EQ(record.signed_by, "");
  spec_.signature = SignatureSpec{"/nowhere/m.sig", "/nowhere/key.pem", "m.sig", "key.pem", 5};
  ModelRecord refused;
  const auto signer = hold_to_pins(file_, spec_, Role::candidate, refused);
  ASSERT_FALSE(signer.has_value());
  EXPECT_EQ(signer.error().kind, ErrorKind::model);
  EXPECT_EQ(signer.error().reason, Reason::signature_invalid);
  EXPECT_THAT(signer.error().message, HasSubstr("candidate: m.pt must be signed"));
  EXPECT_EQ(refused.sha256, digest_of_abc) << "whose signature is refused is told all the same";
}

}  // namespace
}  // namespace modelgate
