#include "host/attention/cpu_kernels.hpp"
#include "host/simd/dispatch.hpp"

namespace tripartite::attention::cpu {

TRIPARTITE_FOR_EACH_INSTRUCTION_SET(template <class Real> NeuronKernels<Real> neuron_kernels();
                                    template <class Real> SynapseKernels<Real> synapse_kernels();
                                    template <class Real> CalciumKernels<Real> calcium_kernels();)

template <class Real>
Kernels<Real> kernels(InstructionSet set) {
  return {TRIPARTITE_CALL_FOR(set, neuron_kernels<Real>()), TRIPARTITE_CALL_FOR(set, synapse_kernels<Real>()),
          TRIPARTITE_CALL_FOR(set, calcium_kernels<Real>())};
}

template Kernels<float> kernels<float>(InstructionSet);
template Kernels<double> kernels<double>(InstructionSet);

}  // namespace tripartite::attention::cpu
