#pragma once

#include <string_view>

#include "host/run/checkpoints.hpp"
#include "tripartite/attention/network_attention.hpp"

namespace tripartite::simulation {

/// A network in place of attention that keeps what each layer found: where it was kept before, the layer is not
/// integrated again. For one sequence that is read as a whole; a later call could not go on in such a layer.
template <class Real>
class KeptAttention final : public transformer::Attention<Real>, private attention::NetworkObserver {
 public:
  /// `observer`, which outlives this object, is told what it would be told by the network, but for the phases of layers
  /// that are not integrated again, of which it hears at once. `checkpoints` may be null.
  KeptAttention(const transformer::AttentionShape& shape, const attention::NetworkOptions& options,
                attention::NetworkObserver& observer, run::Checkpoints* checkpoints);

  const attention::NetworkAttention<Real>& network() const { return network_; }
  /// Whether the layer in progress was kept before.
  bool is_kept() const { return is_kept_; }

  void attend(int layer, int first_token, int tokens, const Real* query, const Real* key, const Real* value,
              Real* context) override;
  void reset() override { network_.reset(); }

 private:
  /// What the observer was told.
  struct Told {
    int phase, token;
    double begin, end;
  };

  void advanced(int layer, attention::Phase phase, int token, double begin, double end) override;
  void recorded(int layer, std::span<const double> times, std::span<const double> values) override;
  bool should_stop() const override { return observer_.should_stop(); }

  attention::NetworkObserver& observer_;
  run::Checkpoints* checkpoints_;
  attention::NetworkAttention<Real> network_;
  // Of the layer in progress.
  bool is_kept_ = false;
  std::vector<Told> phases_;
  std::vector<std::vector<double>> times_, values_;
};

extern template class KeptAttention<float>;
extern template class KeptAttention<double>;

}  // namespace tripartite::simulation
