#pragma once

#include <memory>

#include "tripartite/attention/engine.hpp"

namespace tripartite::attention::cuda {

/// Heads spread over all devices. Throws ConfigError if the parts of `setup` do not fit together or this backend does
/// not have them, MemoryError before allocating what does not fit, DeviceError.
template <class Real>
std::unique_ptr<Engine<Real>> make_engine(const EngineSetup& setup);

}  // namespace tripartite::attention::cuda
