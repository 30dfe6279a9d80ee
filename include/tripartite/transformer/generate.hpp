#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tripartite/random/philox.hpp"
#include "tripartite/transformer/model.hpp"

namespace tripartite::transformer {

struct Sampling {
  double temperature = 1;  // 0 takes the likeliest token
  int top_k = 0;           // draw among so many of the likeliest; 0 means all
  std::uint64_t seed = 0;
};

/// Draws tokens from scores. Draw number n depends on the seed, n and the scores alone, on any machine.
class Sampler {
 public:
  /// Throws ConfigError for a temperature that is negative or not finite, or a negative top_k.
  explicit Sampler(const Sampling& sampling);
  /// One token from scores [vocabulary]; of equal ones the first is the likelier. Throws NumericsError if one is not
  /// finite.
  template <class Real>
  int draw(std::span<const Real> logits);

 private:
  Sampling sampling_;
  random::Philox random_;
  std::uint64_t draws_ = 0;
  std::vector<int> order_;
  std::vector<double> weights_;
};

/// Feeds the prompt, then draws `tokens` tokens, feeding each but the last. `on_token` is told each as soon as it is
/// drawn; its false ends the text. The sequence must be new or continue one. Throws ConfigError if the prompt is empty
/// or if prompt and new tokens are more than the attention was made for.
template <class Real>
std::vector<int> generate(Sequence<Real>& sequence, std::span<const int> prompt, int tokens, Sampler& sampler,
                          const std::function<bool(int)>& on_token = {});

}  // namespace tripartite::transformer
