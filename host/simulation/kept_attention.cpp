#include "host/simulation/kept_attention.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/run/pieces.hpp"

namespace tripartite::simulation {

template <class Real>
KeptAttention<Real>::KeptAttention(const transformer::AttentionShape& shape, const attention::NetworkOptions& options,
                                   attention::NetworkObserver& observer, run::Checkpoints* checkpoints)
    : transformer::Attention<Real>(shape),
      observer_(observer),
      checkpoints_(checkpoints),
      network_(shape, options, this) {}

template <class Real>
void KeptAttention<Real>::advanced(int layer, attention::Phase phase, int token, double begin, double end) {
  observer_.advanced(layer, phase, token, begin, end);
  phases_.push_back({int(phase), token, begin, end});
}

template <class Real>
void KeptAttention<Real>::recorded(int layer, std::span<const double> times, std::span<const double> values) {
  observer_.recorded(layer, times, values);
  times_.emplace_back(times.begin(), times.end());
  values_.emplace_back(values.begin(), values.end());
}

template <class Real>
void KeptAttention<Real>::attend(int layer, int first_token, int tokens, const Real* query, const Real* key,
                                 const Real* value, Real* context) {
  const std::size_t size = std::size_t(tokens) * std::size_t(this->shape().width());
  const std::string name = fmt::format("layer {}, tokens {} to {}", layer, first_token, first_token + tokens);
  is_kept_ = run::is_kept(checkpoints_, name);
  if (is_kept_) {
    run::PieceReader piece(*checkpoints_->finished(name));
    const auto found = piece.get_all<Real>();
    std::copy_n(found.begin(), std::min(size, found.size()), context);
    for (auto left = piece.get<std::uint64_t>(); left > 0; --left) {
      const auto times = piece.get_all<double>(), values = piece.get_all<double>();
      observer_.recorded(layer, times, values);
    }
    for (const Told& told : piece.get_all<Told>())
      observer_.advanced(layer, attention::Phase(told.phase), told.token, told.begin, told.end);
    return;
  }
  phases_.clear();
  times_.clear();
  values_.clear();
  network_.attend(layer, first_token, tokens, query, key, value, context);
  if (checkpoints_ == nullptr) return;
  run::PieceWriter piece;
  piece.put_all(std::span<const Real>(context, size)).put(std::uint64_t(times_.size()));
  for (std::size_t i = 0; i < times_.size(); ++i)
    piece.put_all(std::span<const double>(times_[i])).put_all(std::span<const double>(values_[i]));
  piece.put_all(std::span<const Told>(phases_));
  checkpoints_->finish(name, piece.bytes());
}

template class KeptAttention<float>;
template class KeptAttention<double>;

}  // namespace tripartite::simulation
