#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "support/cuda_runtime_calls.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite::tests {

class CudaResources : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
    runtime_calls() = {};
  }
};

/// Every allocation of `make`, one after the other, fails once.
inline void expect_memory_errors(const std::function<void()>& make) {
  runtime_calls() = {};
  make();
  const int allocations = runtime_calls().allocations;
  ASSERT_GT(allocations, 0);
  for (int failing = 1; failing <= allocations; ++failing) {
    runtime_calls() = {.failing_allocation = failing};
    try {
      make();
      FAIL() << "allocation " << failing << " failed, and nothing was thrown";
    } catch (const MemoryError& error) {
      EXPECT_THAT(error.what(),
                  testing::AllOf(testing::ContainsRegex("needs [0-9].* GiB"), testing::HasSubstr("available")));
    }
    // What failed once is not reported again.
    runtime_calls() = {};
    EXPECT_NO_THROW(make()) << "after allocation " << failing;
  }
}

}  // namespace tripartite::tests
