// Spikes of a file from a stranger.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "host/simulation/population_setup.hpp"
#include "io/error_text.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

// Each node up to the largest has a train: 24 GB for one spike.
TEST(HostileSpikes, OneSpikeIsNotWorthAllMemory) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "spikes.csv";
  std::ofstream(path) << "time_s,node\n0.1,999999999\n";
  EXPECT_THAT(
      error_text<FileError>([&] { spikes_of_file(path.string(), "", 1e-3, {1}, nullptr); }),
      testing::HasSubstr("spikes.csv: a spike of node 999999999: expected nodes below 1000100 in a file of 1 spikes"));
}

}  // namespace
}  // namespace tripartite::simulation
