#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tripartite/random/philox.hpp"
#include "tripartite/transformer/model.hpp"

namespace tripartite::transformer {

struct Sampling {
  double temperature = 1;  // 0: always the most likely token
  int top_k = 0;           // draw from this many most likely tokens; 0: from all
  std::uint64_t seed = 0;
};

/// Draws tokens from logits. Draw number n depends only on the seed, n and the logits, on any machine.
class Sampler {
 public:
  /// Throws ConfigError for a temperature that is negative or not finite, or a negative top_k.
  explicit Sampler(const Sampling& sampling);
  /// Draws a token from logits [vocabulary]; ties are ranked by index. Throws NumericsError if a logit is not finite.
  template <class Real>
  int draw(std::span<const Real> logits);
  /// Leaves out so many draws, whose tokens are known.
  void skip(std::uint64_t draws) { draws_ += draws; }

 private:
  Sampling sampling_;
  random::Philox random_;
  std::uint64_t draws_ = 0;
  std::vector<int> order_;
  std::vector<double> weights_;
};

/// Feeds the prompt, then draws `tokens` tokens and feeds all but the last. `on_token` is called with each token as
/// soon as it is drawn; returning false ends the text. The sequence may be new or already hold tokens. Throws
/// ConfigError if the prompt is empty or if prompt and new tokens exceed the length that the attention was made for.
template <class Real>
std::vector<int> generate(Sequence<Real>& sequence, std::span<const int> prompt, int tokens, Sampler& sampler,
                          const std::function<bool(int)>& on_token = {});

}  // namespace tripartite::transformer
