#include "host/run/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "host/io/atomic_file.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::run {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

class Journal : public testing::Test {
 protected:
  std::filesystem::path path() const { return directory_.path() / "journal.bin"; }

  std::vector<std::string> records(std::uint64_t end = UINT64_MAX) const {
    JournalReader reader(path());
    std::vector<std::string> all;
    while (const auto record = reader.next(end))
      all.push_back(std::to_string(record->kind) + ":" +
                    std::string(reinterpret_cast<const char*>(record->payload.data()), record->payload.size()));
    return all;
  }

  /// One, two and an empty one.
  JournalMark write_three() const {
    JournalWriter writer(path());
    writer.append(1, {bytes_of("one")});
    writer.append(2, {bytes_of("t"), bytes_of("wo")});
    const JournalMark two = writer.mark();
    writer.append(3, {});
    writer.flush();
    return two;
  }

  const TemporaryDirectory directory_;
};

TEST_F(Journal, GivesBackItsRecords) {
  const JournalMark two = write_three();
  EXPECT_THAT(records(), ElementsAre("1:one", "2:two", "3:"));
  EXPECT_THAT(records(two.bytes), ElementsAre("1:one", "2:two"));
}

TEST_F(Journal, GoesOnBehindAMarkAndForgetsTheRest) {
  const JournalMark two = write_three();
  {
    JournalWriter writer(path(), two);
    writer.append(4, {bytes_of("four")});
    writer.flush();
  }
  EXPECT_THAT(records(), ElementsAre("1:one", "2:two", "4:four"));
}

TEST_F(Journal, EndsAtTheFirstRecordThatIsNotWhole) {
  write_three();
  const std::string whole = io::read_file(path());
  for (std::size_t size = JournalWriter::empty_size; size < whole.size(); ++size) {
    io::write_file(path(), whole.substr(0, size));
    const auto found = records();
    EXPECT_LT(found.size(), 3u) << size;
    for (const std::string& record : found) EXPECT_THAT(record, testing::AnyOf("1:one", "2:two")) << size;
  }
}

TEST_F(Journal, TrustsNoFlippedBit) {
  write_three();
  const std::string whole = io::read_file(path());
  for (std::size_t bit = 8 * JournalWriter::empty_size; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = char(damaged[bit / 8] ^ (1 << bit % 8));
    io::write_file(path(), damaged);
    const auto found = records();
    ASSERT_LT(found.size(), 3u) << "bit " << bit;
  }
}

TEST_F(Journal, ARecordBelongsToThoseBeforeIt) {
  write_three();
  const std::string first = io::read_file(path());
  {
    JournalWriter writer(path());
    writer.append(1, {bytes_of("eno")});
    writer.append(2, {bytes_of("two")});
    writer.flush();
  }
  const std::string second = io::read_file(path());
  const std::size_t two_at = JournalWriter::empty_size + 16 + 3 + 8;
  io::write_file(path(), first.substr(0, two_at) + second.substr(two_at));
  EXPECT_THAT(records(), ElementsAre("1:one"));
}

TEST_F(Journal, RefusesOtherFilesAndVersions) {
  io::write_file(path(), "something else that is long enough");
  EXPECT_THROW(records(), FileError);
  write_three();
  std::string newer = io::read_file(path());
  newer[19] = '7';
  io::write_file(path(), newer);
  try {
    records();
    FAIL();
  } catch (const FileError& error) {
    EXPECT_THAT(error.what(), HasSubstr("version 7, this program reads version 1"));
  }
}

}  // namespace
}  // namespace tripartite::run
