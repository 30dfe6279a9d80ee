#include "kernels/memory/cuda_engine.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include "host/backend/require_memory.hpp"
#include "kernels/cuda_check.hpp"
#include "kernels/device.hpp"
#include "kernels/memory/advance.hpp"
#include "kernels/memory/energy.hpp"
#include "kernels/memory/signs.hpp"
#include "tripartite/error.hpp"

namespace tripartite::memory::cuda {
namespace {

constexpr int largest_square = 128;
constexpr int most_unpacked = 1024;

int rounded_up(std::int64_t value, int to) { return int((value + to - 1) / to * to); }

template <class Real>
PanelPlan panel_plan(const MemorySetup& setup) {
  const int neurons = setup.patterns.neurons(), stride = rounded_up(neurons, tile);
  const std::size_t row = std::size_t(stride) * sizeof(Real);
  const std::size_t stage_rows = std::size_t(setup.cues) * std::size_t(stages_of(setup.parameters.solver));
  const auto limited = [](std::size_t wanted, int least, int step) {
    return int(std::max<std::size_t>(wanted / std::size_t(step), std::size_t(least / step))) * step;
  };
  PanelPlan plan{};
  plan.rows = std::min(limited(setup.tile_bytes / (row * stage_rows), largest_square, largest_square),
                       rounded_up(neurons, largest_square));
  plan.panels = (neurons + plan.rows - 1) / plan.rows;
  plan.pattern_tile = std::min({limited(setup.tile_bytes / row, 64, 64), most_unpacked,
                                rounded_up(std::max<std::int64_t>(setup.patterns.count(), 1), 64)});
  return plan;
}

/// Sizes of all buffers, in values.
struct Sizes {
  std::size_t pairs, states, moments, projections, drives, scaled, signs, currents, panel_projections, square_norms;
};

template <class Real>
Sizes sizes_of(const MemorySetup& setup) {
  const PanelPlan plan = panel_plan<Real>(setup);
  const std::size_t n = std::size_t(setup.patterns.neurons()), stride = std::size_t(rounded_up(int(n), tile)),
                    cues = std::size_t(setup.cues), stages = std::size_t(stages_of(setup.parameters.solver)),
                    patterns = std::size_t(setup.patterns.words()) * 64, edge = std::size_t(squares(int(n)));
  Sizes sizes{};
  sizes.pairs = n * stride;
  sizes.states = (setup.parameters.solver == Solver::adaptive ? 4 : 2) * cues * sizes.pairs;
  sizes.moments = (stages + 1) * cues * stride;
  sizes.projections = (stages + 1) * cues * patterns;
  sizes.drives = stages * cues * std::size_t(plan.rows) * stride;
  sizes.scaled = cues * std::size_t(plan.rows) * std::size_t(plan.pattern_tile);
  sizes.signs = stride * std::size_t(plan.pattern_tile);
  sizes.currents = cues * edge * stride;
  sizes.panel_projections = std::size_t(plan.panels) * cues * patterns;
  sizes.square_norms = cues * edge * edge;
  return sizes;
}

}  // namespace

template <class Real>
std::size_t CudaEngine<Real>::bytes(const MemorySetup& setup) {
  const Sizes sizes = sizes_of<Real>(setup);
  const std::size_t biases = (setup.biases.synapse.empty() ? 0 : 1) + (setup.biases.process.empty() ? 0 : 1);
  const std::size_t values = sizes.states + biases * sizes.pairs + 3 * sizes.moments + sizes.drives + sizes.scaled +
                             sizes.signs + sizes.currents;
  return values * sizeof(Real) + (sizes.projections + sizes.panel_projections) * sizeof(double) +
         sizes.square_norms * sizeof(SquareNorms) +
         std::size_t(setup.patterns.neurons()) * std::size_t(setup.patterns.words()) * sizeof(std::uint64_t);
}

template <class Real>
CudaEngine<Real>::CudaEngine(const MemorySetup& setup)
    : SteppedEngine<Real>(setup), plan_(panel_plan<Real>(setup)), blas_(stream_) {
  const Sizes sizes = sizes_of<Real>(setup);
  const std::size_t needed = bytes(setup);
  std::size_t available = 0, total = 0;
  TRIPARTITE_CUDA_TRY(cudaMemGetInfo(&available, &total));
  require_device_memory(name_of(setup), double(needed), double(available));

  const int n = this->neurons();
  const std::size_t cues = std::size_t(setup.cues);
  Network<Real>& net = network_;
  net.neurons = n;
  net.stride = rounded_up(n, tile);
  net.cues = setup.cues;
  net.patterns = int(this->patterns());
  net.words = int(setup.patterns.words());
  net.pattern_stride = net.words * 64;
  net.model = AssociativeMemory<Real>(setup.parameters, n);
  drive_values_ = cues * std::size_t(drive_stride());

  bits_ = DeviceBuffer<std::uint64_t>(std::size_t(n) * std::size_t(net.words));
  if (net.words > 0) bits_.upload(std::span(setup.patterns.row(0), bits_.size()), 0, stream_);
  net.bits = bits_.data();
  for (int side = 0; side < (this->is_adaptive() ? 2 : 1); ++side)
    for (auto* field : {synapse_, process_}) field[side] = DeviceBuffer<Real>(cues * sizes.pairs);
  for (int side = 0; side < 2; ++side) {
    net.synapse[side] = synapse_[this->is_adaptive() ? side : 0].data();
    net.process[side] = process_[this->is_adaptive() ? side : 0].data();
  }
  const auto bias = [&](const std::vector<double>& from, std::size_t row_count) {
    DeviceBuffer<Real> to(row_count * std::size_t(net.stride));
    to.clear(stream_);
    for (std::size_t row = 0; row * std::size_t(n) < from.size(); ++row) {
      const std::vector<Real> values(from.begin() + std::ptrdiff_t(row * std::size_t(n)),
                                     from.begin() + std::ptrdiff_t((row + 1) * std::size_t(n)));
      to.upload(values, row * std::size_t(net.stride), stream_);
    }
    return to;
  };
  neuron_bias_ = bias(setup.biases.neuron, 1);
  if (!setup.biases.synapse.empty()) synapse_bias_ = bias(setup.biases.synapse, std::size_t(n));
  if (!setup.biases.process.empty()) process_bias_ = bias(setup.biases.process, std::size_t(n));
  net.neuron_bias = neuron_bias_.data();
  net.synapse_bias = synapse_bias_.data();
  net.process_bias = process_bias_.data();

  for (auto* field : {&neurons_, &phi_, &current_}) {
    *field = DeviceBuffer<Real>(sizes.moments);
    field->clear(stream_);
  }
  projection_ = DeviceBuffer<double>(sizes.projections);
  projection_.clear(stream_);
  net.moment_neurons = neurons_.data();
  net.moment_phi = phi_.data();
  net.moment_current = current_.data();
  net.moment_projection = projection_.data();

  drives_ = DeviceBuffer<Real>(sizes.drives);
  scaled_ = DeviceBuffer<Real>(sizes.scaled);
  signs_ = DeviceBuffer<Real>(sizes.signs);
  square_currents_ = DeviceBuffer<Real>(sizes.currents);
  panel_projections_ = DeviceBuffer<double>(sizes.panel_projections);
  pattern_sums_ = DeviceBuffer<double>(cues * std::size_t(net.pattern_stride));
  energy_parts_ = DeviceBuffer<double>(cues * std::size_t(energy_blocks(n)));
  energies_ = DeviceBuffer<double>(cues);
  square_norms_ = DeviceBuffer<SquareNorms>(sizes.square_norms);
  neuron_norms_ = DeviceBuffer<NeuronNorms>(cues * std::size_t(rounded_up(n, neuron_block) / neuron_block));
  step_norms_ = DeviceBuffer<double2>(cues);
  tasks_ = DeviceBuffer<CueTask<Real>>(cues);
  accepted_ = DeviceBuffer<unsigned char>(cues);
  sides_ = DeviceBuffer<int>(cues);
  not_finite_ = DeviceBuffer<int>(cues);
}

template <class Real>
void CudaEngine<Real>::begin(std::span<const Real> neurons) {
  const std::size_t n = std::size_t(this->neurons());
  if (neurons.size() != n * std::size_t(network_.cues))
    throw ConfigError("associative memory: " + std::to_string(neurons.size()) + " neuron states, expected " +
                      std::to_string(network_.cues) + " cues x " + std::to_string(n) + " neurons");
  for (int cue = 0; cue < network_.cues; ++cue)
    neurons_.upload(neurons.subspan(std::size_t(cue) * n, n), std::size_t(network_.row(0, cue)), stream_);
  activate_neurons(network_, stream_);
  begin_on_first_side();
  this->restart();
  for (auto* field : {synapse_, process_}) field[0].clear(stream_);
}

template <class Real>
void CudaEngine<Real>::begin_on_first_side() {
  side_.assign(std::size_t(network_.cues), 0);
  sides_.upload(side_, 0, stream_);
  // All cues, for passes outside of steps.
  std::vector<CueStep> all;
  for (int cue = 0; cue < network_.cues; ++cue) all.push_back({cue, {}});
  set_tasks(all);
}

template <class Real>
void CudaEngine<Real>::start(std::span<const Real> neurons, std::span<const Real> synapses,
                             std::span<const Real> processes) {
  const std::size_t n = std::size_t(this->neurons());
  for (const auto& [values, name] : {std::pair{synapses, "synapse"}, std::pair{processes, "process"}})
    if (values.size() != n * n * std::size_t(network_.cues))
      throw ConfigError("associative memory: " + std::to_string(values.size()) + " " + name + " states, expected " +
                        std::to_string(network_.cues) + " cues x " + std::to_string(n) + " x " + std::to_string(n));
  begin(neurons);
  const std::size_t all_rows = std::size_t(network_.cues) * n;
  for (const auto& [from, to] : {std::pair{synapses.data(), &synapse_[0]}, std::pair{processes.data(), &process_[0]}})
    TRIPARTITE_CUDA_TRY(cudaMemcpy2DAsync(to->data(), std::size_t(network_.stride) * sizeof(Real), from,
                                          n * sizeof(Real), n * sizeof(Real), all_rows, cudaMemcpyHostToDevice,
                                          stream_));
  this->note_symmetry(0, synapses, processes);
  pass(0, false);
}

template <class Real>
void CudaEngine<Real>::start(std::span<const Real> neurons, Regime regime) {
  begin(neurons);
  if (regime == Regime::warm) {
    const double n = this->neurons();
    std::vector<double> squares(pattern_sums_.size());
    pattern_sums(network_, pattern_sums_.data(), stream_);
    if (!squares.empty()) pattern_sums_.download(squares, 0, stream_);
    for (double& value : squares) value *= value;
    projection_.upload(squares, 0, stream_);
    for (int first = 0; first < network_.neurons; first += plan_.rows) {
      const int rows = std::min(plan_.rows, network_.neurons - first);
      make_drives(first, rows, 0, network_.stride, 1, Real(1 / (n * n * n)));
      for (int cue = 0; cue < network_.cues; ++cue)
        fill_warm(network_, cue, first, rows, drive(0) + cue * drive_stride(), Real(1 - 1e-6), stream_);
    }
  }
  pass(0, false);
}

template <class Real>
void CudaEngine<Real>::set_tasks(std::span<const CueStep> steps) {
  std::vector<CueTask<Real>> tasks(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i)
    tasks[i] = {steps[i].cue, side_[std::size_t(steps[i].cue)], steps[i].scheme};
  // With a fixed step the tasks of one step are those of the next.
  if (tasks.size() == task_list_.size() &&
      std::memcmp(tasks.data(), task_list_.data(), tasks.size() * sizeof(CueTask<Real>)) == 0)
    return;
  task_list_ = std::move(tasks);
  tasks_.upload(task_list_, 0, stream_);
}

template <class Real>
void CudaEngine<Real>::advance_stage(int known, std::span<const CueStep> steps) {
  if (known == 1) set_tasks(steps);
  const bool is_last = known == stages_of(this->setup().parameters.solver);
  advance_neurons(network_, tasks_.data(), int(task_list_.size()), known, is_last, neuron_norms_.data(), stream_);
  pass(known, is_last);
}

/// Every synapse of the tasks' cues to the stage after `known` ones, and what couples them there.
template <class Real>
void CudaEngine<Real>::pass(int known, bool is_last) {
  const bool has_memory = network_.model.memory_scale != Real(0) && network_.patterns > 0;
  const int count = int(task_list_.size());
  if (is_last) square_norms_.clear(stream_);
  for (int panel = 0; panel < plan_.panels; ++panel) {
    const int first = panel * plan_.rows, rows = std::min(plan_.rows, network_.neurons - first);
    if (has_memory) make_drives(first, rows, first, network_.stride - first, known, network_.model.memory_scale);
    Pass<Real> pass{network_,
                    tasks_.data(),
                    count,
                    known,
                    is_last,
                    first,
                    rows,
                    {},
                    drive_stride(),
                    nullptr,
                    square_currents_.data(),
                    square_norms_.data()};
    for (int q = 0; q < known && has_memory; ++q) pass.drive[q] = drive(q);
    if (has_memory) pass.psi = drive(0);
    advance_panel(pass, stream_);
    if (has_memory) project(panel, first, rows);
  }
  gather_moment(network_, tasks_.data(), count, known, square_currents_.data(), panel_projections_.data(),
                has_memory ? plan_.panels : 0, stream_);
}

template <class Real>
const Real* CudaEngine<Real>::signs(int first_neuron, int first_pattern, int count) {
  if (plan_.pattern_tile < network_.patterns) {
    unpack_signs(network_, {first_neuron, network_.stride - first_neuron, first_pattern, count}, signs_.data(),
                 plan_.pattern_tile, stream_);
    return signs_.data();
  }
  if (!std::exchange(signs_are_unpacked_, true))
    unpack_signs(network_, {0, network_.stride, 0, network_.patterns}, signs_.data(), plan_.pattern_tile, stream_);
  return signs_.data() + std::ptrdiff_t(first_neuron) * plan_.pattern_tile;
}

/// drive(q) = Xi diag(scale a_q) Xi^T for every task: rows [first, first + rows), columns [first_column, + columns).
template <class Real>
void CudaEngine<Real>::make_drives(int first, int rows, int first_column, int columns, int known, Real scale) {
  const int count = int(task_list_.size());
  for (int pattern = 0; pattern < network_.patterns && known > 0; pattern += plan_.pattern_tile) {
    const int patterns = std::min(plan_.pattern_tile, network_.patterns - pattern);
    const Real* right = signs(first_column, pattern, patterns);
    for (int q = 0; q < known; ++q) {
      unpack_scaled(network_, {first, rows, pattern, patterns}, q, tasks_.data(), count, scale, scaled_.data(),
                    plan_.rows, plan_.pattern_tile, stream_);
      linear_algebra::cuda::multiply<Real>(
          blas_, count, rows, columns, patterns, 1, {scaled_.data(), plan_.pattern_tile, scaled_stride()},
          {right, plan_.pattern_tile, 0, true}, Real(pattern > 0 ? 1 : 0), {drive(q), network_.stride, drive_stride()});
    }
  }
}

/// The panel's part of xi^T psi xi for every task and pattern.
template <class Real>
void CudaEngine<Real>::project(int panel, int first, int rows) {
  const int count = int(task_list_.size());
  for (int pattern = 0; pattern < network_.patterns; pattern += plan_.pattern_tile) {
    const int patterns = std::min(plan_.pattern_tile, network_.patterns - pattern);
    const Real* right = signs(first, pattern, patterns);
    linear_algebra::cuda::multiply<Real>(blas_, count, rows, patterns, network_.stride - first, 1,
                                         {drive(0), network_.stride, drive_stride()}, {right, plan_.pattern_tile, 0}, 0,
                                         {scaled_.data(), plan_.pattern_tile, scaled_stride()});
    contract(network_, {first, rows, pattern, patterns}, scaled_.data(), count, plan_.rows, plan_.pattern_tile,
             panel_projections_.data() + std::ptrdiff_t(panel) * count * network_.pattern_stride + pattern,
             network_.pattern_stride, stream_);
  }
}

template <class Real>
std::vector<StepNorms> CudaEngine<Real>::norms(std::span<const CueStep> steps) {
  gather_norms(network_, int(steps.size()), square_norms_.data(), neuron_norms_.data(), step_norms_.data(), stream_);
  std::vector<double2> values(steps.size());
  step_norms_.download(values, 0, stream_);
  std::vector<StepNorms> result;
  for (const double2& value : values) result.push_back({value.x, value.y});
  return result;
}

template <class Real>
void CudaEngine<Real>::accept(std::span<const int> cues) {
  const int end = stages_of(this->setup().parameters.solver), count = int(task_list_.size());
  if (int(cues.size()) == count) {
    accept_moment(network_, tasks_.data(), count, end, nullptr, stream_);
  } else {
    std::vector<unsigned char> is_accepted(task_list_.size());
    for (std::size_t task = 0; task < is_accepted.size(); ++task)
      is_accepted[task] = std::find(cues.begin(), cues.end(), task_list_[task].cue) != cues.end();
    accepted_.upload(is_accepted, 0, stream_);
    accept_moment(network_, tasks_.data(), count, end, accepted_.data(), stream_);
  }
  if (!this->is_adaptive()) return;
  for (const int cue : cues) side_[std::size_t(cue)] ^= 1;
}

template <class Real>
std::vector<int> CudaEngine<Real>::first_not_finite() {
  find_not_finite(network_, not_finite_.data(), stream_);
  std::vector<int> first(std::size_t(network_.cues));
  not_finite_.download(first, 0, stream_);
  for (int& neuron : first)
    if (neuron == network_.neurons) neuron = -1;
  return first;
}

template <class Real>
std::vector<double> CudaEngine<Real>::energy() {
  this->require_energy();
  sides_.upload(side_, 0, stream_);
  sum_energy(network_, AssociativeMemory<double>(this->setup().parameters, this->neurons()), sides_.data(),
             energy_parts_.data(), energies_.data(), stream_);
  std::vector<double> result(std::size_t(network_.cues));
  energies_.download(result, 0, stream_);
  return result;
}

template <class Real>
std::vector<double> CudaEngine<Real>::overlaps() {
  std::vector<double> sums(pattern_sums_.size()), result;
  if (sums.empty()) return result;
  pattern_sums(network_, pattern_sums_.data(), stream_);
  pattern_sums_.download(sums, 0, stream_);
  for (int cue = 0; cue < network_.cues; ++cue)
    for (int mu = 0; mu < network_.patterns; ++mu)
      result.push_back(sums[std::size_t(cue) * std::size_t(network_.pattern_stride) + std::size_t(mu)] /
                       network_.neurons);
  return result;
}

template <class Real>
std::vector<Real> CudaEngine<Real>::rows(Field field, int cue, int first, int count) {
  this->check_rows(field, cue, first, count);
  const std::size_t n = std::size_t(this->neurons());
  const int side = side_[std::size_t(cue)];
  const Real* from = field == Field::neuron    ? network_.moment_neurons + network_.row(0, cue)
                     : field == Field::synapse ? network_.synapse[side] + cue * network_.pairs()
                                               : network_.process[side] + cue * network_.pairs();
  std::vector<Real> result(std::size_t(count) * n);
  if (count > 0)
    TRIPARTITE_CUDA_TRY(cudaMemcpy2DAsync(result.data(), n * sizeof(Real),
                                          from + std::ptrdiff_t(first) * network_.stride,
                                          std::size_t(network_.stride) * sizeof(Real), n * sizeof(Real),
                                          std::size_t(count), cudaMemcpyDeviceToHost, stream_));
  TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream_));
  return result;
}

template class CudaEngine<float>;
template class CudaEngine<double>;

template <class Real>
std::unique_ptr<MemoryEngine<Real>> make_engine(const MemorySetup& setup) {
  check_setup(setup);
  tripartite::cuda::device_count();
  return std::make_unique<CudaEngine<Real>>(setup);
}

template std::unique_ptr<MemoryEngine<float>> make_engine<float>(const MemorySetup&);
template std::unique_ptr<MemoryEngine<double>> make_engine<double>(const MemorySetup&);

}  // namespace tripartite::memory::cuda
