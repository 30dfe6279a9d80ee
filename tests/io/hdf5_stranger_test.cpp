// HDF5 files that would make HDF5 read other files, load plug-ins or allocate without bound: refused, with a reason.
// The files are written by HDF5's own interface.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <vector>

#include "host/io/hdf5_file.hpp"
#include "host/io/text_file.hpp"
#include "io/error_text.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Hdf5FromStrangers : public testing::Test {
 protected:
  Hdf5FromStrangers() : file_(H5Fcreate(path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~Hdf5FromStrangers() override { closed(); }

  std::filesystem::path path() const { return directory.path() / "a.h5"; }
  std::filesystem::path other() const { return directory.path() / "other.h5"; }
  hid_t file() const { return file_; }
  /// The file, for readers.
  Hdf5File closed() {
    if (file_ >= 0) H5Fclose(file_);
    file_ = -1;
    return Hdf5File::open(path());
  }

  /// A dataset "/data" of one dimension.
  void dataset(hsize_t size, hid_t type, hid_t properties = H5P_DEFAULT, const void* values = nullptr,
               hid_t memory = H5T_NATIVE_DOUBLE) {
    const hid_t space = H5Screate_simple(1, &size, nullptr);
    const hid_t data = H5Dcreate2(file_, "/data", type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    ASSERT_GE(data, 0);
    if (values != nullptr) H5Dwrite(data, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(data);
    H5Sclose(space);
  }

  template <class T>
  std::string refusal(const std::string& name = "/data") {
    const Hdf5File read = closed();
    return error_text<FileError>([&] { read.read<T>(name); });
  }

  TemporaryDirectory directory;

 private:
  hid_t file_;
};

TEST_F(Hdf5FromStrangers, LinksToOtherFilesAreNotFollowed) {
  {
    Hdf5File secret = Hdf5File::create(other());
    secret.write<double>("/group/data", {1}, std::vector{42.0});
    secret.write_attribute("/group/data", "units", "ms");
    secret.commit();
  }
  H5Lcreate_external(other().c_str(), "/group/data", file(), "/data", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_external(other().c_str(), "/group", file(), "/group", H5P_DEFAULT, H5P_DEFAULT);
  const Hdf5File read = closed();
  const auto named = AllOf(HasSubstr(path().string()), HasSubstr("a link to another file (" + other().string()));
  EXPECT_THAT(error_text<FileError>([&] { read.read<double>("/data"); }), named);
  EXPECT_THAT(error_text<FileError>([&] { read.read<double>("/group/data"); }), named);
  EXPECT_THAT(error_text<FileError>([&] { read.names("/group"); }), named);
  EXPECT_FALSE(read.contains("/group/data"));
  EXPECT_FALSE(read.contains_attribute("/data", "units"));
  EXPECT_THROW(read.read_attribute<std::string>("/data", "units"), FileError);
}

TEST_F(Hdf5FromStrangers, SoftLinksStayInTheFileAndEnd) {
  const std::array values{1.0, 2.0};
  dataset(2, H5T_IEEE_F64LE, H5P_DEFAULT, values.data());
  H5Lcreate_soft("/data", file(), "/alias", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/b", file(), "/a", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/a", file(), "/b", H5P_DEFAULT, H5P_DEFAULT);
  const Hdf5File read = closed();
  EXPECT_THAT(read.read<double>("/alias").values, ElementsAre(1, 2));
  EXPECT_THROW(read.read<double>("/a"), FileError);
}

TEST_F(Hdf5FromStrangers, ValuesInOtherFilesAreNotRead) {
  std::ofstream(other()) << "secret value 16b";
  const hid_t external = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_external(external, other().c_str(), 0, 16);
  dataset(2, H5T_IEEE_F64LE, external);
  H5Pclose(external);
  EXPECT_THAT(refusal<double>(), AllOf(HasSubstr("/data"), HasSubstr("values are in other files")));
}

TEST_F(Hdf5FromStrangers, VirtualDatasetsAreNotRead) {
  const hsize_t size = 2;
  const hid_t space = H5Screate_simple(1, &size, nullptr);
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_virtual(properties, space, other().c_str(), "/data", space);
  H5Sclose(space);
  dataset(2, H5T_IEEE_F64LE, properties);
  H5Pclose(properties);
  EXPECT_THAT(refusal<double>(), HasSubstr("virtual dataset"));
}

TEST_F(Hdf5FromStrangers, FiltersThatAreNotBuiltInAreRefused) {
  // A filter of this number, so that HDF5 can write what would need a plug-in to be read.
  static constexpr H5Z_filter_t number = 32015;
  const H5Z_class2_t filter{
      H5Z_CLASS_T_VERS,
      number,
      1,
      1,
      "made up",
      nullptr,
      nullptr,
      [](unsigned, std::size_t, const unsigned[], std::size_t bytes, std::size_t*, void**) { return bytes; }};
  ASSERT_GE(H5Zregister(&filter), 0);
  const hsize_t chunk = 2;
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(properties, 1, &chunk);
  H5Pset_filter(properties, number, 0, 0, nullptr);
  const std::array values{1.0, 2.0};
  dataset(2, H5T_IEEE_F64LE, properties, values.data());
  H5Pclose(properties);
  EXPECT_THAT(refusal<double>(),
              AllOf(HasSubstr("/data"), HasSubstr("filter 32015"), HasSubstr("expected none but gzip")));
}

TEST_F(Hdf5FromStrangers, AFilterTwiceIsRefused) {
  const hsize_t chunk = 2;
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(properties, 1, &chunk);
  H5Pset_deflate(properties, 1);
  H5Pset_deflate(properties, 1);
  dataset(2, H5T_IEEE_F64LE, properties);
  H5Pclose(properties);
  EXPECT_THAT(refusal<double>(), HasSubstr("twice"));
}

TEST_F(Hdf5FromStrangers, UsualFiltersAreRead) {
  const hsize_t chunk = 2;
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(properties, 1, &chunk);
  H5Pset_shuffle(properties);
  H5Pset_deflate(properties, 1);
  H5Pset_fletcher32(properties);
  const std::array values{1.0, 2.0, 3.0};
  dataset(3, H5T_IEEE_F64LE, properties, values.data());
  H5Pclose(properties);
  EXPECT_THAT(closed().read<double>("/data").values, ElementsAre(1, 2, 3));
}

// Both take some kB: nothing was written but the claim.
TEST_F(Hdf5FromStrangers, ASizeThatTheFileCannotHoldIsRefused) {
  const hsize_t chunk = 1024;
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(properties, 1, &chunk);
  dataset(hsize_t(1) << 28, H5T_IEEE_F64LE, properties);  // 2 GiB, which the machine might have
  H5Pclose(properties);
  EXPECT_THAT(refusal<double>(), AllOf(HasSubstr("/data"), HasSubstr("claims 268435456 values of 8 bytes"),
                                       HasSubstr("expected at most")));
}

TEST_F(Hdf5FromStrangers, AChunkThatTheFileCannotHoldIsRefused) {
  const hsize_t chunk = hsize_t(1) << 28, size = 2, most = H5S_UNLIMITED;
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &size, &most);
  H5Pset_chunk(properties, 1, &chunk);
  H5Dclose(H5Dcreate2(file(), "/data", H5T_IEEE_F64LE, space, H5P_DEFAULT, properties, H5P_DEFAULT));
  H5Sclose(space);
  H5Pclose(properties);
  EXPECT_THAT(refusal<double>(), HasSubstr("claims chunks of 2147483648 bytes"));
}

TEST_F(Hdf5FromStrangers, TextThatTheFileCannotHoldIsRefused) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, std::size_t(1) << 31);
  dataset(2, type);
  H5Tclose(type);
  EXPECT_THAT(refusal<std::string>(), HasSubstr("claims 2 values of 2147483648 bytes"));
}

// One text that all elements refer to.
TEST_F(Hdf5FromStrangers, TextThatIsRepeatedWithoutEndIsRefused) {
  constexpr std::size_t elements = 1'000, length = 60'000;
  const std::string text(length, 'a');
  const char* const first = text.c_str();
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  dataset(elements, type);
  {
    const hid_t data = H5Dopen2(file(), "/data", H5P_DEFAULT), memory = H5Screate(H5S_SCALAR),
                space = H5Dget_space(data);
    const hsize_t begin = 0, count = 1;
    H5Sselect_hyperslab(space, H5S_SELECT_SET, &begin, nullptr, &count, nullptr);
    ASSERT_GE(H5Dwrite(data, type, memory, space, H5P_DEFAULT, &first), 0);
    const haddr_t place = H5Dget_offset(data);
    H5Sclose(memory);
    H5Sclose(space);
    H5Dclose(data);
    H5Tclose(type);
    closed();
    std::fstream raw(path(), std::ios::in | std::ios::out | std::ios::binary);
    std::array<char, 16> reference{};
    raw.seekg(std::streamoff(place));
    raw.read(reference.data(), reference.size());
    raw.seekp(std::streamoff(place));
    for (std::size_t i = 0; i < elements; ++i) raw.write(reference.data(), reference.size());
  }
  EXPECT_THAT(refusal<std::string>(), HasSubstr("claims 60001000 bytes of text in a file of"));
}

/// The sizes that HDF5 1.10 takes on trust when it copies texts of variable length: those of the texts in their heap,
/// and those that refer to them. Each damage in turn made it write beyond its buffers, which the address sanitizer saw
/// at once and the allocator now and then, or go on for ever.
TEST_F(Hdf5FromStrangers, TextOfDamagedSizesHarmsNothing) {
  const std::array<const char*, 2> words{"one", "three"};
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  dataset(2, type, H5P_DEFAULT, words.data(), type);
  const hid_t space = H5Screate(H5S_SCALAR);
  const hid_t units = H5Acreate_by_name(file(), "/data", "units", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite(units, type, words.data());
  H5Aclose(units);
  H5Sclose(space);
  H5Tclose(type);
  EXPECT_THAT(closed().read<std::string>("/data").values, ElementsAre("one", "three"));
  EXPECT_EQ(closed().read_attribute<std::string>("/data", "units"), "one");
  const std::string whole = read_file(path());
  const std::size_t heap = whole.find("GCOL");
  ASSERT_LT(heap, whole.size());
  int refused = 0;
  for (const std::size_t place : {heap + 8, heap + 16 + 8, heap + 16 + 10})
    for (const char size : {'\x00', '\xFF'}) {
      std::string damaged = whole;
      damaged[place] = size;
      std::ofstream(path(), std::ios::binary) << damaged;
      try {
        const Hdf5File read = Hdf5File::open(path());
        EXPECT_LE(read.read<std::string>("/data").values.size(), 2U);
        read.read_attribute<std::string>("/data", "units");
      } catch (const FileError&) {
        ++refused;
      }
    }
  EXPECT_GT(refused, 1);
}

TEST_F(Hdf5FromStrangers, UnusualNumbersAreRefused) {
  const hid_t type = H5Tcopy(H5T_STD_I32LE);
  H5Tset_precision(type, 13);
  dataset(2, type);
  H5Tclose(type);
  EXPECT_THAT(refusal<double>(), HasSubstr("numbers of an unusual kind"));
}

TEST_F(Hdf5FromStrangers, NothingIsRead) {
  const hid_t space = H5Screate(H5S_NULL);
  H5Dclose(H5Dcreate2(file(), "/data", H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  H5Sclose(space);
  const auto read = closed().read<double>("/data");
  EXPECT_THAT(read.shape, ElementsAre(0));
  EXPECT_TRUE(read.values.empty());
}

TEST_F(Hdf5FromStrangers, WhatIsNoRegularFileIsNotOpened) {
  closed();
  const auto pipe = directory.path() / "pipe.h5";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(error_text<FileError>([&] { Hdf5File::open(pipe); }), HasSubstr("expected a regular file"));
  std::filesystem::rename(pipe, directory.path() / "pipe");
  EXPECT_FALSE(is_hdf5(directory.path() / "pipe"));
}

}  // namespace
}  // namespace tripartite::io
