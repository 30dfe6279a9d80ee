// CpuEngine: between its padded rows and the arrays of a stream.
#include <algorithm>

#include "host/memory/cpu_engine.hpp"

namespace tripartite::memory::cpu {

template <class Real>
void CpuEngine<Real>::save_to(MemoryState<Real>& state) const {
  const std::size_t n = std::size_t(this->neurons()), count = std::size_t(this->patterns());
  for (std::size_t c = 0; c < cues_.size(); ++c) {
    complete(cues_[c]);
    const Moment& moment = cues_[c].moments[0];
    std::copy_n(moment.neurons.data(), n, &state.neurons[c * n]);
    std::copy_n(moment.current.begin(), n, &state.currents[c * n]);
    std::copy_n(moment.projection.begin(), count, state.projections.begin() + std::ptrdiff_t(c * count));
    for (std::size_t i = 0; i < n; ++i) {
      std::copy_n(cues_[c].synapse.data() + i * std::size_t(stride_), n, &state.synapses[(c * n + i) * n]);
      std::copy_n(cues_[c].process.data() + i * std::size_t(stride_), n, &state.processes[(c * n + i) * n]);
    }
  }
}

template <class Real>
void CpuEngine<Real>::load_from(const MemoryState<Real>& state) {
  const std::size_t n = std::size_t(this->neurons()), count = std::size_t(this->patterns());
  for (std::size_t c = 0; c < cues_.size(); ++c) {
    cues_[c].is_complete = true;
    Moment& moment = cues_[c].moments[0];
    std::copy_n(&state.neurons[c * n], n, moment.neurons.data());
    kernels_.activate(moment.neurons.data(), model_.gain_neuron, int(stride_), moment.phi.data());
    std::copy_n(&state.currents[c * n], n, moment.current.begin());
    std::copy_n(state.projections.begin() + std::ptrdiff_t(c * count), count, moment.projection.begin());
    for (std::size_t mu = 0; mu < count; ++mu)
      moment.factor.data()[mu] = Real(double(model_.memory_scale) * moment.projection[mu]);
    set_rows(cues_[c].synapse, &state.synapses[c * n * n]);
    set_rows(cues_[c].process, &state.processes[c * n * n]);
  }
}

template <class Real>
void CpuEngine<Real>::set_rows(AlignedBuffer<Real>& to, const Real* from) {
  const std::size_t n = std::size_t(this->neurons());
  for (std::size_t i = 0; i < n; ++i) {
    Real* row = to.data() + i * std::size_t(stride_);
    std::copy_n(from + i * n, n, row);
    std::fill(row + n, row + stride_, Real(0));
  }
}

template <class Real>
void CpuEngine<Real>::replace(Field field, int cue, std::size_t first, std::span<const Real> values) {
  Cue& to = cues_[std::size_t(cue)];
  complete(to);
  const std::size_t n = std::size_t(this->neurons());
  Real* all = field == Field::neuron    ? to.moments[0].neurons.data()
              : field == Field::synapse ? to.synapse.data()
                                        : to.process.data();
  for (std::size_t k = 0; k < values.size(); ++k)
    all[(first + k) / n * std::size_t(stride_) + (first + k) % n] = values[k];
}

template <class Real>
void CpuEngine<Real>::recouple(int cue) {
  Moment& moment = cues_[std::size_t(cue)].moments[0];
  kernels_.activate(moment.neurons.data(), model_.gain_neuron, int(stride_), moment.phi.data());
  const CueStep alone{cue, {}};
  run_tasks(0, std::span(&alone, 1));
}

template void CpuEngine<float>::save_to(MemoryState<float>&) const;
template void CpuEngine<double>::save_to(MemoryState<double>&) const;
template void CpuEngine<float>::load_from(const MemoryState<float>&);
template void CpuEngine<double>::load_from(const MemoryState<double>&);
template void CpuEngine<float>::set_rows(AlignedBuffer<float>&, const float*);
template void CpuEngine<double>::set_rows(AlignedBuffer<double>&, const double*);
template void CpuEngine<float>::replace(Field, int, std::size_t, std::span<const float>);
template void CpuEngine<double>::replace(Field, int, std::size_t, std::span<const double>);
template void CpuEngine<float>::recouple(int);
template void CpuEngine<double>::recouple(int);

}  // namespace tripartite::memory::cpu
