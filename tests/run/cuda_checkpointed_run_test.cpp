// A run on a device that fails in its middle: an error of its kind, and the last checkpoint is good. On the emulated
// device only, which can be told to fail.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "host/run/checkpointed_run.hpp"
#include "io/temporary_directory.hpp"
#include "support/cuda_runtime.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/error.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite::run {
namespace {

enum Ending { device_error = 10, no_error = 11, other_error = 12 };

std::unique_ptr<JournaledNetwork> synapses() {
  constexpr std::size_t size = 40;
  NetworkSetup setup;
  const std::size_t all = setup.add(model<TripartiteSynapse, Gchi>(), size, "synapses");
  std::vector<double> delta;
  for (std::size_t s = 0; s < size; ++s) delta.push_back(0.6 + 0.01 * double(s));
  setup[all].vary("O_delta", delta).start("C", 0.1);
  setup[all].input("rate").common = Signal{8, 0, 0, 0};
  setup.method = integrate::Method::exponential_euler;
  setup.backend = Backend::cuda;
  return std::make_unique<JournaledNetwork>(make_network(std::move(setup)));
}

class Seen final : public Visitor {
 public:
  explicit Seen(JournaledNetwork& network) : network_(network) {}
  void frame() override {
    numbers.push_back(network_.time());
    numbers.push_back(network_.mean(network_.field("synapses", "C")));
  }
  void events(std::span<const Event> events) override {
    for (const Event& event : events) numbers.push_back(event.time + double(event.index));
  }
  std::vector<double> numbers;

 private:
  JournaledNetwork& network_;
};

class Listener final : public simulation::RunListener {
 public:
  void progress(std::string_view, double) override {}
  void message(std::string_view) override {}
  bool cancelled() const override { return false; }
};

std::vector<double> run_in(const std::filesystem::path& directory, bool resume) {
  const auto network = synapses();
  Seen seen(*network);
  Listener listener;
  Checkpoints::Options options;
  options.directory = directory;
  options.identity = {"synapse", "float32", "cuda", "i"};
  options.interval = 1e-9;
  options.resume = resume;
  Checkpoints checkpoints(options);
  Plan plan;
  plan.dt = 1e-3;
  plan.steps = 300;
  plan.frame_steps = 30;
  run(*network, plan, "synapses", listener, seen, checkpoints);
  return seen.numbers;
}

Ending fail_in(const std::filesystem::path& directory) try {
  run_in(directory, false);
  return no_error;
} catch (const DeviceError&) {
  return device_error;
} catch (...) {
  return other_error;
}

TEST(CudaCheckpointedRun, GoesOnAfterAFaultOfTheDevice) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  if (!tests::has_emulated_device()) GTEST_SKIP() << "no emulated device, nothing can be made to fail";
  // The child starts this test anew, and works in the directory of its parent.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  constexpr auto of_parent = "TRIPARTITE_TEST_DIRECTORY";
  const TemporaryDirectory whole, own;
  const std::filesystem::path cut = std::getenv(of_parent) != nullptr ? std::getenv(of_parent) : own.path();
  setenv(of_parent, cut.c_str(), 1);
  setenv("CUDAEMU_FAIL", "launch:12", 1);
  EXPECT_EXIT(std::exit(fail_in(cut)), testing::ExitedWithCode(device_error), "");
  unsetenv("CUDAEMU_FAIL");
  unsetenv(of_parent);
  EXPECT_FALSE(checkpoint_files(cut).empty());
  EXPECT_EQ(run_in(cut, true), run_in(whole.path(), false));
}

}  // namespace
}  // namespace tripartite::run
