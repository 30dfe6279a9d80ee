#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite {

/// "3.5 GiB". Of less than a hundredth of one it tells as many digits as it takes.
std::string in_gib(double bytes);

/// Throws MemoryError "WHAT: needs 3.5 GiB of memory, 2.1 GiB are available" if `needed` bytes are not there. `remedy`
/// says what would need less: "fewer neurons (population.neurons)".
void require_memory(std::string_view what, double needed, double available = double(available_host_memory()),
                    std::string_view remedy = {});

/// The same of a CUDA device with `available` bytes.
void require_device_memory(std::string_view what, double needed, double available);

/// What `make` returns. A MemoryError that it throws ends with `remedy` from here on.
template <class Make>
decltype(auto) with_remedy(std::string_view remedy, Make&& make) {
  try {
    return make();
  } catch (const MemoryError& error) {
    throw MemoryError(std::string(error.what()) + "; " + std::string(remedy));
  }
}

}  // namespace tripartite
