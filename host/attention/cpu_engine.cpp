#include <omp.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "host/attention/aligned.hpp"
#include "host/attention/cpu_kernels.hpp"
#include "host/attention/setup_check.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/attention/phase_plan.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention {
namespace {

using cpu::Scheme;

template <class Real>
Scheme<Real> narrowed(const integrate::LinearScheme& from) {
  Scheme<Real> to{};
  to.loss = Real(from.loss);
  to.decay = Real(from.decay);
  for (int s = 0; s < from.stages; ++s) {
    to.weight[s] = Real(from.weight[s]);
    to.stage_decay[s] = Real(from.stage_decay[s]);
    for (int r = 0; r < from.stages; ++r) to.stage_weight[s][r] = Real(from.stage_weight[s][r]);
  }
  return to;
}

template <class Real>
std::vector<Scheme<Real>> narrowed(const std::vector<integrate::LinearScheme>& from) {
  std::vector<Scheme<Real>> to;
  for (const auto& scheme : from) to.push_back(narrowed<Real>(scheme));
  return to;
}

/// A phase plan in working precision, with what the exact propagator needs beyond it.
template <class Real>
struct Plan {
  PhasePlan time;
  std::vector<Real> rho;
  std::vector<Scheme<Real>> hidden, output, hebbian, store;
  std::vector<std::vector<Scheme<Real>>> calcium;  // [node][kind]
  int window_panel = 0;                            // exact read: first panel whose current reaches the sample

  explicit Plan(PhasePlan plan, double tau_output) : time(std::move(plan)) {
    rho.assign(time.rho.begin(), time.rho.end());
    hidden = narrowed<Real>(time.hidden);
    output = narrowed<Real>(time.output);
    hebbian = narrowed<Real>(time.hebbian);
    store = narrowed<Real>(time.store);
    for (const auto& node : time.calcium) calcium.push_back(narrowed<Real>(node));
    if (time.phase == Phase::read) window_panel = first_relevant_panel(time, tau_output);
  }
};

/// One linear state with scalar drive per stage, e.g. one neuron of the last layer.
template <class Real>
Real step(const Scheme<Real>& scheme, int stages, Real state, const Real* drive) {
  Real change = 0;
  for (int s = 0; s < stages; ++s) change += scheme.weight[s] * drive[s];
  return state + (change - scheme.loss * state);
}

template <class Real>
Real stage_value(const Scheme<Real>& scheme, int stages, int s, Real state, const Real* drive) {
  Real y = scheme.stage_decay[s] * state;
  for (int r = 0; r < stages; ++r) y += scheme.stage_weight[s][r] * drive[r];
  return y;
}

/// Scalar part of an exponential feature map as a polynomial in rho.
template <class Real>
struct ScalarDrive {
  Real constant = 0, linear = 0, square = 0;
  Real at(Real rho) const { return constant + rho * (linear + rho * square); }
};

template <class Real>
struct Side {
  AlignedVector<Real> projection;  // [hidden x width]
  AlignedVector<Real> offset;      // [hidden]
  std::vector<Real> norm, norm_offset, linear;
  Real constant = 0;
};

template <class Real>
Side<Real> narrowed(const FeatureSide& from) {
  Side<Real> to;
  to.projection.assign(from.projection.begin(), from.projection.end());
  to.offset.assign(from.offset.begin(), from.offset.end());
  to.norm.assign(from.norm.begin(), from.norm.end());
  to.norm_offset.assign(from.norm_offset.begin(), from.norm_offset.end());
  to.linear.assign(from.linear.begin(), from.linear.end());
  to.constant = Real(from.constant);
  return to;
}

/// A batch of few synapses is done before a second thread has woken up.
int useful_threads(const EngineSetup& setup, int threads) {
  constexpr std::size_t synapses_worth_a_thread = 4096;
  const std::size_t synapses = setup.maps.size() * std::size_t(setup.width) * std::size_t(setup.hidden);
  return int(std::clamp<std::size_t>(synapses / synapses_worth_a_thread, 1, std::size_t(threads)));
}

template <class Real>
class CpuEngine final : public Engine<Real> {
 public:
  CpuEngine(const EngineSetup& setup, int threads)
      : setup_(setup),
        heads_(setup.heads()),
        width_(setup.width),
        hidden_(setup.hidden),
        stride_((setup.hidden + 15) / 16 * 16),
        astrocytes_(setup.parameters.astrocytes),
        threads_(useful_threads(setup, threads > 0 ? threads : omp_get_max_threads())),
        kernels_(cpu::kernels<Real>(best_instruction_set())) {
    check_setup(setup);
    const std::size_t rows = std::size_t(heads_) * width_, synapses = rows * stride_;
    for (const FeatureMap& map : setup.maps) {
      key_side_.push_back(narrowed<Real>(map.key));
      query_side_.push_back(narrowed<Real>(map.query));
    }
    for (auto* tokens : {&query_tokens_, &key_tokens_, &value_tokens_, &outputs_})
      tokens->assign(std::size_t(setup.tokens) * rows, Real(0));
    for (auto* state : {&key_, &query_, &value_, &output_}) state->assign(rows, Real(0));
    rates_.assign(std::size_t(heads_) * stride_, Real(0));
    for (auto* state : {&hebbian_, &store_, &calcium_}) state->assign(synapses, Real(0));
    column_sum_.assign(std::size_t(heads_) * astrocytes_ * stride_, Real(0));
    if (uses_slots()) stored_key_.assign(std::size_t(heads_) * hidden_ * width_, Real(0));
    z_inf_.assign(std::size_t(heads_) * stride_, Real(0));
    delta_.assign(std::size_t(heads_) * stride_, Real(0));
    prepare_factors();
  }

  void load_tokens(int first, int count, const Real* query, const Real* key, const Real* value) override {
    check_tokens(setup_, first, count);
    const std::size_t row = std::size_t(heads_) * width_, begin = std::size_t(first) * row,
                      values = std::size_t(count) * row;
    std::copy_n(query, values, query_tokens_.begin() + std::ptrdiff_t(begin));
    std::copy_n(key, values, key_tokens_.begin() + std::ptrdiff_t(begin));
    std::copy_n(value, values, value_tokens_.begin() + std::ptrdiff_t(begin));
  }

  void advance(Phase phase, int token, double duration, std::span<const double> observe) override {
    if (duration == 0) return;
    if (phase != Phase::delay) check_tokens(setup_, token, 1);
    const std::pair<int, bool> held{phase == Phase::delay ? -1 : token, phase == Phase::read};
    if (held != held_) since_change_ = 0;
    held_ = held;
    const Plan<Real>& plan = plan_for(phase, duration, observe);
    since_change_ += duration;

    prepare_drive(plan, token);
    if (setup_.parameters.solver == Solver::exact)
      propagate(plan, token);
    else
      step_through(plan, token);
    finish_filters(plan, token);
  }

  void store_key(int token) override {
    check_tokens(setup_, token, 1);
    if (!uses_slots()) return;
    for (int head = 0; head < heads_; ++head)
      std::copy_n(&key_[std::size_t(head) * width_], width_,
                  &stored_key_[(std::size_t(head) * hidden_ + token) * width_]);
    stored_ = std::max(stored_, token + 1);
  }

  void sample(int token) override {
    check_tokens(setup_, token, 1);
    const std::size_t row = std::size_t(heads_) * width_;
    for (std::size_t i = 0; i < row; ++i)
      if (!std::isfinite(output_[i]))
        throw NumericsError("output l of head " + std::to_string(i / width_) + ", neuron " +
                            std::to_string(i % width_) + " is not finite at the read of token " +
                            std::to_string(token));
    std::copy(output_.begin(), output_.end(), outputs_.begin() + std::ptrdiff_t(token * row));
  }

  void outputs(int first, int count, Real* context) override {
    check_tokens(setup_, first, count);
    const std::size_t row = std::size_t(heads_) * width_;
    std::copy_n(outputs_.begin() + std::ptrdiff_t(first * row), std::size_t(count) * row, context);
  }

  void reset() override {
    for (auto* state : {&key_, &query_, &value_, &output_}) std::fill(state->begin(), state->end(), Real(0));
    for (auto* state : {&rates_, &hebbian_, &store_, &calcium_, &column_sum_, &stored_key_})
      std::fill(state->begin(), state->end(), Real(0));
    stored_ = 0;
    held_ = {-2, false};
    frames_.clear();
  }

  void set_probes(std::vector<Probe> probes) override {
    for (const Probe& probe : probes) {
      const Extent extent = info(probe.field).extent;
      const std::size_t size = extent == Extent::width    ? std::size_t(width_)
                               : extent == Extent::hidden ? std::size_t(hidden_)
                                                          : std::size_t(width_) * std::size_t(hidden_);
      if (probe.head < 0 || probe.head >= heads_ || probe.index >= size)
        throw ConfigError("recording of " + std::string(info(probe.field).name) + ": head " +
                          std::to_string(probe.head) + ", element " + std::to_string(probe.index) +
                          " does not exist (" + std::to_string(heads_) + " heads, " + std::to_string(size) +
                          " elements)");
    }
    probes_ = std::move(probes);
    frames_.clear();
  }

  std::vector<Real> take_frames() override { return std::exchange(frames_, {}); }

  std::vector<Real> field(Field field, int head) override {
    const auto& info = attention::info(field);
    std::vector<Real> values;
    const std::size_t count = info.extent == Extent::width    ? std::size_t(width_)
                              : info.extent == Extent::hidden ? std::size_t(hidden_)
                                                              : std::size_t(width_) * std::size_t(hidden_);
    values.reserve(count);
    for (std::size_t index = 0; index < count; ++index) values.push_back(value_of({field, head, index}));
    return values;
  }

 private:
  bool uses_slots() const { return setup_.maps.front().activation == Activation::slots; }
  bool exact() const { return setup_.parameters.solver == Solver::exact; }
  int astrocyte_of(int row) const { return int(std::int64_t(row) * astrocytes_ / width_); }

  void prepare_factors() {
    const std::size_t synapses = std::size_t(heads_) * width_ * stride_;
    double low = 1 / setup_.parameters.tau_calcium, high = low;
    const auto spread = [&](auto member, AlignedVector<Real>& target, auto transform) {
      bool any = false;
      for (const SynapseFactors& factors : setup_.factors) any = any || !(factors.*member).empty();
      if (!any) return;
      target.assign(synapses, transform(1.0));
      for (int head = 0; head < heads_; ++head) {
        const auto& values = setup_.factors[std::size_t(head)].*member;
        if (values.empty()) continue;
        for (int row = 0; row < width_; ++row)
          for (int j = 0; j < hidden_; ++j)
            target[(std::size_t(head) * width_ + row) * stride_ + j] =
                transform(values[std::size_t(row) * hidden_ + j]);
      }
    };
    const auto same = [](double factor) { return Real(factor); };
    spread(&SynapseFactors::hebbian, hebbian_factor_, same);
    spread(&SynapseFactors::store, store_factor_, same);
    // The sweeps take both or neither.
    if (hebbian_factor_.empty() != store_factor_.empty())
      (hebbian_factor_.empty() ? hebbian_factor_ : store_factor_).assign(synapses, Real(1));
    bool own_rates = false;
    for (const SynapseFactors& factors : setup_.factors) {
      for (const double tau : factors.tau_calcium) {
        low = std::min(low, 1 / tau);
        high = std::max(high, 1 / tau);
        own_rates = true;
      }
    }
    if (own_rates) {
      calcium_rate_.assign(synapses, Real(0.5 * (low + high)));
      for (int head = 0; head < heads_; ++head)
        for (int row = 0; row < width_; ++row)
          for (int j = 0; j < hidden_; ++j) {
            const auto& tau = setup_.factors[std::size_t(head)].tau_calcium;
            calcium_rate_[(std::size_t(head) * width_ + row) * stride_ + j] =
                Real(1 / (tau.empty() ? setup_.parameters.tau_calcium : tau[std::size_t(row) * hidden_ + j]));
          }
    }
    const Parameters& p = setup_.parameters;
    const double longest = std::max({p.settle_time, p.write_time, p.delay_time, p.read_time});
    calcium_kappas_ = own_rates && exact() ? calcium_nodes(low, high, longest) : std::vector<double>{1 / p.tau_calcium};
    rate_low_ = Real(low);
    rate_high_ = Real(high);

    column_factor_.assign(std::size_t(heads_) * astrocytes_ * stride_, Real(0));
    astrocyte_rows_.assign(std::size_t(astrocytes_), 0);
    for (int row = 0; row < width_; ++row) ++astrocyte_rows_[std::size_t(astrocyte_of(row))];
    for (int head = 0; head < heads_; ++head)
      for (int row = 0; row < width_; ++row)
        for (int j = 0; j < hidden_; ++j)
          column_factor_[(std::size_t(head) * astrocytes_ + astrocyte_of(row)) * stride_ + j] +=
              store_factor_.empty() ? Real(1) : store_factor_[(std::size_t(head) * width_ + row) * stride_ + j];
  }

  const Plan<Real>& plan_for(Phase phase, double duration, std::span<const double> observe) {
    const double age = exact() ? since_change_ : 0;  // stepping solvers do not look at it
    auto key = std::make_tuple(phase, duration, age, std::vector<double>(observe.begin(), observe.end()));
    auto found = plans_.find(key);
    if (found == plans_.end())
      found = plans_
                  .emplace(std::move(key),
                           Plan<Real>(plan_phase(setup_.parameters, phase, duration, age, observe, calcium_kappas_),
                                      setup_.parameters.tau_output))
                  .first;
    return found->second;
  }

  /// Targets of the input filters of one head: the held token's projections, or nothing in a delay.
  struct Inputs {
    std::vector<Real> infinity, difference;  // [width]: x_inf and x_0 - x_inf
  };

  Inputs inputs_of(const AlignedVector<Real>& tokens, const AlignedVector<Real>& state, int head, int token,
                   bool silent) const {
    Inputs inputs{std::vector<Real>(std::size_t(width_)), std::vector<Real>(std::size_t(width_))};
    for (int i = 0; i < width_; ++i) {
      const std::size_t neuron = std::size_t(head) * width_ + i;
      inputs.infinity[std::size_t(i)] = silent ? Real(0) : tokens[std::size_t(token) * heads_ * width_ + neuron];
      inputs.difference[std::size_t(i)] = state[neuron] - inputs.infinity[std::size_t(i)];
    }
    return inputs;
  }

  /// Logits of the hidden neurons as functions of rho: z_inf + rho delta, and the scalar part of the exponent.
  void prepare_drive(const Plan<Real>& plan, int token) {
    const bool reading = plan.time.phase == Phase::read, silent = plan.time.phase == Phase::delay;
    const int stages = plan.time.panels() * plan.time.stages;
    scalar_.resize(std::size_t(heads_) * stages);
#pragma omp parallel for schedule(static) num_threads(threads_)
    for (int head = 0; head < heads_; ++head) {
      Real* z_inf = &z_inf_[std::size_t(head) * stride_];
      Real* delta = &delta_[std::size_t(head) * stride_];
      Real* scalar = &scalar_[std::size_t(head) * stages];
      const Inputs x = reading ? inputs_of(query_tokens_, query_, head, token, silent)
                               : inputs_of(key_tokens_, key_, head, token, silent);
      if (uses_slots()) {
        prepare_slots(x, head, reading, silent ? -1 : token, z_inf, delta);
        for (int s = 0; s < stages; ++s)
          scalar[s] = reading && stored_ > 0 ? -kernels_.largest_logit(z_inf, delta, plan.rho[std::size_t(s)], stored_)
                                             : Real(0);
        continue;
      }
      const Side<Real>& side = reading ? query_side_[std::size_t(head)] : key_side_[std::size_t(head)];
      for (int j = 0; j < hidden_; ++j) {
        Real at_infinity = side.offset.empty() ? Real(0) : side.offset[std::size_t(j)], difference = 0;
        const Real* row = &side.projection[std::size_t(j) * width_];
        for (int i = 0; i < width_; ++i) {
          at_infinity += row[i] * x.infinity[std::size_t(i)];
          difference += row[i] * x.difference[std::size_t(i)];
        }
        z_inf[j] = at_infinity;
        delta[j] = difference;
      }
      mute_padding(z_inf, delta);
      const ScalarDrive<Real> drive = scalar_drive(side, x);
      for (int s = 0; s < stages; ++s) scalar[s] = drive.at(plan.rho[std::size_t(s)]);
    }
  }

  /// Columns beyond the last neuron must stay silent whatever the feature map: e^-inf = 0, max(0, -inf) = 0.
  void mute_padding(Real* z_inf, Real* delta) const {
    for (int j = hidden_; j < stride_; ++j) {
      z_inf[j] = -std::numeric_limits<Real>::infinity();
      delta[j] = 0;
    }
  }

  void prepare_slots(const Inputs& x, int head, bool reading, int token, Real* z_inf, Real* delta) const {
    const Real scale = Real(1 / std::sqrt(double(width_)));
    for (int j = 0; j < stride_; ++j) {
      delta[j] = 0;
      if (!reading) {  // one-hot: neuron `token` is driven to 1, the others to 0
        z_inf[j] = j == token ? Real(1) : Real(0);
        continue;
      }
      z_inf[j] = -std::numeric_limits<Real>::infinity();
      if (j >= stored_) continue;
      const Real* key = &stored_key_[(std::size_t(head) * hidden_ + j) * width_];
      Real at_infinity = 0, difference = 0;
      for (int i = 0; i < width_; ++i) {
        at_infinity += key[i] * x.infinity[std::size_t(i)];
        difference += key[i] * x.difference[std::size_t(i)];
      }
      z_inf[j] = at_infinity * scale;
      delta[j] = difference * scale;
    }
  }

  ScalarDrive<Real> scalar_drive(const Side<Real>& side, const Inputs& x) const {
    ScalarDrive<Real> drive;
    drive.constant = side.constant;
    for (std::size_t i = 0; i < side.linear.size(); ++i) {
      drive.constant += side.linear[i] * x.infinity[i];
      drive.linear += side.linear[i] * x.difference[i];
    }
    for (int r = 0; r < width_ && !side.norm.empty(); ++r) {
      Real at_infinity = side.norm_offset.empty() ? Real(0) : side.norm_offset[std::size_t(r)], difference = 0;
      for (int i = 0; i < width_; ++i) {
        at_infinity += side.norm[std::size_t(r) * width_ + i] * x.infinity[std::size_t(i)];
        difference += side.norm[std::size_t(r) * width_ + i] * x.difference[std::size_t(i)];
      }
      drive.constant -= at_infinity * at_infinity / 2;
      drive.linear -= at_infinity * difference;
      drive.square -= difference * difference / 2;
    }
    return drive;
  }

  /// Neurons of one head through panels [first, first + count): h, G and, while writing, l at every stage.
  /// `stages_before` stages of the phase precede this chunk.
  void advance_neurons(const Plan<Real>& plan, int head, int token, int first, int count) {
    const int stages = plan.time.stages, before = first * stages, all = plan.time.panels() * stages;
    const bool reading = plan.time.phase == Phase::read, silent = plan.time.phase == Phase::delay;
    cpu::HiddenRun<Real> hidden{};
    hidden.drive = uses_slots() ? (reading && stored_ > 0 ? cpu::Drive::exponential : cpu::Drive::relu)
                                : drive_of(setup_.maps[std::size_t(head)].activation);
    hidden.panels = count;
    hidden.stages = stages;
    hidden.stride = stride_;
    hidden.z_inf = &z_inf_[std::size_t(head) * stride_];
    hidden.delta = &delta_[std::size_t(head) * stride_];
    hidden.rho = &plan.rho[std::size_t(before)];
    hidden.scalar = &scalar_[std::size_t(head) * all + before];
    hidden.kind = &plan.time.kind[std::size_t(first)];
    hidden.scheme = plan.hidden.data();
    hidden.rates = &rates_[std::size_t(head) * stride_];
    hidden.trajectory = &trajectory_[std::size_t(head) * chunk_ * stages * stride_];
    hidden.after = rates_after_.empty() ? nullptr : &rates_after_[std::size_t(head) * chunk_ * stride_];
    kernels_.hidden(hidden);

    for (int astrocyte = 0; astrocyte < astrocytes_; ++astrocyte) {
      const std::size_t column = (std::size_t(head) * astrocytes_ + astrocyte) * stride_;
      cpu::StoreRun<Real> store{};
      store.plastic = plan.time.phase == Phase::write;
      store.panels = count;
      store.stages = stages;
      store.stride = stride_;
      store.rows = Real(astrocyte_rows_[std::size_t(astrocyte)]);
      store.column_factor = &column_factor_[column];
      store.trajectory = hidden.trajectory;
      store.kind = hidden.kind;
      store.scheme = plan.store.data();
      store.column_sum = &column_sum_[column];
      store.global = &global_[(std::size_t(head) * astrocytes_ + astrocyte) * chunk_ * stages];
      kernels_.store(store);
    }
    if (!reading) advance_outputs_by_value(plan, head, token, first, count, silent);
  }

  static cpu::Drive drive_of(Activation activation) {
    switch (activation) {
      case Activation::exponential: return cpu::Drive::exponential;
      case Activation::relu: return cpu::Drive::relu;
      default: return cpu::Drive::elu1;
    }
  }

  /// r = 0: the last layer follows the filtered value.
  void advance_outputs_by_value(const Plan<Real>& plan, int head, int token, int first, int count, bool silent) {
    const int stages = plan.time.stages;
    const Inputs v = inputs_of(value_tokens_, value_, head, token, silent);
    for (int row = 0; row < width_; ++row) {
      const std::size_t neuron = std::size_t(head) * width_ + row;
      Real* trajectory = &current_[neuron * chunk_ * stages];
      for (int panel = 0; panel < count; ++panel) {
        const Scheme<Real>& scheme = plan.output[std::size_t(plan.time.kind[std::size_t(first + panel)])];
        Real drive[integrate::max_stages];
        for (int s = 0; s < stages; ++s)
          drive[s] = v.infinity[std::size_t(row)] +
                     plan.rho[std::size_t((first + panel) * stages + s)] * v.difference[std::size_t(row)];
        for (int s = 0; s < stages; ++s)
          trajectory[panel * stages + s] = stage_value(scheme, stages, s, output_[neuron], drive);
        output_[neuron] = step(scheme, stages, output_[neuron], drive);
        if (!outputs_after_.empty()) outputs_after_[neuron * chunk_ + panel] = output_[neuron];
      }
    }
  }

  /// r = 1: the last layer follows the currents that the row collected in panels [first, first + count).
  void advance_output_by_current(const Plan<Real>& plan, std::size_t neuron, int first, int count,
                                 const Real* current) {
    const int stages = plan.time.stages;
    for (int panel = 0; panel < count; ++panel) {
      const Scheme<Real>& scheme = plan.output[std::size_t(plan.time.kind[std::size_t(first + panel)])];
      output_[neuron] = step(scheme, stages, output_[neuron], current + panel * stages);
      if (!outputs_after_.empty()) outputs_after_[neuron * chunk_ + first + panel] = output_[neuron];
    }
  }

  void size_chunk(int panels, int stages) {
    chunk_ = panels;
    trajectory_.resize(std::size_t(heads_) * panels * stages * stride_);
    global_.resize(std::size_t(heads_) * astrocytes_ * panels * stages);
    current_.resize(std::size_t(heads_) * width_ * panels * stages);
  }

  // --- stepping solvers
  // -------------------------------------------------------------------------------------------------

  void step_through(const Plan<Real>& plan, int token) {
    const int stages = plan.time.stages;
    // The trajectory of a chunk stays in the second-level cache while all rows of the head pass over it.
    const int fitting = std::max(1, int(262144 / (sizeof(Real) * std::size_t(stages) * stride_)));
    std::size_t observed = 0;
    for (int first = 0; first < plan.time.panels();) {
      int last = std::min(first + std::clamp(fitting, 8, 256), plan.time.panels());
      const bool frame_due = observed < plan.time.observe_after.size() && plan.time.observe_after[observed] < last;
      if (frame_due) last = plan.time.observe_after[observed] + 1;
      size_chunk(last - first, stages);
#pragma omp parallel num_threads(threads_)
      {
#pragma omp for schedule(static)
        for (int head = 0; head < heads_; ++head) advance_neurons(plan, head, token, first, last - first);
#pragma omp for schedule(dynamic, 4)
        for (int row = 0; row < heads_ * width_; ++row) step_row(plan, row, first, last - first);
      }
      if (frame_due) {
        finished_panels_ = last;
        append_frame(plan, token);
        ++observed;
      }
      first = last;
    }
  }

  void step_row(const Plan<Real>& plan, int row, int first, int count) {
    const int stages = plan.time.stages, head = row / width_;
    const std::size_t synapse = std::size_t(row) * stride_;
    cpu::RowRun<Real> run{};
    run.plastic = plan.time.phase == Phase::write;
    run.panels = count;
    run.stages = stages;
    run.stride = stride_;
    run.trajectory = &trajectory_[std::size_t(head) * chunk_ * stages * stride_];
    run.global = &global_[(std::size_t(head) * astrocytes_ + astrocyte_of(row % width_)) * chunk_ * stages];
    run.output = run.current = &current_[std::size_t(row) * chunk_ * stages];
    run.hebbian = plan.hebbian.front();
    run.store = plan.store.front();
    run.calcium = plan.calcium.front().front();
    run.hebbian_factor = hebbian_factor_.empty() ? nullptr : &hebbian_factor_[synapse];
    run.store_factor = store_factor_.empty() ? nullptr : &store_factor_[synapse];
    run.calcium_rate = calcium_rate_.empty() ? nullptr : &calcium_rate_[synapse];
    run.dt = Real(setup_.parameters.dt);
    run.method = int(setup_.parameters.solver == Solver::euler ? integrate::LinearMethod::euler
                                                               : integrate::LinearMethod::exponential_euler);
    run.floor = Real(setup_.parameters.calcium_floor);
    run.hebbian_state = &hebbian_[synapse];
    run.store_state = &store_[synapse];
    run.calcium_state = &calcium_[synapse];
    if (plan.time.phase == Phase::read) {
      kernels_.read_row(run);
      // Trajectories of one chunk start at its first panel.
      for (int panel = 0; panel < count; ++panel)
        output_[std::size_t(row)] =
            step(plan.output.front(), stages, output_[std::size_t(row)], run.current + panel * stages);
    } else {
      kernels_.advance_row(run);
    }
    (void)first;
  }

  // --- exact propagator
  // -------------------------------------------------------------------------------------------------

  /// What a head shares among its rows in one phase of the propagator.
  struct HeadResponse {
    std::vector<Real> end;              // [astrocytes x nodes] calcium response at the end, Chebyshev coefficients
    std::vector<Real> window;           // [astrocytes x window x nodes] at the window's stages
    AlignedVector<Real> store_deposit;  // [stride]
    std::vector<Real> after;            // [astrocytes x panels x nodes] at panel ends, if probes want it
  };

  void propagate(const Plan<Real>& plan, int token) {
    const int panels = plan.time.panels(), stages = plan.time.stages, all = panels * stages;
    size_chunk(panels, stages);
    const bool recording = !plan.time.observe_after.empty() && !probes_.empty();
    rates_after_.assign(recording ? std::size_t(heads_) * panels * stride_ : 0, Real(0));
    outputs_after_.assign(recording ? std::size_t(heads_) * width_ * panels : 0, Real(0));
    bool whole_window = false;
    for (const Probe& probe : probes_) whole_window = whole_window || (recording && probe.field == Field::output);
    const int first_window = plan.time.phase != Phase::read ? panels : whole_window ? 0 : plan.window_panel;
    ProbeRun probe_run = begin_probes(plan);

    // Weights of every stage in H and g at the end of the phase, and decays since its beginning.
    std::vector<Real> hebbian_weight, store_weight, window_hebbian, window_time, window_decay;
    hebbian_weight.resize(std::size_t(all));
    store_weight.resize(std::size_t(all));
    double hebbian_left = 1, store_left = 1;
    for (int panel = panels - 1; panel >= 0; --panel) {
      const auto& hebbian = plan.time.hebbian[std::size_t(plan.time.kind[std::size_t(panel)])];
      const auto& store = plan.time.store[std::size_t(plan.time.kind[std::size_t(panel)])];
      for (int s = 0; s < stages; ++s) {
        hebbian_weight[std::size_t(panel * stages + s)] = Real(hebbian.weight[std::size_t(s)] * hebbian_left);
        store_weight[std::size_t(panel * stages + s)] = Real(store.weight[std::size_t(s)] * store_left);
      }
      hebbian_left *= hebbian.decay;
      store_left *= store.decay;
    }
    const auto times = integrate::stage_times(integrate::LinearMethod::collocation);
    double begin = 0;
    for (int panel = 0; panel < panels; ++panel) {
      for (int s = 0; s < stages && panel >= first_window; ++s) {
        const double time = begin + times[std::size_t(s)] * plan.time.lengths[std::size_t(panel)];
        window_time.push_back(Real(time));
        window_decay.push_back(Real(std::exp(-time * plan.time.calcium_kappa.front())));
        window_hebbian.push_back(Real(std::exp(-time * setup_.parameters.decay_hebbian)));
      }
      begin += plan.time.lengths[std::size_t(panel)];
    }
    const double duration = plan.time.duration;
    const int window = int(window_time.size()), nodes = int(plan.calcium.size());

    std::vector<HeadResponse> response(static_cast<std::size_t>(heads_));
    std::vector<Real> weighted(std::size_t(heads_) * width_ * all);
    constexpr int rows_at_once = 4;
    const int groups = (width_ + rows_at_once - 1) / rows_at_once;
#pragma omp parallel num_threads(threads_)
    {
#pragma omp for schedule(static)
      for (int head = 0; head < heads_; ++head) {
        advance_neurons(plan, head, token, 0, panels);
        response[std::size_t(head)] = calcium_response(plan, head, first_window, window);
        if (plan.time.phase == Phase::write) {
          response[std::size_t(head)].store_deposit = store_deposit(head, all, store_weight);
          for (int row = 0; row < width_; ++row)
            for (int s = 0; s < all; ++s) {
              const std::size_t at = (std::size_t(head) * width_ + row) * all + s;
              weighted[at] = current_[at] * hebbian_weight[std::size_t(s)];
            }
        }
      }
      // Probes look at H, g and p as they were at the start of the phase, so they go before the rows.
#pragma omp single
      if (recording) carry_probes(plan, probe_run);
#pragma omp for schedule(dynamic, 1)
      for (int task = 0; task < heads_ * groups; ++task) {
        const int head = task / groups, first_row = task % groups * rows_at_once;
        const HeadResponse& shared = response[std::size_t(head)];
        // Rows of one call share an astrocyte.
        for (int row = first_row; row < std::min(first_row + rows_at_once, width_);) {
          const int astrocyte = astrocyte_of(row);
          cpu::PropagateRun<Real> run{};
          run.plastic = plan.time.phase == Phase::write;
          run.stages = all;
          run.stride = stride_;
          run.trajectory = &trajectory_[std::size_t(head) * all * stride_];
          run.hebbian_loss = Real(-std::expm1(-setup_.parameters.decay_hebbian * duration));
          run.store_loss = Real(-std::expm1(-setup_.parameters.decay_store * duration));
          run.store_deposit = shared.store_deposit.data();
          run.nodes = nodes;
          run.rate_low = rate_low_;
          run.rate_high = rate_high_;
          run.duration = Real(duration);
          run.calcium_decay = Real(std::exp(-duration * plan.time.calcium_kappa.front()));
          run.response = &shared.end[std::size_t(astrocyte) * nodes];
          run.window = window;
          run.window_trajectory = run.trajectory + std::size_t(first_window) * stages * stride_;
          run.window_time = window_time.data();
          run.window_decay = window_decay.data();
          run.window_response = shared.window.data() + std::size_t(astrocyte) * window * nodes;
          run.window_hebbian = window_hebbian.data();
          run.floor = Real(setup_.parameters.calcium_floor);
          const int first_of_call = row;
          for (; row < std::min(first_row + rows_at_once, width_) && astrocyte_of(row) == astrocyte; ++row) {
            const std::size_t neuron = std::size_t(head) * width_ + row, synapse = neuron * stride_;
            const int slot = run.row_count++;
            run.output_weighted[slot] = &weighted[neuron * all];
            run.hebbian_factor[slot] = hebbian_factor_.empty() ? nullptr : &hebbian_factor_[synapse];
            run.store_factor[slot] = store_factor_.empty() ? nullptr : &store_factor_[synapse];
            run.calcium_rate[slot] = nodes == 1 ? nullptr : &calcium_rate_[synapse];
            run.hebbian_state[slot] = &hebbian_[synapse];
            run.store_state[slot] = &store_[synapse];
            run.calcium_state[slot] = &calcium_[synapse];
            run.current[slot] = &current_[neuron * all];
          }
          kernels_.propagate(run);
          for (int done = first_of_call; done < row && plan.time.phase == Phase::read; ++done) {
            const std::size_t neuron = std::size_t(head) * width_ + done;
            // Everything before the window has been forgotten: e^-30.
            advance_output_by_current(plan, neuron, first_window, panels - first_window,
                                      run.current[done - first_of_call]);
          }
        }
      }
    }
    if (recording) finish_probes(plan, token, probe_run);
    rates_after_.clear();
    outputs_after_.clear();
  }

  /// Response of p to G alone (zero initial value) as a Chebyshev series in kappa, at the end and at the window's
  /// stages.
  HeadResponse calcium_response(const Plan<Real>& plan, int head, int first_window, int window) const {
    const int panels = plan.time.panels(), stages = plan.time.stages, nodes = int(plan.calcium.size());
    HeadResponse response;
    response.end.resize(std::size_t(astrocytes_) * nodes);
    response.window.resize(std::size_t(astrocytes_) * window * nodes);
    std::vector<Real> state(static_cast<std::size_t>(nodes)), values(static_cast<std::size_t>(stages) * nodes);
    for (int astrocyte = 0; astrocyte < astrocytes_; ++astrocyte) {
      std::fill(state.begin(), state.end(), Real(0));
      const Real* global = &global_[(std::size_t(head) * astrocytes_ + astrocyte) * chunk_ * stages];
      int at = 0;
      for (int panel = 0; panel < panels; ++panel) {
        const std::size_t kind = std::size_t(plan.time.kind[std::size_t(panel)]);
        for (int s = 0; s < stages && panel >= first_window; ++s, ++at) {
          Real* values_now = &response.window[(std::size_t(astrocyte) * window + at) * nodes];
          for (int node = 0; node < nodes; ++node)
            values_now[node] = stage_value(plan.calcium[std::size_t(node)][kind], stages, s, state[std::size_t(node)],
                                           global + panel * stages);
          to_chebyshev(values_now, nodes);
        }
        for (int node = 0; node < nodes; ++node)
          state[std::size_t(node)] =
              step(plan.calcium[std::size_t(node)][kind], stages, state[std::size_t(node)], global + panel * stages);
      }
      std::copy(state.begin(), state.end(), response.end.begin() + std::ptrdiff_t(astrocyte) * nodes);
      to_chebyshev(&response.end[std::size_t(astrocyte) * nodes], nodes);
    }
    return response;
  }

  /// Values at Chebyshev nodes of the first kind to coefficients, in place.
  static void to_chebyshev(Real* values, int nodes) {
    if (nodes == 1) return;
    std::vector<double> coefficient(std::size_t(nodes), 0.0);
    for (int k = 0; k < nodes; ++k) {
      for (int i = 0; i < nodes; ++i)
        coefficient[std::size_t(k)] += double(values[i]) * std::cos(M_PI * k * (i + 0.5) / nodes);
      coefficient[std::size_t(k)] *= (k == 0 ? 1.0 : 2.0) / nodes;
    }
    for (int k = 0; k < nodes; ++k) values[k] = Real(coefficient[std::size_t(k)]);
  }

  AlignedVector<Real> store_deposit(int head, int stages, const std::vector<Real>& weight) const {
    AlignedVector<Real> deposit(std::size_t(stride_), Real(0));
    const Real* trajectory = &trajectory_[std::size_t(head) * stages * stride_];
    for (int s = 0; s < stages; ++s)
      for (int j = 0; j < stride_; ++j)
        deposit[std::size_t(j)] += weight[std::size_t(s)] * trajectory[std::size_t(s) * stride_ + j];
    return deposit;
  }

  /// Synapse probes of the propagator are carried panel by panel, since the rows jump over the whole phase.
  struct ProbeRun {
    std::vector<Real> state;                         // [probes]
    std::vector<std::vector<Scheme<Real>>> calcium;  // [probe][kind]
    std::vector<std::vector<Real>> frames;           // one per observation: synapse values, others filled in afterwards
  };

  ProbeRun begin_probes(const Plan<Real>& plan) const {
    ProbeRun run;
    if (plan.time.observe_after.empty()) return run;
    for (const Probe& probe : probes_) {
      run.state.push_back(value_of(probe));
      std::vector<Scheme<Real>> schemes;
      if (probe.field == Field::calcium) {
        schemes = plan.calcium.front();
        if (!calcium_rate_.empty()) {
          const double rate = double(calcium_rate_[padded_synapse(probe)]);
          schemes.clear();
          for (std::size_t kind = 0; kind < plan.hidden.size(); ++kind) {
            const auto panel =
                std::find(plan.time.kind.begin(), plan.time.kind.end(), int(kind)) - plan.time.kind.begin();
            auto scheme = integrate::linear_scheme(integrate::LinearMethod::collocation, rate,
                                                   plan.time.lengths[std::size_t(panel)]);
            for (double& weight : scheme.weight) weight *= rate;
            schemes.push_back(narrowed<Real>(scheme));
          }
        }
      }
      run.calcium.push_back(std::move(schemes));
    }
    return run;
  }

  std::size_t padded_synapse(const Probe& probe) const {
    return (std::size_t(probe.head) * width_ + probe.index / hidden_) * stride_ + probe.index % hidden_;
  }

  void carry_probes(const Plan<Real>& plan, ProbeRun& run) const {
    const int stages = plan.time.stages;
    const bool plastic = plan.time.phase == Phase::write;
    std::size_t observed = 0;
    for (int panel = 0; panel < plan.time.panels(); ++panel) {
      const std::size_t kind = std::size_t(plan.time.kind[std::size_t(panel)]);
      for (std::size_t n = 0; n < probes_.size(); ++n) {
        const Probe& probe = probes_[n];
        if (info(probe.field).extent != Extent::synapse) continue;
        const int row = int(probe.index) / hidden_, column = int(probe.index) % hidden_;
        Real drive[integrate::max_stages] = {};
        for (int s = 0; s < stages; ++s) {
          const int stage = panel * stages + s;
          const Real rate = trajectory_[(std::size_t(probe.head) * chunk_ * stages + stage) * stride_ + column];
          const Real output = current_[(std::size_t(probe.head) * width_ + row) * chunk_ * stages + stage];
          if (probe.field == Field::calcium)
            drive[s] = global_[(std::size_t(probe.head) * astrocytes_ + astrocyte_of(row)) * chunk_ * stages + stage];
          else if (plastic && probe.field == Field::hebbian)
            drive[s] = output * rate * (hebbian_factor_.empty() ? Real(1) : hebbian_factor_[padded_synapse(probe)]);
          else if (plastic)
            drive[s] = rate * (store_factor_.empty() ? Real(1) : store_factor_[padded_synapse(probe)]);
        }
        const Scheme<Real>& scheme = probe.field == Field::calcium   ? run.calcium[n][kind]
                                     : probe.field == Field::hebbian ? plan.hebbian[kind]
                                                                     : plan.store[kind];
        run.state[n] = step(scheme, stages, run.state[n], drive);
      }
      if (observed < plan.time.observe_after.size() && plan.time.observe_after[observed] == panel) {
        run.frames.push_back(run.state);
        ++observed;
      }
    }
  }

  void finish_probes(const Plan<Real>& plan, int token, ProbeRun& run) {
    for (std::size_t frame = 0; frame < run.frames.size(); ++frame) {
      const int panel = plan.time.observe_after[frame];
      for (std::size_t n = 0; n < probes_.size(); ++n) {
        const Probe& probe = probes_[n];
        Real& value = run.frames[frame][n];
        if (probe.field == Field::hidden)
          value = rates_after_[(std::size_t(probe.head) * chunk_ + panel) * stride_ + probe.index];
        else if (probe.field == Field::output)
          value = outputs_after_[(std::size_t(probe.head) * width_ + probe.index) * chunk_ + panel];
        else if (info(probe.field).extent == Extent::width)
          value = filtered(plan, probe, token, panel);
      }
      frames_.insert(frames_.end(), run.frames[frame].begin(), run.frames[frame].end());
    }
  }

  // --- filters and probes
  // -----------------------------------------------------------------------------------------------

  const AlignedVector<Real>& tokens_of(Field field) const {
    return field == Field::key ? key_tokens_ : field == Field::query ? query_tokens_ : value_tokens_;
  }
  const AlignedVector<Real>& filter_of(Field field) const {
    return field == Field::key ? key_ : field == Field::query ? query_ : value_;
  }

  /// Filtered projection at the end of `panel`; the filters themselves move only at the end of the phase.
  Real filtered(const Plan<Real>& plan, const Probe& probe, int token, int panel) const {
    const std::size_t neuron = std::size_t(probe.head) * width_ + probe.index;
    const Real infinity = plan.time.phase == Phase::delay
                              ? Real(0)
                              : tokens_of(probe.field)[std::size_t(token) * heads_ * width_ + neuron];
    return infinity + Real(plan.time.rho_after[std::size_t(panel)]) * (filter_of(probe.field)[neuron] - infinity);
  }

  void finish_filters(const Plan<Real>& plan, int token) {
    const int panel = plan.time.panels() - 1;
    for (const Field field : {Field::key, Field::query, Field::value}) {
      auto& state = field == Field::key ? key_ : field == Field::query ? query_ : value_;
      for (int head = 0; head < heads_; ++head)
        for (int i = 0; i < width_; ++i)
          state[std::size_t(head) * width_ + i] = filtered(plan, {field, head, std::size_t(i)}, token, panel);
    }
  }

  void append_frame(const Plan<Real>& plan, int token) {
    for (const Probe& probe : probes_) {
      const bool input = probe.field == Field::key || probe.field == Field::query || probe.field == Field::value;
      frames_.push_back(input ? filtered(plan, probe, token, finished_panels_ - 1) : value_of(probe));
    }
  }

  Real value_of(const Probe& probe) const {
    const std::size_t neuron = std::size_t(probe.head) * width_ + probe.index;
    switch (probe.field) {
      case Field::key: return key_[neuron];
      case Field::query: return query_[neuron];
      case Field::value: return value_[neuron];
      case Field::hidden: return rates_[std::size_t(probe.head) * stride_ + probe.index];
      case Field::output: return output_[neuron];
      case Field::hebbian: return hebbian_[padded_synapse(probe)];
      case Field::store: return store_[padded_synapse(probe)];
      case Field::calcium: return calcium_[padded_synapse(probe)];
    }
    return Real(0);
  }

  EngineSetup setup_;
  int heads_, width_, hidden_, stride_, astrocytes_, threads_;
  const cpu::Kernels<Real>& kernels_;
  std::vector<Side<Real>> key_side_, query_side_;
  std::vector<double> calcium_kappas_;
  Real rate_low_ = 0, rate_high_ = 0;
  std::vector<int> astrocyte_rows_;

  AlignedVector<Real> query_tokens_, key_tokens_, value_tokens_, outputs_;  // [tokens x heads x width]
  AlignedVector<Real> key_, query_, value_, output_;                        // [heads x width]
  AlignedVector<Real> rates_;                                               // [heads x stride]
  AlignedVector<Real> hebbian_, store_, calcium_;                           // [heads x width x stride]
  AlignedVector<Real> hebbian_factor_, store_factor_, calcium_rate_;        // the same, or empty
  AlignedVector<Real> column_sum_, column_factor_;                          // [heads x astrocytes x stride]
  AlignedVector<Real> stored_key_;                                          // [heads x hidden x width], slots
  int stored_ = 0;

  // Scratch of the phase in progress.
  AlignedVector<Real> z_inf_, delta_, scalar_;
  AlignedVector<Real> trajectory_, global_, current_;
  AlignedVector<Real> rates_after_, outputs_after_;
  int chunk_ = 0;
  int finished_panels_ = 0;

  std::map<std::tuple<Phase, double, double, std::vector<double>>, Plan<Real>> plans_;
  std::pair<int, bool> held_{-2, false};
  double since_change_ = 0;
  std::vector<Probe> probes_;
  std::vector<Real> frames_;
};

}  // namespace

template <class Real>
std::unique_ptr<Engine<Real>> make_cpu_engine(const EngineSetup& setup, int threads) {
  return std::make_unique<CpuEngine<Real>>(setup, threads);
}

template std::unique_ptr<Engine<float>> make_cpu_engine<float>(const EngineSetup&, int);
template std::unique_ptr<Engine<double>> make_cpu_engine<double>(const EngineSetup&, int);

}  // namespace tripartite::attention
