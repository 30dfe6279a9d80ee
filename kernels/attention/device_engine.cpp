#include "kernels/attention/device_engine.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "kernels/attention/finite.hpp"
#include "kernels/attention/gather.hpp"
#include "kernels/attention/read.hpp"
#include "kernels/attention/write.hpp"
#include "kernels/cuda_check.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention::cuda {
namespace {

constexpr std::size_t trajectory_budget = std::size_t(64) << 20;  // bytes
// Sums over a chunk start at 0: in float32 sums of sums keep more digits than one long sum.
constexpr int most_chunk_stages = 512;
constexpr int exact_chunk_stages = 480;  // 40 graded panels of 12 stages: whole phases at the default schedule
constexpr std::size_t most_tables = 256;

double longest_phase(const Parameters& parameters) {
  return std::max({parameters.settle_time, parameters.write_time, parameters.delay_time, parameters.read_time});
}

std::vector<double> calcium_kappas(const EngineSetup& setup, CalciumRange rates) {
  // A stepping solver steps every synapse by its own rate and needs no nodes.
  if (setup.parameters.solver != Solver::exact) return {1 / setup.parameters.tau_calcium};
  return calcium_nodes(rates.low, rates.high, longest_phase(setup.parameters));
}

Shape shape_of(const EngineSetup& setup, HeadRange heads) {
  return {heads.count, setup.width, setup.hidden, setup.parameters.astrocytes};
}

/// Values of all trajectories for one stage.
std::size_t stage_values(const EngineSetup& setup, HeadRange heads, std::size_t nodes) {
  const Shape shape = shape_of(setup, heads);
  const std::size_t responses = setup.parameters.solver == Solver::exact ? 2 * nodes * shape.all_astrocytes() : 0;
  return shape.heads + 2 * shape.hidden_neurons() + shape.output_neurons() + shape.all_astrocytes() + responses;
}

template <class Real>
int stages_of_chunk(const EngineSetup& setup, HeadRange heads, std::size_t nodes) {
  const Parameters& parameters = setup.parameters;
  const int per_panel = parameters.solver == Solver::exact ? 12 : parameters.solver == Solver::rk4 ? 4 : 1;
  double wanted = exact_chunk_stages;
  if (parameters.solver != Solver::exact)
    wanted = std::min(double(most_chunk_stages),
                      std::ceil(longest_phase(parameters) / parameters.dt * (1 + 1e-9)) * per_panel);
  const std::size_t affordable = trajectory_budget / (stage_values(setup, heads, nodes) * sizeof(Real));
  const int stages = int(std::min(std::size_t(wanted), affordable)) / per_panel * per_panel;
  return std::max(stages, per_panel);
}

template <class Real>
HeadRange fitting(const EngineSetup& setup, HeadRange heads, CalciumRange rates) {
  const std::size_t needed = device_bytes<Real>(setup, heads, rates);
  std::size_t available = 0, total = 0;
  TRIPARTITE_CUDA_TRY(cudaMemGetInfo(&available, &total));
  if (needed > available)
    throw MemoryError("attention network of " + std::to_string(heads.count) + " heads x " +
                      std::to_string(setup.width) + " x " + std::to_string(setup.hidden) +
                      " synapses on one CUDA device: needs " + std::to_string(needed) + " bytes, available are " +
                      std::to_string(available));
  return heads;
}

int current_device() {
  int device = 0;
  TRIPARTITE_CUDA_TRY(cudaGetDevice(&device));
  return device;
}

}  // namespace

template <class Real>
std::size_t device_bytes(const EngineSetup& setup, HeadRange heads, CalciumRange rates) {
  const Shape shape = shape_of(setup, heads);
  const std::size_t nodes = calcium_kappas(setup, rates).size();
  const std::size_t stages = stages_of_chunk<Real>(setup, heads, nodes);
  std::size_t values = stages * stage_values(setup, heads, nodes);
  values += 3 * shape.hidden_neurons() + 3 * shape.heads + read_partials(shape.hidden) * shape.output_neurons();
  if (setup.parameters.solver == Solver::exact) values += 2 * nodes * shape.all_astrocytes() + nodes * nodes;
  return state_bytes<Real>(setup, heads) + values * sizeof(Real);
}

template <class Real>
DeviceEngine<Real>::DeviceEngine(const EngineSetup& setup, HeadRange heads, CalciumRange rates)
    : device_(current_device()),
      heads_(fitting<Real>(setup, heads, rates)),
      all_heads_(setup.heads()),
      capacity_(setup.tokens),
      parameters_(setup.parameters),
      activation_(setup.maps.front().activation),
      longest_phase_(longest_phase(setup.parameters)),
      kappas_(calcium_kappas(setup, rates)),
      chunk_stages_(stages_of_chunk<Real>(setup, heads, kappas_.size())),
      state_(setup, heads, stream_) {
  nodes_.count = int(kappas_.size());
  nodes_.center = Real(0.5 * (rates.low + rates.high));
  if (nodes_.count > 1) nodes_.inverse_half_width = Real(2 / (rates.high - rates.low));

  const Shape& shape = state_.shape;
  const std::size_t stages = chunk_stages_;
  const auto allocate = [](DeviceBuffer<Real>& buffer, std::size_t size) { buffer = DeviceBuffer<Real>(size); };
  allocate(level_, shape.hidden_neurons());
  allocate(change_, shape.hidden_neurons());
  allocate(score_, 3 * shape.heads);
  allocate(shift_, stages * shape.heads);
  allocate(hidden_stages_, stages * shape.hidden_neurons());
  allocate(deposit_stages_, stages * shape.hidden_neurons());
  allocate(deposit_, shape.hidden_neurons());
  allocate(output_stages_, stages * shape.output_neurons());
  allocate(global_calcium_, stages * shape.all_astrocytes());
  allocate(partial_, read_partials(shape.hidden) * shape.output_neurons());
  if (exact()) {
    allocate(response_values_, (stages + 1) * shape.all_astrocytes() * nodes_.count);
    allocate(series_, (stages + 1) * shape.all_astrocytes() * nodes_.count);
    const std::vector<double> transform = chebyshev_transform(nodes_.count);
    allocate(transform_, transform.size());
    transform_.upload(std::vector<Real>(transform.begin(), transform.end()), 0, stream_);
  }
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
  return tables_.try_emplace(std::move(key), plan, parameters_, chunk_stages_, longest_phase_, stream_).first->second;
}

template <class Real>
void DeviceEngine<Real>::advance(Phase phase, int token, double duration, std::span<const double> observe) {
  if (!(duration > 0)) return;
  const CurrentDevice current(device_);
  const std::pair<int, bool> held{phase == Phase::delay ? -1 : token, phase == Phase::read};
  if (held != held_) since_change_ = 0;
  held_ = held;
  const Tables& plan = tables(phase, duration, probes_.empty() ? std::span<const double>{} : observe);
  since_change_ += duration;
  if (!probes_.empty()) reserve_frames(observe.size());

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
    record_frames(chunk);
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
  if (activation_ == Activation::slots && !reading) return phase == Phase::delay ? Rule::silent : Rule::slot_written;
  const Input<Real> driving = input(reading ? 1 : 0, phase, token);
  if (activation_ == Activation::slots) {
    launch_logits<Real>(state_.shape, {.projection = state_.stored_keys.data()}, driving, drive(), stream_);
    return Rule::slot_read;
  }
  const FeatureView<Real> side = (reading ? state_.query_side : state_.key_side).view();
  launch_logits(state_.shape, side, driving, drive(), stream_);
  if (activation_ == Activation::relu) return Rule::relu;
  if (activation_ == Activation::elu1) return Rule::elu1;
  launch_scores(state_.shape, side, driving, drive(), stream_);
  return Rule::exponential;
}

template <class Real>
void DeviceEngine<Real>::advance_neurons(const Tables& plan, const Chunk& chunk, Phase phase, int token, Rule rule) {
  const bool plastic = phase == Phase::write;
  if (rule == Rule::slot_read)
    launch_shift(state_.shape, drive(), stored_, plan.panels(chunk).rho, chunk.panels * plan.stages(), shift_.data(),
                 stream_);
  launch_hidden<Real>({.shape = state_.shape,
                       .rule = rule,
                       .slot = rule == Rule::slot_read ? stored_ : token,
                       .panels = plan.panels(chunk),
                       .drive = drive(),
                       .shift = shift_.data(),
                       .schemes = plan.hidden_schemes(),
                       .store_schemes = plastic ? plan.store_schemes() : nullptr,
                       .hidden = state_.hidden.data(),
                       .hidden_stages = hidden_stages_.data(),
                       .deposit_stages = deposit_stages_.data(),
                       .deposit = deposit_.data()},
                      plan.stages(), stream_);
  if (phase == Phase::read) return;
  launch_output<Real>({.shape = state_.shape,
                       .panels = plan.panels(chunk),
                       .value = input(2, phase, token),
                       .schemes = plan.output_schemes(),
                       .hebbian_weight = plan.hebbian_weight(chunk),
                       .output = state_.output.data(),
                       .output_stages = plastic ? output_stages_.data() : nullptr},
                      plan.stages(), stream_);
}

template <class Real>
void DeviceEngine<Real>::gather_global_calcium(const Tables& plan, const Chunk& chunk, bool plastic) {
  launch_global_calcium<Real>({.shape = state_.shape,
                               .stages = chunk.panels * plan.stages(),
                               .store_decay = plan.store_decay(chunk),
                               .hidden_stages = hidden_stages_.data(),
                               .deposit_stages = plastic ? deposit_stages_.data() : nullptr,
                               .columns = state_.columns.data(),
                               .factor = state_.column_factor.data(),
                               .global_calcium = global_calcium_.data()},
                              stream_);
}

template <class Real>
Calcium<Real> DeviceEngine<Real>::calcium() const {
  return {state_.calcium_rate.data(), Real(1 / parameters_.tau_calcium), state_.calcium.data()};
}

template <class Real>
CalciumSteps<Real> DeviceEngine<Real>::calcium_steps(const Tables& plan, const Chunk& chunk) const {
  return {calcium(), chunk.panels, plan.step(), parameters_.solver == Solver::exponential_euler,
          global_calcium_.data()};
}

template <class Real>
void DeviceEngine<Real>::advance_calcium(const Tables& plan, const Chunk& chunk) {
  if (exact()) {
    respond(plan, chunk, chunk.panels);
    end_calcium(chunk, series_.data());
  } else {
    launch_calcium_steps(state_.shape, calcium_steps(plan, chunk), plan.stages(), stream_);
  }
}

template <class Real>
void DeviceEngine<Real>::respond(const Tables& plan, const Chunk& chunk, int first_panel) {
  launch_response<Real>({.shape = state_.shape,
                         .nodes = nodes_,
                         .panels = plan.panels(chunk),
                         .kinds = plan.kinds(),
                         .first_panel = first_panel,
                         .schemes = plan.calcium_schemes(),
                         .transform = transform_.data(),
                         .global_calcium = global_calcium_.data(),
                         .values = response_values_.data(),
                         .series = series_.data()},
                        stream_);
}

template <class Real>
void DeviceEngine<Real>::end_calcium(const Chunk& chunk, const Real* series) {
  launch_calcium_end<Real>(state_.shape,
                           {.state = calcium(),
                            .nodes = nodes_,
                            .duration = Real(chunk.duration),
                            .decay = Real(chunk.calcium_decay),
                            .series = series},
                           stream_);
}

template <class Real>
void DeviceEngine<Real>::read(const Tables& plan, const Chunk& chunk) {
  const std::size_t skipped = exact() ? std::size_t(chunk.first_read_panel) * plan.stages() : 0;
  const ReadRun<Real> run{.shape = state_.shape,
                          .stages = chunk.panels * plan.stages() - int(skipped),
                          .weight = plan.read_weight(chunk) + skipped,
                          .hidden_stages = hidden_stages_.data() + skipped * state_.shape.hidden_neurons(),
                          .hebbian = state_.hebbian.data(),
                          .floor = Real(parameters_.calcium_floor),
                          .output_decay = Real(chunk.output_decay),
                          .partial = partial_.data(),
                          .output = state_.output.data()};
  if (!exact()) {
    launch_read_steps(run, calcium_steps(plan, chunk), plan.stages(), stream_);
    return;
  }
  respond(plan, chunk, chunk.first_read_panel);
  launch_read_exact<Real>(run,
                          {.state = calcium(),
                           .nodes = nodes_,
                           .elapsed = plan.elapsed(chunk) + skipped,
                           .decay = plan.calcium_decay(chunk) + skipped,
                           .series = series_.data()},
                          stream_);
  end_calcium(chunk, series_.data() + std::size_t(run.stages) * state_.shape.all_astrocytes() * nodes_.count);
}

template <class Real>
void DeviceEngine<Real>::advance_synapses(const Tables& plan, const Chunk& chunk, Phase phase) {
  const bool plastic = phase == Phase::write;
  const Real hebbian_decay = Real(chunk.hebbian_decay), store_decay = Real(chunk.store_decay);
  if (plastic) {
    launch_write<Real>({.shape = state_.shape,
                        .stages = chunk.panels * plan.stages(),
                        .hebbian_decay = hebbian_decay,
                        .store_decay = store_decay,
                        .hidden_stages = hidden_stages_.data(),
                        .output_stages = output_stages_.data(),
                        .deposit = deposit_.data(),
                        .hebbian_factor = state_.hebbian_factor.data(),
                        .store_factor = state_.store_factor.data(),
                        .hebbian = state_.hebbian.data(),
                        .store = state_.store.data()},
                       stream_);
  } else {
    launch_decay(state_.shape.synapses(), hebbian_decay, state_.hebbian.data(), stream_);
    launch_decay(state_.shape.synapses(), store_decay, state_.store.data(), stream_);
  }
  launch_columns<Real>({.shape = state_.shape,
                        .decay = store_decay,
                        .deposit = plastic ? deposit_.data() : nullptr,
                        .factor = state_.column_factor.data(),
                        .columns = state_.columns.data()},
                       stream_);
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
  if (activation_ != Activation::slots) return;
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
  if (const std::size_t wrong = first_non_finite(begin, count * row, stream_); wrong < count * row)
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
  frame_count_ = 0;
  collected_.clear();
}

template <class Real>
void DeviceEngine<Real>::set_probes(std::vector<Probe> probes) {
  const CurrentDevice current(device_);
  std::vector<const Real*> sources;
  for (const Probe& probe : probes) {
    const Extent extent = info(probe.field).extent;
    const Shape one{1, state_.shape.width, state_.shape.hidden, 1};
    const std::size_t size = extent == Extent::width    ? one.output_neurons()
                             : extent == Extent::hidden ? one.hidden_neurons()
                                                        : one.synapses();
    sources.push_back(state_.field(probe.field) + (probe.head - heads_.first) * size + probe.index);
  }
  probes_ = std::move(probes);
  sources_ = DeviceBuffer<const Real*>(sources.size());
  sources_.upload(sources, 0, stream_);
  frames_ = {};
  frame_capacity_ = frame_count_ = 0;
  collected_.clear();
}

template <class Real>
void DeviceEngine<Real>::reserve_frames(std::size_t frames) {
  if (frame_count_ + frames <= frame_capacity_) return;
  collect_frames();
  if (frames <= frame_capacity_) return;
  frame_capacity_ = std::max(frames, std::size_t(64));
  frames_ = DeviceBuffer<Real>(frame_capacity_ * probes_.size());
}

template <class Real>
void DeviceEngine<Real>::record_frames(const Chunk& chunk) {
  for (int frame = 0; frame < chunk.frames_after; ++frame, ++frame_count_)
    launch_frame(int(probes_.size()), sources_.data(), frames_.data() + frame_count_ * probes_.size(), stream_);
}

template <class Real>
void DeviceEngine<Real>::collect_frames() {
  if (frame_count_ == 0) return;
  const std::size_t before = collected_.size();
  collected_.resize(before + frame_count_ * probes_.size());
  frames_.download(std::span(collected_).subspan(before), 0, stream_);
  frame_count_ = 0;
}

template <class Real>
std::vector<Real> DeviceEngine<Real>::take_frames() {
  const CurrentDevice current(device_);
  collect_frames();
  return std::exchange(collected_, {});
}

template <class Real>
std::vector<Real> DeviceEngine<Real>::field(Field field, int head) {
  const CurrentDevice current(device_);
  const Extent extent = info(field).extent;
  const std::size_t width = state_.shape.width, hidden = state_.shape.hidden;
  std::vector<Real> values(extent == Extent::width ? width : extent == Extent::hidden ? hidden : width * hidden);
  TRIPARTITE_CUDA_TRY(cudaMemcpyAsync(values.data(), state_.field(field) + (head - heads_.first) * values.size(),
                                      values.size() * sizeof(Real), cudaMemcpyDeviceToHost, stream_));
  TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream_));
  return values;
}

template class DeviceEngine<float>;
template class DeviceEngine<double>;
template std::size_t device_bytes<float>(const EngineSetup&, HeadRange, CalciumRange);
template std::size_t device_bytes<double>(const EngineSetup&, HeadRange, CalciumRange);

}  // namespace tripartite::attention::cuda
