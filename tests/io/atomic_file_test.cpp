#include "host/io/atomic_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <stdexcept>

#include "host/io/text_file.hpp"
#include "io/error_text.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(AtomicFile, IsAbsentUntilCommitted) {
  const TemporaryDirectory directory;
  AtomicFile file(directory.path() / "a.txt");
  std::ofstream(file.temporary_path()) << "whole";
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "a.txt"));
  file.commit();
  EXPECT_EQ(read_file(directory.path() / "a.txt"), "whole");
  EXPECT_EQ(directory.entries(), 1U);
}

TEST(AtomicFile, RemovesTheTemporaryFileOnException) {
  const TemporaryDirectory directory;
  try {
    const AtomicFile file(directory.path() / "a.txt");
    std::ofstream(file.temporary_path()) << "half";
    throw std::runtime_error("stopped");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(directory.entries(), 0U);
}

TEST(AtomicFile, KeepsTheOldFileOnException) {
  const TemporaryDirectory directory;
  write_file(directory.path() / "a.txt", "old");
  try {
    const AtomicFile file(directory.path() / "a.txt");
    throw std::runtime_error("stopped");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(read_file(directory.path() / "a.txt"), "old");
}

TEST(AtomicFile, RemovesTheTemporaryFileOnceAfterAMove) {
  const TemporaryDirectory directory;
  {
    AtomicFile first(directory.path() / "a.txt");
    AtomicFile second(std::move(first));
    EXPECT_EQ(directory.entries(), 1U);
    second.commit();
  }
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "a.txt"));
}

TEST(AtomicFile, HasThePermissionsOfTheUmask) {
  const TemporaryDirectory directory;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  write_file(directory.path() / "a.txt", "x");
  struct stat status {};
  ASSERT_EQ(::stat((directory.path() / "a.txt").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0666 & ~mask);
}

TEST(AtomicFile, ReportsFileAndReasonOnFailedCreation) {
  const TemporaryDirectory directory;
  EXPECT_THAT(error_text<FileError>([&] { write_file(directory.path() / "absent" / "a.txt", "x"); }),
              AllOf(HasSubstr("absent/a.txt"), HasSubstr("No such file or directory")));
  EXPECT_THAT(error_text<FileError>([&] { write_file(directory.path(), "x"); }),
              HasSubstr("a directory has this name"));
}

TEST(WriteFile, ReplacesAnExistingFileByteForByte) {
  const TemporaryDirectory directory;
  std::string contents(200'001, '\0');
  for (std::size_t i = 0; i < contents.size(); ++i) contents[i] = static_cast<char>(i * 7);
  write_file(directory.path() / "a.bin", "old");
  write_file(directory.path() / "a.bin", contents);
  EXPECT_EQ(read_file(directory.path() / "a.bin"), contents);
}

TEST(ReadFile, ReportsFileAndReasonOnFailure) {
  const TemporaryDirectory directory;
  EXPECT_THAT(error_text<FileError>([&] { read_file(directory.path() / "absent.txt"); }),
              AllOf(HasSubstr("absent.txt"), HasSubstr("No such file or directory")));
  EXPECT_THAT(error_text<FileError>([&] { read_file(directory.path()); }), HasSubstr("Is a directory"));
}

}  // namespace
}  // namespace tripartite::io
