#include "host/io/sonata_spikes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/error_text.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;

class SonataSpikesTest : public testing::Test {
 protected:
  std::filesystem::path path() const { return directory_.path() / "spikes.h5"; }
  /// Times and nodes as they stand in the file.
  void write(const std::string& group, const std::string& nodes, const char* unit) const {
    Hdf5File file = Hdf5File::create(path());
    file.write<double>(group + "/timestamps", {2}, std::vector{250.0, 1.5});
    if (unit != nullptr) file.write_attribute(group + "/timestamps", "units", unit);
    file.write<std::uint64_t>(group + '/' + nodes, {2}, std::vector<std::uint64_t>{3, 0});
    file.commit();
  }

 private:
  const TemporaryDirectory directory_;
};

// What libsonata wrote, with the numbers that h5dump shows.
TEST_F(SonataSpikesTest, ReadsTimesAndNodesOfLibsonata) {
  const Spikes spikes = read_spikes(TRIPARTITE_TEST_DATA "/sonata/spikes.h5", "All");
  EXPECT_THAT(spikes.nodes, ElementsAre(5, 2, 3, 2, 3));
  EXPECT_THAT(spikes.times,
              ElementsAre(DoubleEq(1e-4), DoubleEq(2e-4), DoubleEq(3e-4), DoubleEq(7e-4), DoubleEq(1.3e-3)));
  EXPECT_EQ(spikes.unit, "ms");
  EXPECT_TRUE(spikes.unit_is_given);
}

TEST_F(SonataSpikesTest, WritesMillisecondsAndTheNodesThatItWasGiven) {
  SonataSpikes spikes(path(), "synapses");
  spikes.append({{0.5, 2.25}, {7, 0}});
  spikes.append({{3.0}, {1}});
  spikes.close();
  const Hdf5File file = Hdf5File::open(path());
  EXPECT_THAT(file.read<double>("/spikes/synapses/timestamps").values, ElementsAre(500, 2250, 3000));
  EXPECT_EQ(file.read_attribute<std::string>("/spikes/synapses/timestamps", "units"), "ms");
  EXPECT_THAT(file.read<std::uint64_t>("/spikes/synapses/node_ids").values, ElementsAre(7, 0, 1));
  EXPECT_EQ(file.read_attribute<std::uint8_t>("/spikes/synapses", "sorting"), 2);  // by_time of the enumeration
}

TEST_F(SonataSpikesTest, TimesAreInTheUnitThatTheFileNames) {
  write("/spikes/a", "node_ids", "s");
  EXPECT_THAT(read_spikes(path()).times, ElementsAre(250, 1.5));
  write("/spikes/a", "node_ids", "ms");
  EXPECT_THAT(read_spikes(path()).times, ElementsAre(DoubleEq(0.25), DoubleEq(0.0015)));
  write("/spikes/a", "node_ids", nullptr);
  EXPECT_THAT(read_spikes(path()).times, ElementsAre(DoubleEq(0.25), DoubleEq(0.0015)));
  EXPECT_FALSE(read_spikes(path()).unit_is_given);
  write("/spikes/a", "node_ids", "min");
  EXPECT_THAT(error_text<FileError>([&] { read_spikes(path()); }), HasSubstr("units \"min\": expected ms or s"));
}

TEST_F(SonataSpikesTest, ReadsOlderFilesWithoutPopulations) {
  for (const char* nodes : {"node_ids", "gids"}) {
    write("/spikes", nodes, "ms");
    const Spikes spikes = read_spikes(path());
    EXPECT_THAT(spikes.times, ElementsAre(DoubleEq(0.25), DoubleEq(0.0015)));
    EXPECT_THAT(spikes.nodes, ElementsAre(3, 0));
  }
  EXPECT_THAT(error_text<FileError>([&] { read_spikes(path(), "inputs"); }),
              HasSubstr("no populations; inputs was selected"));
}

}  // namespace
}  // namespace tripartite::io
