#include "host/io/npy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "host/io/text_file.hpp"
#include "io/error_text.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Files written by NumPy.
std::filesystem::path numpy_file(const std::string& name) { return TRIPARTITE_TEST_DATA "/npy/" + name + ".npy"; }

TEST(Npy, ReadsFilesOfNumpy) {
  const NpyArray f8 = read_npy(numpy_file("f8"));
  EXPECT_THAT(f8.shape, ElementsAre(3, 2));
  EXPECT_THAT(f8.values, ElementsAre(0.1, -2.5, 5e-324, std::numeric_limits<double>::infinity(), 3, 4));
  EXPECT_THAT(read_npy(numpy_file("f4")).values, ElementsAre(0.1F, -2.5));
  EXPECT_THAT(read_npy(numpy_file("i8")).shape, ElementsAre(1, 1, 3));
  EXPECT_THAT(read_npy(numpy_file("i8")).values, ElementsAre(1, -2, 9007199254740992.0));
  EXPECT_THAT(read_npy(numpy_file("i4")).values, ElementsAre(7, -2147483648.0));
  EXPECT_THAT(read_npy(numpy_file("i1")).values, ElementsAre(-1, 127));
  EXPECT_THAT(read_npy(numpy_file("u1")).values, ElementsAre(0, 255));
  EXPECT_THAT(read_npy(numpy_file("bool")).values, ElementsAre(1, 0));
  EXPECT_THAT(read_npy(numpy_file("scalar")).shape, IsEmpty());
  EXPECT_THAT(read_npy(numpy_file("scalar")).values, ElementsAre(2.5));
  EXPECT_THAT(read_npy(numpy_file("empty")).shape, ElementsAre(0, 3));
  EXPECT_THAT(read_npy(numpy_file("empty")).values, IsEmpty());
  EXPECT_THAT(read_npy(numpy_file("version2")).values, ElementsAre(1, 2));
  EXPECT_THAT(read_npy(numpy_file("version3")).values, ElementsAre(1, 2));
}

std::string refusal(const std::filesystem::path& path) {
  return error_text<FileError>([&] { read_npy(path); });
}

TEST(Npy, ReportsFileAndReasonOnFailure) {
  EXPECT_THAT(refusal(numpy_file("fortran")), AllOf(HasSubstr("fortran.npy"), HasSubstr("must be in C order")));
  EXPECT_THAT(refusal(numpy_file("big_endian")), HasSubstr("element type '>f8': must be <f8"));
  EXPECT_THAT(refusal(numpy_file("too_large")), HasSubstr("element 1 = 9007199254740993: must be within"));
  EXPECT_THAT(refusal(numpy_file("absent")), HasSubstr("No such file"));
}

std::string refusal_of(const std::string& file) {
  return error_text<FileError>([&] { parse_npy(file, "x.npy"); });
}

TEST(Npy, RejectsTruncatedFilesAndTrailingBytes) {
  const std::string whole = read_file(numpy_file("f8"));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(refusal_of(whole.substr(0, size)), HasSubstr("x.npy: ")) << size;
  EXPECT_THAT(refusal_of(whole + "x"), HasSubstr("49 bytes of data, expected 48 from shape and element type"));
}

std::string file_with(const std::string& header, std::size_t data_bytes) {
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size());
  file += '\0';
  return file + header + std::string(data_bytes, '\x01');
}

TEST(Npy, RejectsHostileHeaders) {
  const auto header = [](const std::string& shape) {
    return "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + "}";
  };
  EXPECT_EQ(refusal_of(file_with(header("(1,)"), 8)), "nothing was thrown");
  EXPECT_THAT(refusal_of(file_with(header("(4611686018427387904, 4)"), 0)),
              HasSubstr("more elements than the address space"));
  EXPECT_THAT(refusal_of(file_with(header("(2305843009213693953,)"), 8)),
              HasSubstr("more elements than the address space"));
  EXPECT_THAT(refusal_of(file_with(header("(99999999999999999999,)"), 8)), HasSubstr("natural numbers"));
  EXPECT_THAT(refusal_of(file_with(header("(-1,)"), 8)), HasSubstr("natural numbers"));
  EXPECT_THAT(refusal_of(file_with(header("(1"), 8)), HasSubstr("')' is missing"));
  EXPECT_THAT(refusal_of(file_with(header("(1,)") + "x", 8)), HasSubstr("text follows"));
  EXPECT_THAT(refusal_of(file_with("{'descr': [('a', '<f8')]}", 8)), HasSubstr("expected a quoted word"));
  EXPECT_THAT(refusal_of(file_with("{'descr': '|O', 'fortran_order': False, 'shape': ()}", 8)),
              HasSubstr("'|O': the array holds pickled Python objects, which are never loaded"));
  EXPECT_THAT(refusal_of(file_with("{'shape': (), 'shape': ()}", 8)), HasSubstr("'shape' is unknown or occurs twice"));
  EXPECT_THAT(refusal_of(file_with("{'shape': ()}", 8)), HasSubstr("must contain descr, fortran_order and shape"));
  EXPECT_THAT(refusal_of(file_with("{'fortran_order': 0}", 8)), HasSubstr("must be True or False"));
  EXPECT_THAT(refusal_of(file_with("", 8)), HasSubstr("'{' is missing"));
  EXPECT_THAT(refusal_of(std::string("\x93NUMPY\x04\x00\x00\x00", 10)), HasSubstr("version 4"));
  EXPECT_THAT(refusal_of("PK\x03\x04"), HasSubstr("not a .npy file"));
}

TEST(WriteNpy, RoundTripsValues) {
  const TemporaryDirectory directory;
  const std::filesystem::path path = directory.path() / "a.npy";
  const std::vector<double> values{0.1, 2, 3, 4, 5, 6};
  write_npy<double>(path, {2, 3}, values);
  EXPECT_THAT(read_npy(path).shape, ElementsAre(2, 3));
  EXPECT_EQ(read_npy(path).values, values);
  write_npy<float>(path, {}, std::vector{0.1F});
  EXPECT_THAT(read_npy(path).shape, IsEmpty());
  EXPECT_THAT(read_npy(path).values, ElementsAre(0.1F));
}

TEST(WriteNpy, WritesTheBytesOfNumpy) {
  const TemporaryDirectory directory;
  const std::filesystem::path path = directory.path() / "a.npy";
  for (const std::string name : {"f8", "empty", "scalar"}) {
    const NpyArray array = read_npy(numpy_file(name));
    write_npy<double>(path, array.shape, array.values);
    EXPECT_EQ(read_file(path), read_file(numpy_file(name))) << name;
  }
  write_npy<float>(path, {2}, std::vector{0.1F, -2.5F});
  EXPECT_EQ(read_file(path), read_file(numpy_file("f4")));
}

TEST(WriteNpy, RejectsAShapeOfAnotherSize) {
  EXPECT_THAT(error_text<ConfigError>([] {
                write_npy<double>("a.npy", {2, 2}, std::vector<double>(3));
              }),
              HasSubstr("3 values, expected 4 from the shape"));
}

}  // namespace
}  // namespace tripartite::io
