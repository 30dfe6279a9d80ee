#include "kernels/attention/device_engine.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "host/backend/require_memory.hpp"
#include "kernels/attention/finite.hpp"
#include "kernels/attention/gather.hpp"
#include "kernels/attention/processes.hpp"
#include "kernels/attention/read.hpp"
#include "kernels/attention/shared_calcium.hpp"
#include "kernels/attention/write.hpp"
#include "kernels/cuda_check.hpp"
#include "kernels/population/models.hpp"
#include "tripartite/attention/phase_plan.hpp"
#include "tripartite/error.hpp"
#include "tripartite/model/registry.hpp"

namespace tripartite::attention::cuda {
namespace {

constexpr std::size_t most_tables = 256;

Shape shape_of(const EngineSetup& setup, HeadRange heads) {
  return {heads.count, setup.width, setup.hidden, setup.parameters.astrocytes};
}

template <class Real>
HeadRange fitting(const EngineSetup& setup, HeadRange heads, CalciumRange rates) {
  const std::size_t needed = state_bytes<Real>(setup, heads) +
                             Trajectories<Real>::bytes(shape_of(setup, heads), setup.heads(), setup.parameters, rates);
  std::size_t available = 0, total = 0;
  TRIPARTITE_CUDA_TRY(cudaMemGetInfo(&available, &total));
  require_device_memory("attention network of " + std::to_string(heads.count) + " heads x " +
                            std::to_string(setup.width) + " x " + std::to_string(setup.hidden) + " synapses",
                        double(needed), double(available));
  return heads;
}

int current_device() {
  int device = 0;
  TRIPARTITE_CUDA_TRY(cudaGetDevice(&device));
  return device;
}

}  // namespace

template <class Real>
DeviceEngine<Real>::DeviceEngine(const EngineSetup& setup, HeadRange heads, CalciumRange rates)
    : device_(current_device()),
      heads_(fitting<Real>(setup, heads, rates)),
      all_heads_(setup.heads()),
      capacity_(setup.tokens),
      parameters_(setup.parameters),
      uses_slots_(setup.maps.front().activation == Activation::slots),
      has_exponentials_(std::any_of(setup.maps.begin() + heads.first, setup.maps.begin() + heads.first + heads.count,
                                    [](const FeatureMap& map) { return map.activation == Activation::exponential; })),
      kappas_(response_rates<Real>(setup.parameters, rates)),
      moments_(panel_moments<Real>()),
      state_(setup, heads, stream_),
      chunk_(state_.shape, setup.heads(), setup.parameters, rates, stream_) {
  if (!has_processes()) return;
  launch_processes_ =
      population::cuda::find_model(calcium_model_of(parameters_).astrocyte()).template processes<Real>();
  process_parameters_ = calcium_parameters_of(parameters_);
}

template <class Real>
void DeviceEngine<Real>::load_tokens(int first, int count, const Real* query, const Real* key, const Real* value) {
  if (count == 0) return;
  const CurrentDevice current(device_);
  const std::size_t row = state_.shape.output_neurons(), all = std::size_t(all_heads_) * state_.shape.width;
  const Real* sources[3] = {key, query, value};
  for (int i = 0; i < 3; ++i)
    TRIPARTITE_CUDA_TRY(
        cudaMemcpy2DAsync(state_.tokens.data() + (std::size_t(i) * capacity_ + first) * row, row * sizeof(Real),
                          sources[i] + std::size_t(heads_.first) * state_.shape.width, all * sizeof(Real),
                          row * sizeof(Real), count, cudaMemcpyHostToDevice, stream_));
}

template <class Real>
auto DeviceEngine<Real>::tables(Phase phase, double duration, std::span<const double> observe) -> const Tables& {
  // Only the exact solver's panels depend on how long the input has been held.
  auto key = std::tuple(phase, duration, exact() ? since_change_ : 0.0, std::vector(observe.begin(), observe.end()));
  if (const auto found = tables_.find(key); found != tables_.end()) return found->second;
  if (tables_.size() >= most_tables) tables_.clear();
  const PhasePlan plan = plan_phase(parameters_, phase, duration, since_change_, observe, kappas_);
  return tables_.try_emplace(std::move(key), plan, parameters_, chunk_.stages, longest_phase(parameters_), stream_)
      .first->second;
}

template <class Real>
void DeviceEngine<Real>::advance(Phase phase, int token, double duration, std::span<const double> observe) {
  if (duration == 0) return;
  const CurrentDevice current(device_);
  const std::pair<int, bool> held{phase == Phase::delay ? -1 : token, phase == Phase::read};
  if (held != held_) since_change_ = 0;
  held_ = held;
  const Tables& plan = tables(phase, duration, frames_.has_sources() ? observe : std::span<const double>{});
  since_change_ += duration;
  frames_.reserve(observe.size(), stream_);

  const Rule rule = prepare_drive(phase, token);
  for (const Chunk& chunk : plan.chunks()) {
    advance_neurons(plan, chunk, phase, token, rule);
    gather_global_calcium(plan, chunk, phase == Phase::write);
    if (phase == Phase::read)
      read(plan, chunk);
    else
      advance_calcium(plan, chunk);
    advance_synapses(plan, chunk, phase);
    advance_inputs(chunk, phase, token, &chunk == &plan.chunks().back());
    for (int frame = 0; frame < chunk.frames_after; ++frame) frames_.record(stream_);
  }
}

template <class Real>
const Real* DeviceEngine<Real>::target(int input, Phase phase, int token) const {
  if (phase == Phase::delay) return nullptr;
  return state_.tokens.data() + (std::size_t(input) * capacity_ + token) * state_.shape.output_neurons();
}

template <class Real>
Input<Real> DeviceEngine<Real>::input(int input, Phase phase, int token) const {
  return {state_.inputs_start.data() + input * state_.shape.output_neurons(), target(input, phase, token)};
}

template <class Real>
Rule DeviceEngine<Real>::prepare_drive(Phase phase, int token) {
  const bool reading = phase == Phase::read;
  if (uses_slots_ && !reading) return phase == Phase::delay ? Rule::silent : Rule::slot_written;
  const Input<Real> driving = input(reading ? 1 : 0, phase, token);
  if (uses_slots_) {
    launch_logits<Real>(state_.shape, {.projection = state_.stored_keys.data()}, driving, chunk_.drive(), stream_);
    return Rule::slot_read;
  }
  const FeatureView<Real> side = (reading ? state_.query_side : state_.key_side).view();
  launch_logits(state_.shape, side, driving, chunk_.drive(), stream_);
  if (has_exponentials_) launch_scores(state_.shape, side, driving, chunk_.drive(), stream_);
  return Rule::of_head;
}

template <class Real>
void DeviceEngine<Real>::advance_neurons(const Tables& plan, const Chunk& chunk, Phase phase, int token, Rule rule) {
  const bool plastic = phase == Phase::write;
  if (rule == Rule::slot_read) {
    launch_shift(state_.shape, chunk_.drive(), stored_, plan.panels(chunk).rho, chunk.panels * plan.stages(),
                 chunk_.shift.data(), stream_);
    if (exact())
      launch_shift_kinks(state_.shape, chunk_.drive(), stored_, plan.panels(chunk), moments_, chunk_.shift.data(),
                         stream_);
  }
  launch_hidden<Real>({.shape = state_.shape,
                       .rule = rule,
                       .rules = state_.rules.data(),
                       .slot = rule == Rule::slot_read ? stored_ : token,
                       .panels = plan.panels(chunk),
                       .drive = chunk_.drive(),
                       .shift = chunk_.shift.data(),
                       .schemes = plan.hidden_schemes(),
                       .store_schemes = plastic ? plan.store_schemes() : nullptr,
                       .hidden = state_.hidden.data(),
                       .hidden_stages = chunk_.hidden_stages.data(),
                       .deposit_stages = chunk_.deposit_stages.data(),
                       .deposit = chunk_.deposit.data(),
                       .moments = moments_},
                      plan.stages(), stream_);
  if (phase == Phase::read) return;
  launch_output<Real>({.shape = state_.shape,
                       .panels = plan.panels(chunk),
                       .value = input(2, phase, token),
                       .schemes = plan.output_schemes(),
                       .hebbian_weight = plan.hebbian_weight(chunk),
                       .output = state_.output.data(),
                       .output_stages = plastic ? chunk_.output_stages.data() : nullptr},
                      plan.stages(), stream_);
}

template <class Real>
void DeviceEngine<Real>::gather_global_calcium(const Tables& plan, const Chunk& chunk, bool plastic) {
  launch_global_calcium<Real>({.shape = state_.shape,
                               .stages = chunk.panels * plan.stages(),
                               .store_decay = plan.store_decay(chunk),
                               .hidden_stages = chunk_.hidden_stages.data(),
                               .deposit_stages = plastic ? chunk_.deposit_stages.data() : nullptr,
                               .store = state_.store.data(),
                               .factor = state_.column_factor.data(),
                               .global_calcium = chunk_.global_calcium.data()},
                              stream_);
}

template <class Real>
Calcium<Real> DeviceEngine<Real>::calcium() const {
  return {state_.calcium_rate.data(), state_.calcium.data()};
}

template <class Real>
CalciumSteps<Real> DeviceEngine<Real>::calcium_steps(const Tables& plan, const Chunk& chunk) const {
  return {calcium(), chunk.panels, plan.step(), parameters_.solver == Solver::exponential_euler,
          chunk_.global_calcium.data()};
}

template <class Real>
void DeviceEngine<Real>::advance_calcium(const Tables& plan, const Chunk& chunk) {
  if (!state_.has_own_rates()) {
    share_calcium(plan, chunk, nullptr, chunk.panels);
  } else if (exact()) {
    respond(plan, chunk, chunk.panels);
    end_calcium(chunk, 0);
  } else {
    launch_calcium_steps(state_.shape, calcium_steps(plan, chunk), plan.stages(), stream_);
  }
}

template <class Real>
void DeviceEngine<Real>::share_calcium(const Tables& plan, const Chunk& chunk, const Real* weight, int first_panel) {
  if (has_processes()) {
    follow_processes(plan, chunk, first_panel);
    launch_known_calcium<Real>({.shape = state_.shape,
                                .stages = (chunk.panels - first_panel) * plan.stages(),
                                .values = chunk_.series.data(),
                                .calcium = state_.calcium.data(),
                                .weight = weight,
                                .floor = Real(parameters_.calcium_floor),
                                .gain = chunk_.gain.data()},
                               stream_);
    return;
  }
  launch_shared_calcium<Real>({.shape = state_.shape,
                               .panels = plan.panels(chunk),
                               .schemes = plan.calcium_schemes(),
                               .global_calcium = chunk_.global_calcium.data(),
                               .calcium = state_.calcium.data(),
                               .first_panel = first_panel,
                               .weight = weight,
                               .floor = Real(parameters_.calcium_floor),
                               .gain = chunk_.gain.data()},
                              plan.stages(), stream_);
}

template <class Real>
void DeviceEngine<Real>::follow_processes(const Tables& plan, const Chunk& chunk, int first_panel) {
  launch_processes_({.shape = state_.shape,
                     .speed = parameters_.calcium_speed,
                     .method = method_of(parameters_.solver),
                     .nodes = panel_nodes(),
                     .panels = chunk.panels,
                     .stages = plan.stages(),
                     .first_panel = first_panel,
                     .lengths = plan.lengths(chunk),
                     .scales = state_.scales.data(),
                     .global_calcium = chunk_.global_calcium.data(),
                     .states = state_.processes.data(),
                     .calcium = chunk_.series.data()},
                    process_parameters_.data(), stream_);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void DeviceEngine<Real>::respond(const Tables& plan, const Chunk& chunk, int first_panel) {
  launch_response<Real>({.shape = state_.shape,
                         .nodes = chunk_.nodes,
                         .panels = plan.panels(chunk),
                         .kinds = plan.kinds(),
                         .first_panel = first_panel,
                         .schemes = plan.calcium_schemes(),
                         .transform = chunk_.transform.data(),
                         .global_calcium = chunk_.global_calcium.data(),
                         .values = chunk_.response_values.data(),
                         .series = chunk_.series.data()},
                        stream_);
}

template <class Real>
void DeviceEngine<Real>::end_calcium(const Chunk& chunk, int stages) {
  launch_calcium_end<Real>(state_.shape,
                           {.state = calcium(),
                            .nodes = chunk_.nodes,
                            .duration = Real(chunk.duration),
                            .series = chunk_.series.data() + stages,
                            .stride = series_stride(stages + 1)},
                           stream_);
}

template <class Real>
void DeviceEngine<Real>::read(const Tables& plan, const Chunk& chunk) {
  const std::size_t skipped = std::size_t(chunk.first_read_panel) * plan.stages();  // 0 for a stepping solver
  const ReadRun<Real> run{.shape = state_.shape,
                          .stages = chunk.panels * plan.stages() - int(skipped),
                          .weight = plan.read_weight(chunk) + skipped,
                          .hidden_stages = chunk_.hidden_stages.data() + skipped * state_.shape.hidden_neurons(),
                          .hebbian = state_.hebbian.data(),
                          .floor = Real(parameters_.calcium_floor),
                          .output_decay = Real(chunk.output_decay),
                          .partial = chunk_.partial.data(),
                          .output = state_.output.data()};
  if (!state_.has_own_rates()) {
    share_calcium(plan, chunk, run.weight, chunk.first_read_panel);
    launch_response_sums<Real>({.shape = state_.shape,
                                .stages = run.stages,
                                .gain = chunk_.gain.data(),
                                .hidden_stages = run.hidden_stages,
                                .responses = chunk_.responses.data()},
                               stream_);
    launch_read_shared<Real>(run, chunk_.responses.data(), stream_);
  } else if (exact()) {
    respond(plan, chunk, chunk.first_read_panel);
    launch_read_series<Real>(run,
                             {.state = calcium(),
                              .nodes = chunk_.nodes,
                              .elapsed = plan.elapsed(chunk) + skipped,
                              .series = chunk_.series.data(),
                              .stride = series_stride(run.stages + 1)},
                             stream_);
    end_calcium(chunk, run.stages);
  } else {
    launch_read_steps(run, calcium_steps(plan, chunk), plan.stages(), stream_);
  }
}

template <class Real>
void DeviceEngine<Real>::advance_synapses(const Tables& plan, const Chunk& chunk, Phase phase) {
  const bool plastic = phase == Phase::write;
  const Real hebbian_decay = Real(chunk.hebbian_decay);
  if (plastic)
    launch_write<Real>({.shape = state_.shape,
                        .stages = chunk.panels * plan.stages(),
                        .hebbian_decay = hebbian_decay,
                        .hidden_stages = chunk_.hidden_stages.data(),
                        .output_stages = chunk_.output_stages.data(),
                        .hebbian_factor = state_.hebbian_factor.data(),
                        .hebbian = state_.hebbian.data()},
                       stream_);
  else
    launch_decay(state_.shape.synapses(), hebbian_decay, state_.hebbian.data(), stream_);
  launch_store(state_.shape.hidden_neurons(), Real(chunk.store_decay), plastic ? chunk_.deposit.data() : nullptr,
               state_.store.data(), stream_);
}

template <class Real>
void DeviceEngine<Real>::advance_inputs(const Chunk& chunk, Phase phase, int token, bool phase_ends) {
  launch_inputs<Real>({.shape = state_.shape,
                       .target = {target(0, phase, token), target(1, phase, token), target(2, phase, token)},
                       .rho = Real(chunk.rho_after),
                       .phase_ends = phase_ends,
                       .start = state_.inputs_start.data(),
                       .now = state_.inputs.data()},
                      stream_);
}

template <class Real>
void DeviceEngine<Real>::store_key(int token) {
  if (!uses_slots_) return;
  const CurrentDevice current(device_);
  // Reading compares by K q / sqrt(d); the stored copy carries the factor.
  launch_store_key(state_.shape, token, Real(1 / std::sqrt(double(state_.shape.width))), state_.field(Field::key),
                   state_.stored_keys.data(), stream_);
  stored_ = std::max(stored_, token + 1);
}

template <class Real>
void DeviceEngine<Real>::sample(int token) {
  const CurrentDevice current(device_);
  const std::size_t row = state_.shape.output_neurons();
  TRIPARTITE_CUDA_TRY(cudaMemcpyAsync(state_.context.data() + token * row, state_.output.data(), row * sizeof(Real),
                                      cudaMemcpyDeviceToDevice, stream_));
}

template <class Real>
void DeviceEngine<Real>::download_outputs(int first, int count, Real* context) {
  if (count == 0) return;
  const CurrentDevice current(device_);
  const std::size_t row = state_.shape.output_neurons(), all = std::size_t(all_heads_) * state_.shape.width;
  const Real* begin = state_.context.data() + std::size_t(first) * row;
  if (const std::size_t wrong = first_non_finite(begin, count * row, found_, stream_); wrong < count * row)
    throw NumericsError("output l of head " + std::to_string(heads_.first + int(wrong % row) / state_.shape.width) +
                        ", neuron " + std::to_string(wrong % row % state_.shape.width) +
                        " is not finite at the read of token " + std::to_string(first + wrong / row));
  TRIPARTITE_CUDA_TRY(cudaMemcpy2DAsync(context + std::size_t(heads_.first) * state_.shape.width, all * sizeof(Real),
                                        begin, row * sizeof(Real), row * sizeof(Real), count, cudaMemcpyDeviceToHost,
                                        stream_));
  TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream_));
}

template <class Real>
void DeviceEngine<Real>::reset() {
  const CurrentDevice current(device_);
  state_.clear(stream_);
  stored_ = 0;
  held_ = {-2, false};
  frames_.drop();
}

template <class Real>
void DeviceEngine<Real>::set_probes(const std::vector<Probe>& probes) {
  const CurrentDevice current(device_);
  std::vector<Element<Real>> sources;
  for (const Probe& probe : probes)
    sources.push_back(state_.element(probe.field, probe.head - heads_.first, probe.index));
  frames_.set_sources(sources, stream_);
}

template <class Real>
std::vector<Real> DeviceEngine<Real>::take_frames() {
  const CurrentDevice current(device_);
  return frames_.take(stream_);
}

template class DeviceEngine<float>;
template class DeviceEngine<double>;

}  // namespace tripartite::attention::cuda
