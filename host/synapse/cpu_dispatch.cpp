#include "host/simd/dispatch.hpp"
#include "host/synapse/cpu_kernels.hpp"

namespace tripartite::synapse::cpu {

TRIPARTITE_FOR_EACH_INSTRUCTION_SET(void (*fixed_kernel(float))(TileRun<float>&);
                                    void (*fixed_kernel(double))(TileRun<double>&);
                                    void (*adaptive_kernel(float))(TileRun<float>&);
                                    void (*adaptive_kernel(double))(TileRun<double>&);)

template <class Real>
Kernels<Real> kernels(InstructionSet set) {
  return {TRIPARTITE_CALL_FOR(set, fixed_kernel(Real())), TRIPARTITE_CALL_FOR(set, adaptive_kernel(Real()))};
}

template Kernels<float> kernels<float>(InstructionSet);
template Kernels<double> kernels<double>(InstructionSet);

}  // namespace tripartite::synapse::cpu
