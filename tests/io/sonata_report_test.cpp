#include "host/io/sonata_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "io/error_text.hpp"
#include "io/file_size_limit.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SonataReportTest : public testing::Test {
 protected:
  std::filesystem::path path() const { return directory.path() / "recordings.h5"; }
  std::string refusal(const ReportPopulation& population) const {
    return error_text<ConfigError>([&] { SonataReport(path(), {population}); });
  }
  TemporaryDirectory directory;
  ReportPopulation valid = point_population("synapses", "uM", {3, 1}, 0.5, 0.001);
};

TEST_F(SonataReportTest, HasTheLayoutOfTheSpecification) {
  SonataReport report(path(), {valid});
  report.append_frame<float>(0, std::vector{1.0F, 2.0F});
  report.append_frame<float>(0, std::vector{3.0F, 4.0F});
  report.close();
  const Hdf5File file = Hdf5File::open(path());
  EXPECT_EQ(file.read_attribute<std::uint32_t>("/", "magic"), 0x0A7AU);
  EXPECT_THAT(file.read_attribute_list<std::uint32_t>("/", "version"), ElementsAre(0, 1));
  EXPECT_THAT(file.read<float>("/report/synapses/data").shape, ElementsAre(2, 2));
  EXPECT_THAT(file.read<float>("/report/synapses/data").values, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(file.read_attribute<std::string>("/report/synapses/data", "units"), "uM");
  EXPECT_THAT(file.read<std::uint64_t>("/report/synapses/mapping/node_ids").values, ElementsAre(3, 1));
  EXPECT_EQ(file.read_attribute<std::uint8_t>("/report/synapses/mapping/node_ids", "sorted"), 0);
  EXPECT_THAT(file.read<std::uint64_t>("/report/synapses/mapping/index_pointers").values, ElementsAre(0, 1, 2));
  EXPECT_THAT(file.read<std::uint32_t>("/report/synapses/mapping/element_ids").values, ElementsAre(0, 0));
  EXPECT_THAT(file.read<double>("/report/synapses/mapping/time").values, ElementsAre(500, 502, 1));
  EXPECT_EQ(file.read_attribute<std::string>("/report/synapses/mapping/time", "units"), "ms");
}

TEST_F(SonataReportTest, KeepsFramesRecordedBeforeAnException) {
  try {
    SonataReport report(path(), {valid});
    report.append_frame<double>(0, std::vector{1.0, 2.0});
    throw Cancelled("interrupted");
  } catch (const Cancelled&) {
  }
  const Hdf5File file = Hdf5File::open(path());
  EXPECT_THAT(file.read<float>("/report/synapses/data").values, ElementsAre(1, 2));
  EXPECT_THAT(file.read<double>("/report/synapses/mapping/time").values, ElementsAre(500, 501, 1));
}

TEST_F(SonataReportTest, KeepsTheFramesThatTheDiskHadRoomFor) {
  const std::size_t elements = 1000;
  std::vector<std::uint64_t> ids(elements);
  std::iota(ids.begin(), ids.end(), 0);
  int recorded = 0;
  {
    const FileSizeLimit limit(1024 * 1024);
    SonataReport report(path(), {point_population("synapses", "uM", ids, 0, 0.001)});
    EXPECT_THAT(error_text<FileError>([&] {
                  for (;; ++recorded)
                    report.append_frame<float>(0, std::vector<float>(elements, static_cast<float>(recorded)));
                }),
                HasSubstr("recordings.h5: cannot be written: File too large"));
    EXPECT_THAT(error_text<FileError>([&] { report.close(); }), HasSubstr("File too large"));
  }
  const Hdf5File file = Hdf5File::open(path());
  const auto data = file.read<float>("/report/synapses/data");
  const std::size_t frames = data.shape.front();
  EXPECT_GT(frames, 100U);
  EXPECT_LE(frames, static_cast<std::size_t>(recorded));
  for (std::size_t frame = 0; frame < frames; ++frame)
    ASSERT_EQ(data.values[frame * elements], static_cast<float>(frame));
  EXPECT_THAT(file.read<double>("/report/synapses/mapping/time").values,
              ElementsAre(0, static_cast<double>(frames), 1));
}

TEST_F(SonataReportTest, IsReadableAfterAFlush) {
  SonataReport report(path(), {valid});
  report.append_frame<float>(0, std::vector{1.0F, 2.0F});
  report.flush();
  report.append_frame<float>(0, std::vector{3.0F, 4.0F});
  const std::filesystem::path copy =
      directory.path() / "copy.h5";  // the contents of the disk if the program crashed now
  std::filesystem::copy_file(report.current_path(), copy);
  const Hdf5File file = Hdf5File::open(copy);
  EXPECT_THAT(file.read<float>("/report/synapses/data").values, ElementsAre(1, 2));
  EXPECT_THAT(file.read<double>("/report/synapses/mapping/time").values, ElementsAre(500, 501, 1));
}

TEST_F(SonataReportTest, RejectsAFrameOfTheWrongSize) {
  SonataReport report(path(), {valid});
  EXPECT_THAT(error_text<ConfigError>([&] { report.append_frame<float>(0, std::vector{1.0F}); }),
              HasSubstr("\"synapses\": 1 values in a frame, expected 2"));
}

TEST_F(SonataReportTest, RejectsInvalidPopulationsAndWritesNoFile) {
  const auto with = [&](auto change) {
    ReportPopulation population = valid;
    change(population);
    return refusal(population);
  };
  EXPECT_EQ(refusal(valid), "nothing was thrown");
  std::filesystem::remove(path());
  EXPECT_THAT(with([](auto& p) { p.name = "a/b"; }), HasSubstr("\"a/b\": name must be neither empty nor contain '/'"));
  EXPECT_THAT(with([](auto& p) { p.name = ""; }), HasSubstr("must be neither empty"));
  EXPECT_THAT(with([](auto& p) { p.start_s = -1; }), HasSubstr("start_s = -1: must be at least 0"));
  EXPECT_THAT(with([](auto& p) { p.interval_s = 0; }), HasSubstr("interval_s = 0: must be greater than 0"));
  EXPECT_THAT(with([](auto& p) { p.interval_s = std::numeric_limits<double>::quiet_NaN(); }),
              HasSubstr("interval_s = nan"));
  EXPECT_THAT(with([](auto& p) { p.node_ids = {1, 1}; }), HasSubstr("node_ids must be unique"));
  EXPECT_THAT(with([](auto& p) { p.node_ids = {1}; }), HasSubstr("3 index_pointers for 1 nodes"));
  EXPECT_THAT(with([](auto& p) { p.index_pointers = {0, 3, 2}; }), HasSubstr("must increase from 0 to 2"));
  EXPECT_THAT(with([](auto& p) { p.index_pointers = {0, 1, 3}; }), HasSubstr("must increase from 0 to 2"));
  EXPECT_THAT(with([](auto& p) { p.element_ids.clear(); }), HasSubstr("at least one element"));
  EXPECT_THAT(error_text<ConfigError>([&] {
                SonataReport(path(), {valid, valid});
              }),
              HasSubstr("\"synapses\" occurs twice"));
  EXPECT_EQ(directory.entries(), 0U);
}

}  // namespace
}  // namespace tripartite::io
