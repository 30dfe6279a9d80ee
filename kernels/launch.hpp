#pragma once

namespace tripartite {

/// Blocks of `threads` that cover `items`.
constexpr unsigned blocks_for(unsigned long long items, unsigned threads) {
  return unsigned((items + threads - 1) / threads);
}

}  // namespace tripartite
