#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace tripartite::run {

/// How many steps to take before looking up: as many as take a fraction of a second, so that progress moves and a wish
/// to stop is heard however large the simulation. Powers of two, for backends that prepare a window of each length.
class Pace {
 public:
  explicit Pace(std::int64_t least = 1, std::int64_t most = 4096) : least_(least), most_(most), steps_(least) {}

  std::int64_t steps() const { return steps_; }

  /// Calls `advance`, which takes `steps` steps, and learns from how long it took.
  template <class Advance>
  void measure(std::int64_t steps, Advance&& advance) {
    const auto began = Clock::now();
    advance();
    const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
    constexpr double wanted = 0.2;  // [s]
    const double of_one = seconds / double(std::max<std::int64_t>(steps, 1));
    if (of_one * 2 * double(steps_) < wanted)
      steps_ = std::min(2 * steps_, most_);
    else if (of_one * double(steps_) > 2 * wanted)
      steps_ = std::max(steps_ / 2, least_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  std::int64_t least_, most_, steps_;
};

}  // namespace tripartite::run
