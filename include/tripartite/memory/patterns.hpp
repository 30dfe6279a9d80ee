#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tripartite::memory {

/// K patterns of N signs, one bit each: 1 is +1. A neuron's signs over all patterns are contiguous.
class Patterns {
 public:
  Patterns() = default;
  /// All signs -1. `neurons` > 0. Throws MemoryError before allocating what does not fit.
  Patterns(int neurons, std::int64_t count);

  /// From signs [neurons x count]; positive is +1. Throws ConfigError if the size does not fit or a value is not +-1.
  static Patterns from_signs(int neurons, std::int64_t count, std::span<const std::int8_t> signs);
  /// Independent fair signs; pattern `mu` does not depend on how many there are.
  static Patterns random(int neurons, std::int64_t count, std::uint64_t seed);

  int neurons() const { return neurons_; }
  std::int64_t count() const { return count_; }
  bool is_positive(int neuron, std::int64_t pattern) const {
    return (row(neuron)[pattern / 64] >> (pattern % 64) & 1) != 0;
  }
  int sign(int neuron, std::int64_t pattern) const { return is_positive(neuron, pattern) ? 1 : -1; }
  void set(int neuron, std::int64_t pattern, bool positive);

  /// 64-bit words per neuron; bits from count() on are 0.
  std::int64_t words() const { return words_; }
  const std::uint64_t* row(int neuron) const { return bits_.data() + std::ptrdiff_t(neuron) * words_; }

 private:
  int neurons_ = 0;
  std::int64_t count_ = 0, words_ = 0;
  std::vector<std::uint64_t> bits_;
};

}  // namespace tripartite::memory
