#include "tripartite/transformer/generate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tripartite/error.hpp"

namespace tripartite::transformer {

Sampler::Sampler(const Sampling& sampling) : sampling_(sampling), random_{sampling.seed} {
  if (!(sampling.temperature >= 0) || !std::isfinite(sampling.temperature))
    throw ConfigError(fmt::format("temperature = {}: must be at least 0 and finite", sampling.temperature));
  if (sampling.top_k < 0) throw ConfigError(fmt::format("top_k = {}: must be at least 0", sampling.top_k));
}

template <class Real>
int Sampler::draw(std::span<const Real> logits) {
  for (std::size_t token = 0; token < logits.size(); ++token)
    if (!std::isfinite(logits[token]))
      throw NumericsError(fmt::format("the logit of token {} is {}: must be finite", token, logits[token]));
  const double uniform = random_.uniform(draws_++);
  const auto likelier = [&](int a, int b) {
    const Real first = logits[std::size_t(a)];
    const Real second = logits[std::size_t(b)];
    return first > second || (first == second && a < b);
  };
  order_.resize(logits.size());
  std::iota(order_.begin(), order_.end(), 0);
  if (sampling_.temperature == 0) return *std::min_element(order_.begin(), order_.end(), likelier);
  if (sampling_.top_k > 0 && std::size_t(sampling_.top_k) < order_.size()) {
    std::nth_element(order_.begin(), order_.begin() + sampling_.top_k, order_.end(), likelier);
    order_.resize(std::size_t(sampling_.top_k));
    std::sort(order_.begin(),
              order_.end());  // the order of the sum below must not depend on the implementation of nth_element
  }
  const double largest = logits[std::size_t(*std::min_element(order_.begin(), order_.end(), likelier))];
  weights_.clear();
  for (const int token : order_)
    weights_.push_back(std::exp((double(logits[std::size_t(token)]) - largest) / sampling_.temperature));
  double left = uniform * std::accumulate(weights_.begin(), weights_.end(), 0.0);
  for (std::size_t i = 0; i < order_.size(); ++i)
    if ((left -= weights_[i]) < 0) return order_[i];
  return order_[std::size_t(std::max_element(weights_.begin(), weights_.end()) -
                            weights_.begin())];  // reached only through rounding
}
template int Sampler::draw(std::span<const float>);
template int Sampler::draw(std::span<const double>);

template <class Real>
std::vector<int> generate(Sequence<Real>& sequence, std::span<const int> prompt, int tokens, Sampler& sampler,
                          const std::function<bool(int)>& on_token) {
  if (prompt.empty()) throw ConfigError("generate: the prompt has no tokens, expected at least 1");
  if (tokens < 1) throw ConfigError(fmt::format("generate: {} tokens: must be at least 1", tokens));
  const std::size_t length = std::size_t(sequence.tokens()) + prompt.size() + std::size_t(tokens) - 1;
  if (length > std::size_t(sequence.longest()))
    throw ConfigError(fmt::format("generate: {} tokens after a prompt of {}: must be at most {} in total", tokens,
                                  std::size_t(sequence.tokens()) + prompt.size(), sequence.longest() + 1));
  std::vector<int> drawn;
  drawn.reserve(std::size_t(tokens));
  sequence.append(prompt);
  while (true) {
    drawn.push_back(sampler.draw(sequence.logits(1)));
    const bool goes_on = !on_token || on_token(drawn.back());
    if (!goes_on || drawn.size() == std::size_t(tokens)) return drawn;
    sequence.append({&drawn.back(), 1});
  }
}
template std::vector<int> generate(Sequence<float>&, std::span<const int>, int, Sampler&,
                                   const std::function<bool(int)>&);
template std::vector<int> generate(Sequence<double>&, std::span<const int>, int, Sampler&,
                                   const std::function<bool(int)>&);

}  // namespace tripartite::transformer
