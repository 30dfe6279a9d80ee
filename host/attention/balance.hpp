#pragma once

#include <span>
#include <vector>

namespace tripartite::attention {

/// The change of variables of favor_balanced: M = S^(1/2) with S = C_k^(1/2) (C_k^(1/2) C_q C_k^(1/2))^(-1/2)
/// C_k^(1/2), which makes M (q - c_q) and M^(-1) (k - c_k) equally short (docs/models.md, part A). All [width x width]
/// row-major or [width].
struct Balance {
  std::vector<double> transform;   // M
  std::vector<double> inverse;     // M^(-1)
  std::vector<double> query_mean;  // c_q of the scaled queries
  std::vector<double> key_mean;    // c_k
};

/// `query`, `key` [tokens x width], multiplied by `scale` before use. Covariances get 1e-3 of their mean diagonal
/// added.
Balance balance_queries_and_keys(std::span<const double> query, std::span<const double> key, int tokens, int width,
                                 double scale);

}  // namespace tripartite::attention
