#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "tripartite/attention/engine.hpp"
#include "tripartite/integrate/linear_scheme.hpp"

namespace tripartite::tests {

/// Independent implementation of part A of docs/models.md for a batch of heads in float64: every neuron and every
/// synapse is stepped individually with plain loops; nothing is factored, tabulated or summed in advance.
/// Stepping solvers: the textbook methods on the whole state. `exact`, without a calcium model: the plan's panels,
/// every state integrated against the interpolation of its own drive, synapse by synapse.
class NetworkOracle {
 public:
  /// What `exact` does where the drive of a hidden neuron has a kink: what the engines do, that is to replace the drive
  /// by the polynomial of the same moments over the panel; or to cut the panel there into pieces without a kink.
  enum class Kinks { projected, cut };

  NetworkOracle(const attention::EngineSetup& setup, std::vector<double> query, std::vector<double> key,
                std::vector<double> value, Kinks kinks = Kinks::projected);

  void advance(attention::Phase phase, int token, double duration);
  void store_key(int token);
  /// Layout of tripartite/attention/state.hpp.
  std::vector<double> field(attention::Field field, int head) const;

 private:
  /// One head: inputs k, q, v, rates h, outputs l, synapses H, g, p, concatenated; field f begins at at_[f]. Then, with
  /// a calcium model, IP3, calcium and h of every synapse's cell, from which p is computed after every step and stage.
  using State = std::vector<double>;
  struct Input {
    int head;
    attention::Phase phase;
    int token;
  };

  double token_value(const std::vector<double>& tokens, const Input& input, int channel) const;
  std::vector<double> hidden_drive(const State& y, const Input& input) const;
  /// kappa of every state except those of cells, and its drive: y' = -kappa y + drive.
  void rates(std::vector<double>& kappa, const Input& input) const;
  /// The drives, and kappa of cells.
  void drives(const State& y, const Input& input, std::vector<double>& drive, std::vector<double>& kappa) const;
  void step(State& y, const Input& input, double dt) const;
  void collocate(State& y, const Input& input, double duration, double since_change);
  void collocate_panel(State& y, const Input& input, double length, const std::vector<double>& kappa);
  /// `y` with its input filters `time` [s] on.
  State with_inputs_after(const State& y, const Input& input, double time) const;
  /// For each hidden neuron, the times in (0, length) [s] at which its drive has a kink, ascending.
  std::vector<std::vector<double>> kinks(const State& y, const Input& input, double length) const;
  /// Appends the times in (begin, end] [s] from which on another slot has the largest logit.
  void find_changes(const State& y, const Input& input, double begin, double end, std::vector<double>& changes) const;
  /// Drives of the hidden neurons at the stages of a panel.
  std::vector<std::vector<double>> hidden_drives(const State& y, const Input& input, double length);
  int astrocyte_of(int row) const;
  bool has_cells() const { return setup_.parameters.has_calcium_model(); }
  /// Gain and loss of IP3, calcium and h of a cell during IP3 production: y' = gain - loss y.
  void cell_rates(const double* cell, double produced, double factor, double* gain, double* loss) const;
  /// p of every synapse from the calcium of its cell.
  void read_cells(State& y, int head) const;

  attention::EngineSetup setup_;
  Kinks kinks_;
  std::vector<double> query_, key_, value_;  // [tokens][heads * width]
  std::vector<std::size_t> at_;
  std::vector<State> heads_;
  std::vector<std::vector<double>> stored_keys_;                                           // by head [hidden][width]
  std::map<std::pair<double, double>, std::unique_ptr<integrate::LinearScheme>> schemes_;  // by kappa and length
  std::vector<double> calcium_rates_;  // rates from which the plan chooses its panels
  int stored_ = 0;
  int held_token_ = -2;
  bool held_reading_ = false;
  double held_time_ = 0;
};

}  // namespace tripartite::tests
