#include "host/attention/cpu_kernels.hpp"

namespace tripartite::attention::cpu {

#define TRIPARTITE_DECLARE_KERNELS(isa)   \
  namespace isa {                         \
  template <class Real>                   \
  NeuronKernels<Real> neuron_kernels();   \
  template <class Real>                   \
  SynapseKernels<Real> synapse_kernels(); \
  template <class Real>                   \
  CalciumKernels<Real> calcium_kernels(); \
  }
TRIPARTITE_DECLARE_KERNELS(baseline)
#ifdef TRIPARTITE_X86
TRIPARTITE_DECLARE_KERNELS(avx2)
TRIPARTITE_DECLARE_KERNELS(avx512)
#endif
#undef TRIPARTITE_DECLARE_KERNELS

template <class Real>
Kernels<Real> kernels(InstructionSet set) {
#ifdef TRIPARTITE_X86
  if (set == InstructionSet::avx512)
    return {avx512::neuron_kernels<Real>(), avx512::synapse_kernels<Real>(), avx512::calcium_kernels<Real>()};
  if (set == InstructionSet::avx2)
    return {avx2::neuron_kernels<Real>(), avx2::synapse_kernels<Real>(), avx2::calcium_kernels<Real>()};
#endif
  (void)set;
  return {baseline::neuron_kernels<Real>(), baseline::synapse_kernels<Real>(), baseline::calcium_kernels<Real>()};
}

template Kernels<float> kernels<float>(InstructionSet);
template Kernels<double> kernels<double>(InstructionSet);

}  // namespace tripartite::attention::cpu
