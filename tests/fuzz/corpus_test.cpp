// What fuzzers look for, in a minute and with any compiler: every reader takes the seeds, which are valid files and
// those that once did harm, and thousands of damaged copies of them, and throws nothing but what the library throws on
// purpose.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "fuzz/target.hpp"
#include "host/io/text_file.hpp"
#include "io/mutation.hpp"
#include "support/sanitized.hpp"

namespace tripartite::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> seeds_of(const Target& target) {
  std::vector<fs::path> seeds;
  for (const auto& file : fs::directory_iterator(fs::path(TRIPARTITE_FUZZ_CORPUS) / target.name))
    seeds.push_back(file.path());
  std::sort(seeds.begin(), seeds.end());
  return seeds;
}

class FilesFromStrangers : public testing::TestWithParam<Target> {};

TEST_P(FilesFromStrangers, AreReadOrRefused) {
  const auto seeds = seeds_of(GetParam());
  ASSERT_FALSE(seeds.empty());
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    SCOPED_TRACE(seeds[i].filename());
    const std::string file = io::read_file(seeds[i]);
    ASSERT_NO_THROW(read(GetParam(), file));
    Mutator mutate(i);
    const int mutations = is_sanitized ? GetParam().mutations / 10 : GetParam().mutations;
    for (int k = 0; k < mutations; ++k) ASSERT_NO_THROW(read(GetParam(), mutate(file))) << "mutation " << k;
  }
}

INSTANTIATE_TEST_SUITE_P(All, FilesFromStrangers, testing::ValuesIn(targets()),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace tripartite::fuzz
