#include "host/network/cpu_kernels.hpp"
#include "host/simd/dispatch.hpp"

namespace tripartite::network::cpu {

TRIPARTITE_FOR_EACH_INSTRUCTION_SET(StageKernel<float> stage_kernel(float); StageKernel<double> stage_kernel(double);)

template <class Real>
StageKernel<Real> stage_kernel(InstructionSet set) {
  return TRIPARTITE_CALL_FOR(set, stage_kernel(Real()));
}

template StageKernel<float> stage_kernel<float>(InstructionSet);
template StageKernel<double> stage_kernel<double>(InstructionSet);

}  // namespace tripartite::network::cpu
