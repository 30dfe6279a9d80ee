#include "host/run/state_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "tripartite/error.hpp"

namespace tripartite::run {
namespace {

using testing::HasSubstr;

const std::vector<double> calcium{0.07, -1.5e300, 0.1, 5e-324};
const std::vector<int> spikes{3, -7, 1 << 30};

std::string small_stream(std::string_view kind = "network float64") {
  std::ostringstream out;
  StateWriter writer(out, kind);
  writer.write<double>("calcium", std::span(calcium));
  writer.write("time", 0.3);
  writer.write<int>("spikes", std::span(spikes));
  writer.require_word("solver", "rk4");
  writer.write("parameters", std::uint64_t(0xfedcba9876543210));
  return out.str();
}

struct Contents {
  std::vector<double> calcium;
  double time = 0;
  std::vector<int> spikes;
};

Contents read_all(const std::string& bytes) {
  std::istringstream in(bytes);
  StateReader reader(in, "network float64");
  Contents contents;
  contents.calcium.resize(calcium.size());
  reader.read("calcium", std::span(contents.calcium));
  contents.time = reader.read<double>("time");
  contents.spikes = reader.read_all<std::vector<int>>("spikes", 100);
  reader.require_word("solver", "rk4");
  reader.require_fingerprint("parameters", 0xfedcba9876543210);
  return contents;
}

/// What a FileError says that `use` throws; "" if it throws none.
template <class Use>
std::string refusal(const std::string& bytes, Use&& use, std::string_view kind = "network float64") {
  std::istringstream in(bytes);
  try {
    StateReader reader(in, kind);
    use(reader);
  } catch (const FileError& e) {
    return e.what();
  }
  return "";
}

TEST(StateStream, ReturnsWhatWasWrittenBitForBit) {
  const Contents contents = read_all(small_stream());
  EXPECT_EQ(contents.calcium, calcium);
  EXPECT_EQ(contents.time, 0.3);
  EXPECT_EQ(contents.spikes, spikes);
}

TEST(StateStream, RefusesAStreamCutAtAnyByte) {
  const std::string whole = small_stream();
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW(read_all(whole.substr(0, size)), FileError) << size << " of " << whole.size() << " bytes";
}

TEST(StateStream, RefusesAStreamWithAnyBitFlipped) {
  const std::string whole = small_stream();
  for (std::size_t byte = 0; byte < whole.size(); ++byte)
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = whole;
      damaged[byte] = char(damaged[byte] ^ (1 << bit));
      EXPECT_THROW(read_all(damaged), FileError) << "byte " << byte << ", bit " << bit;
    }
}

TEST(StateStream, RefusesAnotherKindAndNamesBoth) {
  const std::string words = refusal(small_stream("memory float32"), [](StateReader&) {});
  EXPECT_THAT(words, HasSubstr("memory float32"));
  EXPECT_THAT(words, HasSubstr("network float64"));
}

TEST(StateStream, RefusesWhatIsNoStateAtAll) {
  EXPECT_THAT(refusal("", [](StateReader&) {}), HasSubstr("ends within"));
  EXPECT_THROW(read_all("[network]\nneurons = 100\nthis is a configuration file"), FileError);
}

TEST(StateStream, NamesTheArrayWhoseCountDiffers) {
  const std::string words = refusal(small_stream(), [](StateReader& reader) {
    std::vector<double> five(5);
    reader.read("calcium", std::span(five));
  });
  EXPECT_THAT(words, HasSubstr("calcium has 4 values, expected 5"));
}

TEST(StateStream, NamesTheArrayWhoseElementsHaveAnotherSize) {
  const std::string words = refusal(small_stream(), [](StateReader& reader) {
    std::vector<float> floats(4);
    reader.read("calcium", std::span(floats));
  });
  EXPECT_THAT(words, HasSubstr("calcium has elements of 8 bytes, expected 4"));
}

TEST(StateStream, NamesTheArrayFoundInPlaceOfAnother) {
  const std::string words = refusal(small_stream(), [](StateReader& reader) { reader.read<double>("time"); });
  EXPECT_THAT(words, HasSubstr("found \"calcium\", expected \"time\""));
}

TEST(StateStream, RefusesMoreElementsThanTheLimit) {
  const std::string words =
      refusal(small_stream(), [](StateReader& reader) { reader.read_all<std::vector<double>>("calcium", 3); });
  EXPECT_THAT(words, HasSubstr("calcium has 4 values, expected 3"));
}

TEST(StateStream, NamesANumberThatDiffers) {
  std::ostringstream out;
  StateWriter(out, "k").write("heads", 3);
  const std::string words = refusal(
      out.str(), [](StateReader& reader) { reader.require("heads", 4); }, "k");
  EXPECT_THAT(words, HasSubstr("heads is 3, expected 4"));
}

TEST(StateStream, NamesAWordThatDiffers) {
  std::ostringstream out;
  StateWriter(out, "k").require_word("solver", "rk4");
  const std::string words = refusal(
      out.str(), [](StateReader& reader) { reader.require_word("solver", "euler"); }, "k");
  EXPECT_THAT(words, HasSubstr("solver is \"rk4\", expected \"euler\""));
}

TEST(StateStream, ReadsNoFurtherThanItsLastArray) {
  std::istringstream in(small_stream() + "what follows");
  StateReader reader(in, "network float64");
  reader.read_all<std::vector<double>>("calcium", 4);
  reader.read<double>("time");
  reader.read_all<std::vector<int>>("spikes", 3);
  reader.require_word("solver", "rk4");
  reader.read<std::uint64_t>("parameters");
  std::string rest;
  std::getline(in, rest);
  EXPECT_EQ(rest, "what follows");
}

TEST(StateStream, SaysThatItCannotBeWritten) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  EXPECT_THROW(StateWriter(out, "network"), FileError);
}

TEST(Checksum, ChangesWithEveryWord) {
  std::vector<std::uint64_t> words(5);
  const auto sum = [&] {
    Checksum checksum;
    checksum.put(std::as_bytes(std::span(words)));
    return checksum.value();
  };
  const std::uint64_t before = sum();
  for (std::uint64_t& word : words) {
    word = 1;
    EXPECT_NE(sum(), before);
    word = 0;
  }
}

}  // namespace
}  // namespace tripartite::run
