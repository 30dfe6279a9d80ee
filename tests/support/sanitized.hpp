#pragma once

namespace tripartite {

/// Whether this program was built with sanitizers, which make numerics many times slower: a measurement of the model
/// takes a smaller system then, on the same paths through the code. The optimised build measures the whole of it.
#ifdef TRIPARTITE_SANITIZED
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

}  // namespace tripartite
