#include "host/linear_algebra/parallel.hpp"

#include <gtest/gtest.h>
#include <omp.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace tripartite::linear_algebra {
namespace {

class RunParallel : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { omp_set_num_threads(GetParam()); }
  void TearDown() override { omp_set_num_threads(before_); }
  int before_ = omp_get_max_threads();
};

TEST_P(RunParallel, RunsEveryTaskOnce) {
  for (const int count : {0, 1, 2, 1000}) {
    std::vector<std::atomic<int>> done(static_cast<std::size_t>(count));
    run_parallel(count, [&](int i, int) { ++done[std::size_t(i)]; });
    for (const auto& times : done) EXPECT_EQ(times, 1);
  }
}

TEST_P(RunParallel, AssignsAWorkerToOneThreadAtATime) {
  std::vector<std::atomic<int>> busy(static_cast<std::size_t>(threads()));
  std::atomic<int> clashes = 0;
  for (int repetition = 0; repetition < 50; ++repetition)
    run_parallel(100, [&](int, int worker) {
      if (busy.at(std::size_t(worker))++ != 0) ++clashes;
      std::this_thread::yield();
      --busy[std::size_t(worker)];
    });
  EXPECT_EQ(clashes, 0);
}

TEST_P(RunParallel, CanBeCalledFromATask) {
  std::atomic<int> done = 0;
  run_parallel(10, [&](int, int) { run_parallel(10, [&](int, int) { ++done; }); });
  EXPECT_EQ(done, 100);
}

TEST_P(RunParallel, CanBeCalledByTwoThreads) {
  std::atomic<int> done = 0;
  const auto call = [&] {
    for (int i = 0; i < 100; ++i) run_parallel(20, [&](int, int) { ++done; });
  };
  std::thread other(call);
  call();
  other.join();
  EXPECT_EQ(done, 4000);
}

TEST_P(RunParallel, RethrowsTheExceptionOfATaskAndKeepsWorking) {
  EXPECT_THROW(run_parallel(100,
                            [](int i, int) {
                              if (i == 57) throw std::runtime_error("57");
                            }),
               std::runtime_error);
  std::atomic<int> done = 0;
  run_parallel(100, [&](int, int) { ++done; });
  EXPECT_EQ(done, 100);
}

INSTANTIATE_TEST_SUITE_P(Threads, RunParallel, testing::Values(1, 2, 7));

}  // namespace
}  // namespace tripartite::linear_algebra
