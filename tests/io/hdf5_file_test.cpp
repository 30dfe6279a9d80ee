#include "host/io/hdf5_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <numeric>

#include "host/io/text_file.hpp"
#include "io/error_text.hpp"
#include "io/file_size_limit.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Hdf5FileTest : public testing::Test {
 protected:
  std::filesystem::path path() const { return directory.path() / "a.h5"; }
  Hdf5File reopened(Hdf5File& written) const {
    written.commit();
    return Hdf5File::open(path());
  }
  template <class T>
  void expect_kept(const std::vector<T>& values) const {
    Hdf5File file = Hdf5File::create(path());
    file.write<T>("/group/inner/data", {values.size() / 2, 2}, values);
    const Hdf5Array<T> array = reopened(file).read<T>("/group/inner/data");
    EXPECT_THAT(array.shape, ElementsAre(values.size() / 2, 2));
    EXPECT_EQ(array.values, values);
  }

  TemporaryDirectory directory;
};

TEST_F(Hdf5FileTest, RoundTripsEveryElementType) {
  expect_kept<float>({0.1F, std::numeric_limits<float>::max(), -0.0F, 1e-45F});
  expect_kept<double>({0.1, std::numeric_limits<double>::max(), 5e-324, 4});
  expect_kept<std::int32_t>({-7, std::numeric_limits<std::int32_t>::min()});
  expect_kept<std::uint32_t>({7, std::numeric_limits<std::uint32_t>::max()});
  expect_kept<std::int64_t>({-7, std::numeric_limits<std::int64_t>::min()});
  expect_kept<std::uint64_t>({7, std::numeric_limits<std::uint64_t>::max()});
  expect_kept<std::uint8_t>({0, 255});
  expect_kept<std::string>({"", "synapse", "µM", "東京"});
}

TEST_F(Hdf5FileTest, RoundTripsScalarsAndEmptyArrays) {
  Hdf5File file = Hdf5File::create(path());
  file.write<double>("scalar", {}, std::vector{2.5});
  file.write<float>("empty", {0, 3}, {});
  const Hdf5File read = reopened(file);
  EXPECT_THAT(read.read<double>("scalar").shape, IsEmpty());
  EXPECT_THAT(read.read<double>("scalar").values, ElementsAre(2.5));
  EXPECT_THAT(read.read<float>("empty").shape, ElementsAre(0, 3));
  EXPECT_THAT(read.read<float>("empty").values, IsEmpty());
}

TEST_F(Hdf5FileTest, RoundTripsAttributesOfGroupsAndDatasets) {
  Hdf5File file = Hdf5File::create(path());
  file.create_group("/a/b");
  file.write<double>("/a/data", {1}, std::vector{1.0});
  file.write_attribute("/a/b", "units", "uM");
  file.write_attribute("/a/data", "steps", std::int64_t{1} << 40);
  file.write_attribute("/", "version", std::span<const std::uint32_t>(std::vector<std::uint32_t>{0, 1}));
  const Hdf5File read = reopened(file);
  EXPECT_EQ(read.read_attribute<std::string>("/a/b", "units"), "uM");
  EXPECT_EQ(read.read_attribute<std::int64_t>("/a/data", "steps"), std::int64_t{1} << 40);
  EXPECT_THAT(read.read_attribute_list<std::uint32_t>("/", "version"), ElementsAre(0, 1));
  EXPECT_TRUE(read.contains_attribute("/a/b", "units"));
  EXPECT_FALSE(read.contains_attribute("/a/b", "unit"));
}

TEST_F(Hdf5FileTest, ListsTheMembersOfAGroup) {
  Hdf5File file = Hdf5File::create(path());
  file.write<double>("/z/data", {1}, std::vector{1.0});
  file.create_group("/a");
  const Hdf5File read = reopened(file);
  EXPECT_THAT(read.names("/"), ElementsAre("a", "z"));
  EXPECT_THAT(read.names("/a"), IsEmpty());
  EXPECT_TRUE(read.contains("/z/data"));
  EXPECT_TRUE(read.contains("z"));
  EXPECT_TRUE(read.contains("/"));
  EXPECT_FALSE(read.contains("/z/data2"));
  EXPECT_FALSE(read.contains("/y/data"));
}

TEST_F(Hdf5FileTest, AppendsWholeRowsToASeries) {
  Hdf5File file = Hdf5File::create(path());
  file.create_series<float>("/series", {2}, 3);
  std::vector<float> expected;
  for (int call = 0; call < 5; ++call) {  // 1 + 2 + … rows, across the borders of chunks
    std::vector<float> rows(static_cast<std::size_t>(2 * (call + 1)));
    std::iota(rows.begin(), rows.end(), static_cast<float>(100 * call));
    file.append<float>("/series", rows);
    expected.insert(expected.end(), rows.begin(), rows.end());
  }
  file.append<float>("/series", {});
  const Hdf5Array<float> array = reopened(file).read<float>("/series");
  EXPECT_THAT(array.shape, ElementsAre(15, 2));
  EXPECT_EQ(array.values, expected);
}

TEST_F(Hdf5FileTest, RoundTripsASeriesWithoutRowsOrColumns) {
  Hdf5File file = Hdf5File::create(path());
  file.create_series<float>("/no_rows", {2}, 3);
  file.create_series<float>("/no_columns", {0}, 3);
  const Hdf5File read = reopened(file);
  EXPECT_THAT(read.read<float>("/no_rows").shape, ElementsAre(0, 2));
  EXPECT_THAT(read.read<float>("/no_columns").shape, ElementsAre(0, 0));
}

TEST_F(Hdf5FileTest, OverwritesValuesInPlace) {
  Hdf5File file = Hdf5File::create(path());
  file.write<double>("/time", {3}, std::vector{0.0, 0.0, 1.0});
  file.overwrite<double>("/time", std::vector{0.0, 5.0, 1.0});
  EXPECT_THAT(reopened(file).read<double>("/time").values, ElementsAre(0, 5, 1));
}

TEST_F(Hdf5FileTest, AppearsOnlyAfterCommit) {
  {
    Hdf5File file = Hdf5File::create(path());
    file.write<double>("/data", {1}, std::vector{1.0});
    EXPECT_FALSE(std::filesystem::exists(path()));
  }
  EXPECT_EQ(directory.entries(), 0U);
}

TEST_F(Hdf5FileTest, WritesIdenticalBytesForIdenticalData) {
  const auto bytes = [&] {
    Hdf5File file = Hdf5File::create(path());
    file.write<double>("/g/data", {1}, std::vector{1.0});
    file.create_series<float>("/g/series", {2}, 3);
    file.write_attribute("/g", "units", "s");
    file.commit();
    return read_file(path());
  };
  EXPECT_EQ(bytes(), bytes());
}

TEST_F(Hdf5FileTest, ConvertsNumbersOnlyWithoutTruncation) {
  Hdf5File file = Hdf5File::create(path());
  file.write<std::int32_t>("/integers", {2}, std::vector<std::int32_t>{-1, 2});
  file.write<double>("/fractions", {1}, std::vector{1.5});
  file.write<std::string>("/text", {1}, std::vector<std::string>{"1"});
  const Hdf5File read = reopened(file);
  EXPECT_THAT(read.read<double>("/integers").values, ElementsAre(-1, 2));
  EXPECT_THAT(read.read<std::int64_t>("/integers").values, ElementsAre(-1, 2));
  EXPECT_THAT(read.read<float>("/fractions").values, ElementsAre(1.5));
  EXPECT_THAT(error_text<FileError>([&] { read.read<std::int32_t>("/fractions"); }),
              AllOf(HasSubstr("a.h5: /fractions: contains floating-point numbers"), HasSubstr("expected integers")));
  EXPECT_THAT(error_text<FileError>([&] { read.read<double>("/text"); }), HasSubstr("contains text"));
  EXPECT_THAT(error_text<FileError>([&] { read.read<std::string>("/integers"); }),
              HasSubstr("integers, expected text"));
}

TEST_F(Hdf5FileTest, WritesADatasetInParts) {
  Hdf5File file = Hdf5File::create(path());
  file.create<double>("/a/values", {5});
  const std::vector<double> first{1, 2}, rest{3, 4, 5};
  file.write_part<double>("/a/values", 2, rest);
  file.synchronise();
  file.write_part<double>("/a/values", 0, first);
  EXPECT_THAT(error_text<FileError>([&] { file.write_part<double>("/a/values", 4, first); }),
              HasSubstr("/a/values: has no values 4 to 6"));
  file.commit();
  EXPECT_THAT(Hdf5File::open(path()).read<double>("/a/values").values, ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(Hdf5FileTest, ReadsFilesOfH5py) {
  const Hdf5File file = Hdf5File::open(TRIPARTITE_TEST_DATA "/hdf5/h5py.h5");
  EXPECT_THAT(file.read<std::string>("fixed_text").values, ElementsAre("abc", "d", ""));
  EXPECT_THAT(file.read<std::string>("text").values, ElementsAre("µM"));
  EXPECT_THAT(file.read<double>("big_endian").values, ElementsAre(1.5, -2));
  EXPECT_THAT(file.read<float>("half").values, ElementsAre(0.5));
  EXPECT_THAT(file.read<std::uint8_t>("truth").values, ElementsAre(1, 0));
  EXPECT_THAT(file.read<float>("compressed").shape, ElementsAre(20, 10));
  EXPECT_EQ(file.read_attribute<std::string>("/", "python"), "written by h5py");
  EXPECT_THAT(error_text<FileError>([&] { file.read<double>("compound"); }), HasSubstr("neither numbers nor text"));
  EXPECT_THAT(error_text<FileError>([&] { file.read<double>("enormous"); }),
              HasSubstr("h5py.h5: enormous: claims 1099511627776 values of 8 bytes; expected at most"));
}

TEST_F(Hdf5FileTest, ThrowsTheMessageOfHdf5AndPrintsNothing) {
  testing::internal::CaptureStderr();
  EXPECT_THAT(error_text<FileError>([&] { Hdf5File::open(path()); }),
              AllOf(HasSubstr("a.h5: cannot be read as HDF5"), HasSubstr("No such file")));
  write_file(path(), "no HDF5 at all");
  EXPECT_THAT(error_text<FileError>([&] { Hdf5File::open(path()); }), HasSubstr("file signature not found"));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(Hdf5FileTest, NamesMissingAndConflictingPaths) {
  Hdf5File file = Hdf5File::create(path());
  file.write<double>("/data", {1}, std::vector{1.0});
  const auto text = [](const std::function<void()>& action) { return error_text<FileError>(action); };
  EXPECT_THAT(text([&] { file.read<double>("/dato"); }), AllOf(HasSubstr("/dato"), HasSubstr("dataset not found")));
  EXPECT_THAT(text([&] { file.write<double>("/data", {1}, std::vector{1.0}); }),
              AllOf(HasSubstr("/data: dataset cannot be created"), HasSubstr("name already exists")));
  EXPECT_THAT(text([&] { file.write<double>("/more", {2}, std::vector{1.0}); }),
              HasSubstr("1 values, expected 2 from the shape"));
  EXPECT_THAT(text([&] {
                file.overwrite<double>("/data", std::vector{1.0, 2.0});
              }),
              HasSubstr("2 values, expected 1 as in the dataset"));
  EXPECT_THAT(text([&] { file.append<double>("/data", std::vector{1.0}); }), HasSubstr("cannot grow"));
  EXPECT_THAT(text([&] { file.names("/data"); }), HasSubstr("/data: cannot be read as a group"));
  EXPECT_THAT(text([&] { file.read_attribute<double>("/data", "dt"); }), HasSubstr("/data attribute dt: not found"));
  file.create_series<float>("/series", {2}, 1);
  EXPECT_THAT(text([&] { file.append<float>("/series", std::vector{1.0F}); }),
              HasSubstr("1 values: must be a multiple of the row size 2"));
}

TEST_F(Hdf5FileTest, KeepsWhatWasWrittenBeforeTheDiskWasFull) {
  const std::vector<double> rows(16 * 1024, 1.5);  // 128 KiB
  std::size_t written = 0;
  {
    const FileSizeLimit limit(1024 * 1024);
    Hdf5File file = Hdf5File::create(path());
    file.create_series<double>("/series", {}, 1000);
    const std::string error = error_text<FileError>([&] {
      for (;; ++written) file.append<double>("/series", rows);
    });
    EXPECT_EQ(error, path().string() + ": cannot be written: File too large");
    EXPECT_EQ(error_text<FileError>([&] { file.write<double>("/other", {rows.size()}, rows); }), error);
    file.commit();
  }
  EXPECT_THAT(written, testing::AllOf(testing::Ge(5U), testing::Le(7U)));
  const auto values = Hdf5File::open(path()).read<double>("/series").values;
  EXPECT_EQ(values, std::vector<double>(written * rows.size(), 1.5));
  EXPECT_EQ(directory.entries(), 1U);
}

TEST_F(Hdf5FileTest, TakesNoMoreOfTheDiskThanItHolds) {
  Hdf5File file = Hdf5File::create(path());
  file.write<std::uint8_t>("/data", {3}, std::vector<std::uint8_t>{1, 2, 3});
  file.commit();
  EXPECT_LT(std::filesystem::file_size(path()), 8U * 1024);
}

TEST_F(Hdf5FileTest, AProgramExitsEvenIfAFileCannotBeClosed) {
  const auto write_and_exit = [&] {
    skip_hdf5_at_exit();
    Hdf5File file = Hdf5File::create(path());
    file.create_series<double>("/series", {}, 1000);
    const FileSizeLimit limit(16);  // not even what was allocated can be written any more
    const std::string error = error_text<FileError>([&] { file.commit(); });
    std::exit(error.find("File too large") == std::string::npos ? 1 : 0);
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // in a process that has not used HDF5 before
  EXPECT_EXIT(write_and_exit(), testing::ExitedWithCode(0), "");
}

TEST_F(Hdf5FileTest, NeverCrashesOnATruncatedFile) {
  Hdf5File file = Hdf5File::create(path());
  file.write<double>("/data", {64}, std::vector<double>(64, 1.0));
  file.commit();
  const std::string whole = read_file(path());
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    write_file(path(), whole.substr(0, size));
    EXPECT_NE(error_text<FileError>([&] { Hdf5File::open(path()).read<double>("/data"); }), "nothing was thrown")
        << size;
  }
}

}  // namespace
}  // namespace tripartite::io
