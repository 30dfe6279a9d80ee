#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "host/attention/cpu_heads.hpp"
#include "host/attention/engine_state.hpp"
#include "host/attention/setup_check.hpp"
#include "host/linear_algebra/parallel.hpp"
#include "host/simd/flush_subnormals.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention {
namespace {

using cpu::Chunk;
using cpu::Plan;

/// A batch of few synapses is done before a second thread has woken up.
int useful_threads(const EngineSetup& setup, int threads) {
  constexpr std::size_t synapses_worth_a_thread = 4096;
  const std::size_t synapses = setup.maps.size() * std::size_t(setup.width) * std::size_t(setup.hidden);
  return int(std::clamp<std::size_t>(synapses / synapses_worth_a_thread, 1, std::size_t(threads)));
}

const EngineSetup& checked(const EngineSetup& setup) {
  check_setup(setup);
  return setup;
}

/// Tokens in and out, the schedule's calls, frames; what happens in a chunk of time is in cpu::Heads.
template <class Real>
class CpuEngine final : public Engine<Real> {
 public:
  CpuEngine(const EngineSetup& setup, int threads)
      : setup_(checked(setup)),
        owner_(setup_),
        threads_(useful_threads(setup, threads > 0 ? threads : linear_algebra::threads())),
        heads_(setup),
        row_(std::size_t(heads_.shape().rows())) {
    for (auto* tokens : {&query_tokens_, &key_tokens_, &value_tokens_, &outputs_})
      tokens->assign(std::size_t(setup.tokens) * row_, Real(0));
  }

  void load_tokens(int first, int count, const Real* query, const Real* key, const Real* value) override {
    check_tokens(setup_, first, count);
    const std::size_t begin = std::size_t(first) * row_, values = std::size_t(count) * row_;
    std::copy_n(query, values, &query_tokens_[begin]);
    std::copy_n(key, values, &key_tokens_[begin]);
    std::copy_n(value, values, &value_tokens_[begin]);
  }

  void advance(Phase phase, int token, double duration, std::span<const double> observe) override {
    if (duration == 0) return;
    if (phase != Phase::delay) check_tokens(setup_, token, 1);
    const std::pair<int, bool> held{phase == Phase::delay ? -1 : token, phase == Phase::read};
    if (held != held_) since_change_ = 0;
    held_ = held;
    const Plan<Real>& plan = plan_for(phase, duration, observe);
    since_change_ += duration;

    heads_.reserve(plan);
    const std::size_t first_frame = frames_.size();
    frames_.resize(first_frame + plan.time.observe_after.size() * probes_.size());
    Real* frames = frames_.data() + first_frame;
    // Heads do not hear each other, so each can go through the phase on its own; few heads share out their rows
    // instead.
    const int heads = heads_.shape().heads;
    if (heads >= threads_)
      linear_algebra::run_parallel(
          heads, [&](int head, int) { pass(plan, token, head, head + 1, frames); }, threads_);
    else
      pass(plan, token, 0, heads, frames);
  }

  void store_key(int token) override {
    check_tokens(setup_, token, 1);
    if (!heads_.drives().uses_slots()) return;
    for (int head = 0; head < heads_.shape().heads; ++head)
      heads_.drives().store_key(head, token, &heads_.state().key[neuron(head)]);
    heads_.drives().set_stored(std::max(heads_.drives().stored(), token + 1));
  }

  void sample(int token) override {
    check_tokens(setup_, token, 1);
    const auto& output = heads_.state().output;
    std::copy(output.begin(), output.end(), outputs_.begin() + std::ptrdiff_t(std::size_t(token) * row_));
  }

  void outputs(int first, int count, Real* context) override {
    check_tokens(setup_, first, count);
    const auto begin = outputs_.begin() + std::ptrdiff_t(std::size_t(first) * row_);
    const auto end = begin + std::ptrdiff_t(std::size_t(count) * row_);
    const auto wrong = std::find_if(begin, end, [](Real value) { return !std::isfinite(value); });
    if (wrong != end) {
      const std::size_t index = std::size_t(wrong - begin), width = std::size_t(heads_.shape().width);
      throw NumericsError("output l of head " + std::to_string(index % row_ / width) + ", neuron " +
                          std::to_string(index % width) + " is not finite at the read of token " +
                          std::to_string(std::size_t(first) + index / row_));
    }
    std::copy(begin, end, context);
  }

  void reset() override {
    heads_.reset();
    held_ = {-2, false};
    frames_.clear();
  }

  void set_probes(std::vector<Probe> probes) override {
    for (const Probe& probe : probes) check_element(probe.field, probe.head, probe.index);
    probes_ = std::move(probes);
    frames_.clear();
  }

  std::vector<Real> take_frames() override { return std::exchange(frames_, {}); }

  void save(std::ostream& out) const override {
    EngineState<Real> state = heads_.blank_state();
    heads_.save(state);
    state.key_tokens = key_tokens_;
    state.query_tokens = query_tokens_;
    state.value_tokens = value_tokens_;
    state.outputs = outputs_;
    state.held_token = held_.first;
    state.held_in_read = held_.second ? 1 : 0;
    state.held_for = since_change_;
    owner_.write(out, state);
  }

  void load(std::istream& in) override {
    EngineState<Real> state = heads_.blank_state();
    owner_.read(in, state);
    heads_.load(state);
    key_tokens_ = std::move(state.key_tokens);
    query_tokens_ = std::move(state.query_tokens);
    value_tokens_ = std::move(state.value_tokens);
    outputs_ = std::move(state.outputs);
    held_ = {state.held_token, state.held_in_read != 0};
    since_change_ = state.held_for;
    frames_.clear();
  }

  void gather(Field field, int head, std::span<const std::uint64_t> indices, std::span<Real> values) override {
    for (const std::uint64_t index : indices) check_element(field, head, index);
    for (std::size_t k = 0; k < indices.size(); ++k) values[k] = heads_.value_of(field, head, indices[k]);
  }

  void set_values(Field field, int head, std::size_t first, std::span<const Real> values) override {
    if (values.empty()) return;
    check_element(field, head, first + values.size() - 1);
    check_settable(field);
    heads_.set_values(field, head, first, values);
  }

  std::vector<Real> field(Field field, int head) override {
    std::vector<Real> values(heads_.shape().size(info(field).extent));
    for (std::size_t index = 0; index < values.size(); ++index) values[index] = heads_.value_of(field, head, index);
    return values;
  }

 private:
  void check_element(Field field, int head, std::size_t index) const {
    attention::check_element(field, head, index, heads_.shape().heads, heads_.shape().size(info(field).extent));
  }

  std::size_t neuron(int head) const { return std::size_t(head) * std::size_t(heads_.shape().width); }

  const Plan<Real>& plan_for(Phase phase, double duration, std::span<const double> observe) {
    const double age = setup_.parameters.solver == Solver::exact ? since_change_ : 0;  // steps do not look at it
    auto key = std::make_tuple(phase, duration, age, std::vector<double>(observe.begin(), observe.end()));
    auto found = plans_.find(key);
    if (found == plans_.end()) {
      PhasePlan plan = plan_phase(setup_.parameters, phase, duration, age, observe, heads_.calcium_kappas());
      found =
          plans_.emplace(std::move(key), Plan<Real>(std::move(plan), setup_.parameters, heads_.shape().stride)).first;
    }
    return found->second;
  }

  /// What the input filter of a field follows: the held token's projection, or nothing in a delay.
  const Real* target(const Plan<Real>& plan, Field field, int head, int token) const {
    if (plan.is_silent()) return nullptr;
    const auto& tokens = field == Field::key ? key_tokens_ : field == Field::query ? query_tokens_ : value_tokens_;
    return &tokens[std::size_t(token) * row_ + neuron(head)];
  }

  AlignedVector<Real>& filter(Field field) {
    auto& state = heads_.state();
    return field == Field::key ? state.key : field == Field::query ? state.query : state.value;
  }

  /// A whole phase for heads [first, last).
  void pass(const Plan<Real>& plan, int token, int first, int last, Real* frames) {
    const auto each = [&](int count, const std::function<void(int, int)>& task) {
      linear_algebra::run_parallel(
          count,
          [&](int i, int worker) {
            // What a fast synapse has forgotten would otherwise go on as subnormal numbers, each as slow as a hundred.
            const simd::FlushSubnormals flush;
            task(i, worker);
          },
          threads_);
    };
    const Field role = plan.is_read() ? Field::query : Field::key;
    each(last - first, [&](int i, int) {
      const int head = first + i;
      heads_.drives().prepare(plan, head, token, &filter(role)[neuron(head)], target(plan, role, head, token));
    });
    for (const Chunk<Real>& chunk : plan.chunks) {
      this->check_stop();
      each(last - first, [&](int i, int) {
        heads_.advance_neurons(plan, chunk, first + i, target(plan, Field::value, first + i, token));
      });
      const int groups = heads_.groups();
      each((last - first) * groups,
           [&](int i, int) { heads_.advance_rows(plan, chunk, first + i / groups, i % groups); });
      if (!chunk.frame_due) continue;
      fill_frame(plan, chunk, token, first, last, frames);
      frames += probes_.size();
    }
    const int end = plan.time.panels() - 1;
    for (const Field field : {Field::key, Field::query, Field::value})
      for (std::size_t i = neuron(first); i < neuron(last); ++i)
        filter(field)[i] = filtered(plan, field, int(i / neuron(1)), i % neuron(1), token, end);
  }

  /// Filtered projection at the end of `panel`; the filters themselves move only at the end of the phase.
  Real filtered(const Plan<Real>& plan, Field field, int head, std::size_t index, int token, int panel) {
    const Real* tokens = target(plan, field, head, token);
    const Real infinity = tokens != nullptr ? tokens[index] : Real(0);
    return infinity + Real(plan.time.rho_after[std::size_t(panel)]) * (filter(field)[neuron(head) + index] - infinity);
  }

  void fill_frame(const Plan<Real>& plan, const Chunk<Real>& chunk, int token, int first, int last, Real* frame) {
    const int panel = chunk.first + chunk.panels - 1;
    for (std::size_t n = 0; n < probes_.size(); ++n) {
      const auto [field, head, index] = probes_[n];
      if (head < first || head >= last) continue;
      const bool is_input = field == Field::key || field == Field::query || field == Field::value;
      frame[n] = is_input ? filtered(plan, field, head, index, token, panel) : heads_.value_of(field, head, index);
    }
  }

  EngineSetup setup_;
  StateOwner owner_;
  int threads_;
  cpu::Heads<Real> heads_;
  std::size_t row_;                                                       // values of one token
  std::vector<Real> query_tokens_, key_tokens_, value_tokens_, outputs_;  // [tokens x heads x width]

  std::map<std::tuple<Phase, double, double, std::vector<double>>, Plan<Real>> plans_;
  std::pair<int, bool> held_{-2, false};  // token and role of the input, and for how long
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
