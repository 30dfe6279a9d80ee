#include "tripartite/network/signal.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numbers>

#include "tripartite/error.hpp"

namespace tripartite {

double Signal::operator()(double t) const {
  return mean + (amplitude == 0 ? 0 : amplitude * std::sin(2 * std::numbers::pi * frequency * t + phase));
}

Schedule::Schedule(std::vector<std::pair<std::int64_t, Signal>> pieces) : pieces_(std::move(pieces)) {
  bool is_ordered = !pieces_.empty() && pieces_.front().first == 0;
  for (std::size_t i = 1; i < pieces_.size(); ++i) is_ordered &= pieces_[i - 1].first < pieces_[i].first;
  if (!is_ordered) throw ConfigError("schedule: the first piece must begin at step 0, each other one after the last");
}

const Signal& Schedule::at(std::int64_t step) const {
  const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), step,
                                      [](std::int64_t value, const auto& piece) { return value < piece.first; });
  return after == pieces_.begin() ? pieces_.front().second : std::prev(after)->second;
}

std::int64_t Schedule::next_change(std::int64_t step) const {
  for (const auto& [begin, signal] : pieces_)
    if (begin > step) return begin;
  return std::numeric_limits<std::int64_t>::max();
}

double Schedule::bound(std::int64_t begin, std::int64_t end) const {
  double largest = 0;
  for (std::int64_t step = begin; step < end; step = next_change(step)) {
    const Signal& signal = at(step);
    largest = std::max(largest, signal.mean + std::abs(signal.amplitude));
  }
  return largest;
}

}  // namespace tripartite
