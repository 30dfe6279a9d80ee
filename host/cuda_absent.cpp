// The CUDA entry points of a build without CUDA. Each is reached only if the caller ignores why_unavailable().
#include "tripartite/attention/engine.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite {

bool built_with_cuda() { return false; }

std::vector<Device> cuda_devices() { return {}; }

namespace attention {

template <class Real>
std::unique_ptr<Engine<Real>> make_cuda_engine(const EngineSetup&) {
  throw DeviceError("attention engine: this build has no CUDA backend");
}

template std::unique_ptr<Engine<float>> make_cuda_engine<float>(const EngineSetup&);
template std::unique_ptr<Engine<double>> make_cuda_engine<double>(const EngineSetup&);

}  // namespace attention

}  // namespace tripartite
