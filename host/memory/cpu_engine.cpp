#include "host/memory/cpu_engine.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "host/backend/require_memory.hpp"
#include "host/linear_algebra/parallel.hpp"
#include "tripartite/error.hpp"

namespace tripartite::memory::cpu {
namespace {

int threads_of(int wanted) {
  return wanted > 0 ? std::min(wanted, linear_algebra::threads()) : linear_algebra::threads();
}

}  // namespace

template <class Real>
CpuEngine<Real>::CpuEngine(const MemorySetup& setup, int threads)
    : SteppedEngine<Real>(setup),
      kernels_(kernels<Real>(best_instruction_set())),
      model_(setup.parameters, setup.patterns.neurons()),
      threads_(threads_of(threads)),
      panels_(panels(setup.patterns.neurons())),
      stride_(padded(setup.patterns.neurons())),
      neuron_bias_(setup.biases.neuron.begin(), setup.biases.neuron.end()) {
  const std::size_t n = std::size_t(this->neurons()), pairs = n * std::size_t(stride_);
  const auto bias = [&](const std::vector<double>& from) {
    if (from.empty()) return AlignedBuffer<Real>();
    AlignedBuffer<Real> to(pairs);
    std::fill_n(to.data(), pairs, Real(0));
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) to.data()[i * std::size_t(stride_) + j] = Real(from[i * n + j]);
    return to;
  };
  neuron_bias_.resize(n);
  synapse_bias_ = bias(setup.biases.synapse);
  process_bias_ = bias(setup.biases.process);
  has_symmetric_biases_ =
      is_symmetric_matrix(setup.biases.synapse, int(n)) && is_symmetric_matrix(setup.biases.process, int(n));
  if (this->patterns() <= few_most && model_.memory_scale != Real(0)) {
    few_ = (int(this->patterns()) + few_step - 1) / few_step * few_step;
    few_signs_ = AlignedBuffer<Real>(std::size_t(few_) * std::size_t(stride_));
    for (int mu = 0; mu < few_; ++mu)
      for (std::ptrdiff_t i = 0; i < stride_; ++i)
        few_signs_.data()[mu * stride_ + i] =
            i >= this->neurons() || mu >= this->patterns() ? Real(0) : Real(setup.patterns.sign(int(i), mu));
  }
  for (int c = 0; c < setup.cues; ++c) {
    Cue& cue = cues_.emplace_back();
    cue.synapse = AlignedBuffer<Real>(pairs);
    cue.process = AlignedBuffer<Real>(pairs);
    if (this->is_adaptive()) {
      cue.next_synapse = AlignedBuffer<Real>(pairs);
      cue.next_process = AlignedBuffer<Real>(pairs);
    }
    for (int stage = 0; stage <= stages_of(setup.parameters.solver); ++stage)
      cue.moments[std::size_t(stage)] = make_moment();
    cue.norms.resize(std::size_t(panels_));
  }
  for (int thread = 0; thread < threads_; ++thread)
    workers_.push_back(
        std::make_unique<TileWorker<Real>>(this->setup().patterns, kernels_, stages_of(setup.parameters.solver)));
  task_currents_ = AlignedBuffer<Real>(cues_.size() * std::size_t(panels_) * std::size_t(stride_));
  task_projections_.resize(cues_.size() * std::size_t(panels_) * pattern_stride(this->patterns()));
}

template <class Real>
std::size_t CpuEngine<Real>::bytes(const MemorySetup& setup, int threads) {
  const std::size_t n = std::size_t(setup.patterns.neurons()), stride = std::size_t(padded(setup.patterns.neurons())),
                    pairs = n * stride, patterns = pattern_stride(setup.patterns.count()),
                    stages = std::size_t(stages_of(setup.parameters.solver)), panel_count = std::size_t(panels(int(n)));
  const std::size_t workers = std::size_t(threads_of(threads));
  const std::size_t copies = setup.parameters.solver == Solver::adaptive ? 4 : 2;
  const std::size_t biases = (setup.biases.synapse.empty() ? 0 : 1) + (setup.biases.process.empty() ? 0 : 1);
  const std::size_t moment = (3 * stride + patterns) * sizeof(Real) + patterns * sizeof(double);
  const std::size_t tasks = panel_count * (stride * sizeof(Real) + patterns * sizeof(double));
  return std::size_t(setup.cues) * (copies * pairs * sizeof(Real) + (stages + 1) * moment + tasks) +
         biases * pairs * sizeof(Real) + workers * TileWorker<Real>::bytes(int(stages)) + n * patterns / 8 +
         (setup.patterns.count() <= few_most ? stride * patterns * sizeof(Real) : 0);
}

template <class Real>
typename CpuEngine<Real>::Moment CpuEngine<Real>::make_moment() const {
  const std::size_t patterns = pattern_stride(this->patterns());
  Moment moment{AlignedBuffer<Real>(std::size_t(stride_)), AlignedBuffer<Real>(std::size_t(stride_)),
                std::vector<Real>(std::size_t(this->neurons())), std::vector<double>(patterns),
                AlignedBuffer<Real>(patterns)};
  for (Real* values : {moment.neurons.data(), moment.phi.data()}) std::fill_n(values, stride_, Real(0));
  std::fill_n(moment.factor.data(), patterns, Real(0));
  return moment;
}

template <class Real>
void CpuEngine<Real>::for_each_panel(std::size_t cues, const Work& work) {
  const int count = int(cues);
  // The first panel of a cue has the most tiles.
  const auto task = [&](int number, int worker) {
    this->check_stop();
    work(*workers_[std::size_t(worker)], std::size_t(number % count), number / count);
  };
  // Waking the threads costs about as much as some 10'000 synapses.
  const bool is_worth_it = double(count) * this->neurons() * this->neurons() > 1e4;
  linear_algebra::run_parallel(count * panels_, task, is_worth_it ? threads_ : 1);
}

template <class Real>
void CpuEngine<Real>::begin(std::span<const Real> neurons) {
  const std::size_t n = std::size_t(this->neurons());
  if (neurons.size() != n * cues_.size())
    throw ConfigError("associative memory: " + std::to_string(neurons.size()) + " neuron states, expected " +
                      std::to_string(cues_.size()) + " cues x " + std::to_string(n) + " neurons");
  for (std::size_t c = 0; c < cues_.size(); ++c) {
    cues_[c].is_complete = true;
    Moment& moment = cues_[c].moments[0];
    std::copy_n(neurons.data() + c * n, n, moment.neurons.data());
    kernels_.activate(moment.neurons.data(), model_.gain_neuron, int(stride_), moment.phi.data());
  }
  this->restart();
}

template <class Real>
void CpuEngine<Real>::start(std::span<const Real> neurons, std::span<const Real> synapses,
                            std::span<const Real> processes) {
  const std::size_t n = std::size_t(this->neurons());
  for (const auto& [values, name] : {std::pair{synapses, "synapse"}, std::pair{processes, "process"}})
    if (values.size() != n * n * cues_.size())
      throw ConfigError("associative memory: " + std::to_string(values.size()) + " " + name + " states, expected " +
                        std::to_string(cues_.size()) + " cues x " + std::to_string(n) + " x " + std::to_string(n));
  begin(neurons);
  for (std::size_t c = 0; c < cues_.size(); ++c)
    for (const auto& [from, to] :
         {std::pair{synapses.data(), &cues_[c].synapse}, std::pair{processes.data(), &cues_[c].process}})
      for (std::size_t i = 0; i < n; ++i) {
        Real* row = to->data() + i * std::size_t(stride_);
        std::copy_n(from + (c * n + i) * n, n, row);
        std::fill(row + n, row + stride_, Real(0));
      }
  this->note_symmetry(0, synapses, processes);
  run_tasks(0, {});
}

template <class Real>
void CpuEngine<Real>::start(std::span<const Real> neurons, Regime regime) {
  begin(neurons);
  for_each_panel(cues_.size(), [&](TileWorker<Real>& worker, std::size_t c, int panel) {
    for (auto* field : {&cues_[c].synapse, &cues_[c].process})
      std::fill_n(field->data() + worker.first_of(panel) * stride_, worker.rows_of(panel) * stride_, Real(0));
  });
  if (regime == Regime::warm)
    for (Cue& cue : cues_) start_synapses(cue);
  run_tasks(0, {});
}

/// psi(p) = -phi phi^T and g(s) = -N^-3 sum_mu xi xi^T (xi^T psi xi), held where their inverse is finite.
template <class Real>
void CpuEngine<Real>::start_synapses(Cue& cue) {
  const double n = this->neurons();
  const Real bound = Real(1 - 1e-6);
  Moment& moment = cue.moments[0];
  std::fill(moment.projection.begin(), moment.projection.end(), 0.0);
  for (int panel = 0; panel < panels_; ++panel)
    workers_[0]->overlap(panel, moment.phi.data() + workers_[0]->first_of(panel), moment.projection.data());
  for (std::int64_t mu = 0; mu < this->patterns(); ++mu)
    moment.factor.data()[mu] =
        Real(moment.projection[std::size_t(mu)] * moment.projection[std::size_t(mu)] / (n * n * n));
  const Real* factor = moment.factor.data();
  const auto inverse = [&](Real value, Real gain) { return std::atanh(std::clamp(value, -bound, bound)) / gain; };
  const auto fill = [&](const Real* kernel, int row_panel, int column_panel) {
    const TileWorker<Real>& worker = *workers_[0];
    for (int i = 0; i < worker.rows_of(row_panel); ++i) {
      const int row = worker.first_of(row_panel) + i;
      for (int j = 0; j < worker.rows_of(column_panel); ++j) {
        const int column = worker.first_of(column_panel) + j;
        cue.synapse.data()[row * stride_ + column] = inverse(kernel[i * tile + j], model_.gain_synapse);
        cue.process.data()[row * stride_ + column] =
            inverse(-moment.phi.data()[row] * moment.phi.data()[column], model_.gain_process);
      }
    }
  };
  for_each_panel(1, [&](TileWorker<Real>& worker, std::size_t, int panel) {
    for (int column_panel = panel; column_panel < panels_; ++column_panel) {
      worker.make_drives(panel, column_panel, panel != column_panel, std::span(&factor, 1));
      fill(worker.drive(0), panel, column_panel);
      if (panel != column_panel) fill(worker.mirrored(0), column_panel, panel);
    }
  });
}

template <class Real>
void CpuEngine<Real>::complete(const Cue& cue) const {
  if (cue.is_complete) return;
  using Worker = TileWorker<Real>;
  for (const AlignedBuffer<Real>* field : {&cue.synapse, &cue.process})
    for (int panel = 0; panel < panels_; ++panel)
      for (int below = panel + 1; below < panels_; ++below) {
        Real *first = field->data() + Worker::first_of(panel) * stride_ + Worker::first_of(below),
             *mirrored = field->data() + Worker::first_of(below) * stride_ + Worker::first_of(panel);
        kernels_.transpose(first, workers_[0]->rows_of(panel), workers_[0]->rows_of(below), false, mirrored, stride_);
      }
  cue.is_complete = true;
}

template <class Real>
std::vector<Real> CpuEngine<Real>::rows(Field field, int cue, int first, int count) {
  this->check_rows(field, cue, first, count);
  const Cue& from = cues_[std::size_t(cue)];
  if (field != Field::neuron) complete(from);
  const std::size_t n = std::size_t(this->neurons());
  const Real* values = field == Field::neuron    ? from.moments[0].neurons.data()
                       : field == Field::synapse ? from.synapse.data()
                                                 : from.process.data();
  std::vector<Real> result;
  result.reserve(std::size_t(count) * n);
  for (std::ptrdiff_t row = first; row < first + count; ++row)
    result.insert(result.end(), values + row * stride_, values + row * stride_ + std::ptrdiff_t(n));
  return result;
}

template class CpuEngine<float>;
template class CpuEngine<double>;

}  // namespace tripartite::memory::cpu

namespace tripartite::memory {

template <class Real>
std::unique_ptr<MemoryEngine<Real>> make_cpu_memory_engine(const MemorySetup& setup, int threads) {
  check_setup(setup);
  require_memory(name_of(setup), double(cpu::CpuEngine<Real>::bytes(setup, threads)));
  return std::make_unique<cpu::CpuEngine<Real>>(setup, threads);
}

template std::unique_ptr<MemoryEngine<float>> make_cpu_memory_engine<float>(const MemorySetup&, int);
template std::unique_ptr<MemoryEngine<double>> make_cpu_memory_engine<double>(const MemorySetup&, int);

}  // namespace tripartite::memory
