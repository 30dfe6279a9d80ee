#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace tripartite {

/// mean + amplitude sin(2π frequency t + phase), t [s] since the run began.
struct Signal {
  double mean = 0;
  double amplitude = 0;
  double frequency = 0;  // [1/s]
  double phase = 0;
  double operator()(double t) const;
  bool operator==(const Signal&) const = default;
};

/// A signal that changes at the beginnings of steps.
class Schedule {
 public:
  /// Pieces by the step they begin at; the first begins at 0, the others later, in order. Throws ConfigError.
  explicit Schedule(std::vector<std::pair<std::int64_t, Signal>> pieces);
  const Signal& at(std::int64_t step) const;
  /// The first step after `step` at which something changes; the largest number if nothing does.
  std::int64_t next_change(std::int64_t step) const;
  /// No smaller than the signal anywhere in steps [begin, end).
  double bound(std::int64_t begin, std::int64_t end) const;

 private:
  std::vector<std::pair<std::int64_t, Signal>> pieces_;
};

}  // namespace tripartite
