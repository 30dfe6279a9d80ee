#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "tripartite/host_device.hpp"

namespace tripartite::random {

/// Uniform in the open interval (0, 1) from 52 of 64 random bits; a 53rd would round the last value up to 1.
TRIPARTITE_HD double open_unit(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (static_cast<std::uint64_t>(high) << 32 | low) >> 12;
  return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

/// Philox4x32-10 (Salmon et al. 2011): four random words as a pure function of a counter and a key. The same draw on
/// every backend, in any order, on any number of threads.
struct Philox {
  std::uint64_t seed = 0;

  /// Words number 4 index … 4 index + 3 of stream `stream`.
  TRIPARTITE_HD std::array<std::uint32_t, 4> words(std::uint64_t index, std::uint64_t stream = 0) const {
    std::uint32_t c0 = std::uint32_t(index), c1 = std::uint32_t(index >> 32);
    std::uint32_t c2 = std::uint32_t(stream), c3 = std::uint32_t(stream >> 32);
    std::uint32_t k0 = std::uint32_t(seed), k1 = std::uint32_t(seed >> 32);
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t product0 = std::uint64_t(0xD2511F53u) * c0;
      const std::uint64_t product1 = std::uint64_t(0xCD9E8D57u) * c2;
      const std::uint32_t next0 = std::uint32_t(product1 >> 32) ^ c1 ^ k0;
      const std::uint32_t next2 = std::uint32_t(product0 >> 32) ^ c3 ^ k1;
      c1 = std::uint32_t(product1);
      c3 = std::uint32_t(product0);
      c0 = next0;
      c2 = next2;
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    return {c0, c1, c2, c3};
  }

  /// Uniform in the open interval (0, 1).
  TRIPARTITE_HD double uniform(std::uint64_t index, std::uint64_t stream = 0) const {
    const auto w = words(index, stream);
    return open_unit(w[0], w[1]);
  }

  /// Standard normal by Box-Muller on one counter, so that draw `index` needs no neighbour.
  TRIPARTITE_HD double normal(std::uint64_t index, std::uint64_t stream = 0) const {
    const auto w = words(index, stream);
    constexpr double two_pi = 6.283185307179586476925;
    return std::sqrt(-2.0 * std::log(open_unit(w[0], w[1]))) * std::cos(two_pi * open_unit(w[2], w[3]));
  }
};

/// Log-normal with mean 1 and coefficient of variation `variation`, from a standard normal draw.
TRIPARTITE_HD double log_normal_mean_one(double standard_normal, double variation) {
  const double variance = std::log1p(variation * variation);
  return std::exp(std::sqrt(variance) * standard_normal - 0.5 * variance);
}

}  // namespace tripartite::random
