#pragma once

namespace tripartite::tests {

/// What the factory of raising_module throws, as the number of tokens of the setup.
enum class Raised { config, file, device, memory, numerics, cancelled, out_of_memory };

}  // namespace tripartite::tests
