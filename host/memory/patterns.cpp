#include "tripartite/memory/patterns.hpp"

#include <string>

#include "host/backend/require_memory.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"
#include "tripartite/random/philox.hpp"

namespace tripartite::memory {

Patterns::Patterns(int neurons, std::int64_t count) : neurons_(neurons), count_(count), words_((count + 63) / 64) {
  const std::size_t values = std::size_t(neurons) * std::size_t(words_);
  require_memory("storage of " + std::to_string(count) + " patterns of " + std::to_string(neurons) + " neurons",
                 double(values * sizeof(std::uint64_t)));
  bits_.resize(values);
}

Patterns Patterns::from_signs(int neurons, std::int64_t count, std::span<const std::int8_t> signs) {
  if (std::int64_t(signs.size()) != neurons * count)
    throw ConfigError("patterns: " + std::to_string(signs.size()) + " signs, expected " + std::to_string(neurons) +
                      " neurons x " + std::to_string(count) + " patterns");
  Patterns patterns(neurons, count);
  for (int i = 0; i < neurons; ++i)
    for (std::int64_t mu = 0; mu < count; ++mu) {
      const std::int8_t sign = signs[std::size_t(i * count + mu)];
      if (sign != std::int8_t(1) && sign != std::int8_t(-1))
        throw ConfigError("patterns: value " + std::to_string(sign) + " of neuron " + std::to_string(i) +
                          " in pattern " + std::to_string(mu) + ": must be -1 or 1");
      patterns.set(i, mu, sign == 1);
    }
  return patterns;
}

Patterns Patterns::random(int neurons, std::int64_t count, std::uint64_t seed) {
  Patterns patterns(neurons, count);
  const random::Philox philox{seed};
  for (std::int64_t mu = 0; mu < count; ++mu)
    for (int block = 0; block * 128 < neurons; ++block) {
      const auto words = philox.words(std::uint64_t(block), std::uint64_t(mu));
      for (int i = block * 128; i < neurons && i < block * 128 + 128; ++i)
        if ((words[std::size_t(i / 32 % 4)] >> (i % 32) & 1) != 0) patterns.set(i, mu, true);
    }
  return patterns;
}

void Patterns::set(int neuron, std::int64_t pattern, bool positive) {
  const std::uint64_t mask = std::uint64_t(1) << (pattern % 64);
  std::uint64_t& word = bits_[std::size_t(neuron * words_ + pattern / 64)];
  word = positive ? word | mask : word & ~mask;
}

}  // namespace tripartite::memory
