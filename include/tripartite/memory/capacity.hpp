#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tripartite::memory {

/// The two networks of the study.
enum class Contender { astrocyte, hopfield };

constexpr std::string_view to_string(Contender contender) {
  return contender == Contender::astrocyte ? "astrocyte" : "hopfield";
}

/// One network of one draw of patterns: how many of its cues it recalled.
struct CapacityCell {
  Contender contender = Contender::astrocyte;
  int neurons = 0;
  std::int64_t patterns = 0;
  std::uint64_t seed = 0;
  int cues = 0, recalled = 0;
  double wrong_fraction = 0;  // mean over cues of wrong signs / neurons
};

/// The load at which half of the cues are recalled.
struct CriticalLoad {
  Contender contender = Contender::astrocyte;
  int neurons = 0;
  double k_max = 0;           // by interpolation in ln K
  double low = 0, high = 0;   // central 68 % of the bootstrap over draws
  bool is_bracketed = false;  // more than half recalled at a smaller K, less at a larger one; else k_max means nothing
};

/// K_max = prefactor N^exponent, least squares in the logarithms.
struct PowerLaw {
  Contender contender = Contender::astrocyte;
  int sizes = 0;  // numbers of neurons fitted; with fewer than 2 there is no law
  double exponent = 0, prefactor = 0;
  /// Of the exponent, one standard deviation: the larger of the bootstrap's and the residuals'. NaN where neither can
  /// tell: one draw of patterns and two sizes.
  double uncertainty = 0;
};

struct CapacityFit {
  std::vector<CriticalLoad> loads;  // by contender, then by neurons
  std::vector<PowerLaw> laws;       // of both contenders that the cells have
};

/// `seed` draws the bootstrap's samples of seeds.
CapacityFit fit_capacity(const std::vector<CapacityCell>& cells, std::uint64_t seed = 1);

}  // namespace tripartite::memory
