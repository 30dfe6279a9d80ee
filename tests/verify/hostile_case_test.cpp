// Reference cases whose numbers would crash the comparison or keep it busy without end: reported as errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "host/io/npy.hpp"
#include "host/io/text_file.hpp"
#include "host/verify/cases.hpp"
#include "io/temporary_directory.hpp"

namespace tripartite::verify {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

/// A copy of a case of tests/data that can be changed.
class ChangedCase {
 public:
  explicit ChangedCase(const std::string& name) : path_(directory_.path() / name) {
    fs::copy(fs::path(TRIPARTITE_TEST_DATA) / name, path_);
    meta = json::parse(io::read_file(path_ / "meta.json"));
  }
  /// The error of comparing it.
  std::string error() const {
    std::ofstream(path_ / "meta.json") << meta.dump();
    return verify_case(path_, {.backend = Backend::cpu}).error;
  }
  void array(const char* name, const std::vector<std::size_t>& shape, const std::vector<double>& values) const {
    io::write_npy<double>(path_ / name, shape, values);
  }

  json meta;

 private:
  TemporaryDirectory directory_;
  fs::path path_;
};

TEST(HostileCase, NoTimeBetweenSamplesIsRefused) {
  for (const char* name : {"c_rate_default", "d_bursts", "li_rinzel_pulse"}) {
    ChangedCase changed(name);
    for (const double interval : {0.0, -1.0, 1e300}) {
      changed.meta["sample_interval_s"] = interval;
      EXPECT_THAT(changed.error(),
                  AllOf(HasSubstr("meta.json: sample_interval_s = "), HasSubstr("expected a time from")))
          << name;
    }
  }
}

TEST(HostileCase, ACaseWithoutEndIsRefused) {
  for (const char* name : {"c_rate_default", "d_bursts", "li_rinzel_pulse"}) {
    ChangedCase changed(name);
    changed.meta["t_end_s"] = 1e12;
    EXPECT_THAT(changed.error(), HasSubstr("meta.json: t_end_s = 1000000000000")) << name;
  }
}

TEST(HostileCase, SampleTimesWithoutEndAreRefused) {
  ChangedCase changed("c_spike_ex2");
  auto times = io::read_npy(fs::path(TRIPARTITE_TEST_DATA) / "c_spike_ex2" / "t.npy");
  times.values.back() = 1e15;
  changed.array("t.npy", times.shape, times.values);
  EXPECT_THAT(changed.error(), HasSubstr("t.npy = "));
}

// Two synapses without spikes were read from an array of one.
TEST(HostileCase, SpikeCasesNeedSpikes) {
  ChangedCase changed("c_spike_ex2");
  changed.meta["spike_times_s"] = json::array();
  EXPECT_THAT(changed.error(), HasSubstr("spike_times_s is empty"));
}

TEST(HostileCase, RingsNeedAnArrayOfTheirShape) {
  ChangedCase changed("c_ring_ex5");
  for (auto& [name, entry] : changed.meta["arrays"].items()) {
    entry["shape"] = {51, 1, 1};
    changed.array((name + ".npy").c_str(), {51, 1, 1}, std::vector<double>(51));
  }
  EXPECT_THAT(changed.error(), HasSubstr("expected a shape of samples, 3 and "));
  ChangedCase cells("c_ring_ex5");
  cells.meta["n_cells"] = std::int64_t(1) << 40;
  EXPECT_THAT(cells.error(), HasSubstr("n_cells = 1099511627776: expected at most"));
  ChangedCase interval("c_ring_ex5");
  interval.meta["sample_interval_s"] = 0;
  EXPECT_THAT(interval.error(), HasSubstr("sample_interval_s = 0: expected"));
}

TEST(HostileCase, MemoriesNeedArraysOfTheirSize) {
  ChangedCase changed("b_small");
  changed.meta["N"] = 0;
  EXPECT_THAT(changed.error(), HasSubstr("meta.json: N = 0: expected 1 to"));
  changed.meta["N"] = 16;
  changed.array("state.npy", {1}, {1});
  EXPECT_THAT(changed.error(), HasSubstr("state.npy: 1 values, expected 53328"));
  ChangedCase times("b_small");
  times.array("t.npy", {101}, std::vector<double>(101));
  EXPECT_THAT(times.error(), HasSubstr("t.npy: expected two or more times"));
  ChangedCase patterns("b_small");
  patterns.array("patterns.npy", {16, 2}, std::vector<double>(32, 1e300));
  EXPECT_THAT(patterns.error(), HasSubstr("patterns.npy: 1e+300: expected -1 or 1"));
}

TEST(HostileCase, RecallsNeedArraysOfTheirSize) {
  ChangedCase changed("b_n500");
  changed.meta["steps"] = -1000;
  EXPECT_THAT(changed.error(), HasSubstr("steps = -1000: expected 0 to"));
  changed.meta["steps"] = 900'000;
  EXPECT_THAT(changed.error(), HasSubstr("energy.npy: 3003 values, expected 2700003"));
  ChangedCase few("b_n500");
  few.meta["N"] = 2;
  few.array("patterns.npy", {2, 1}, {1, -1});
  few.array("x0.npy", {1, 2}, {1, -1});
  EXPECT_THAT(few.error(), HasSubstr("N = 2: expected at least 16"));
}

}  // namespace
}  // namespace tripartite::verify
