#include <cmath>
#include <cstdio>
#include <vector>

#include "host/config/attend_config.hpp"
#include "tripartite/attention/network_attention.hpp"
#include "tripartite/transformer/model_files.hpp"
#include "tripartite/version.hpp"

// One head that reads two tokens; a single token attends to itself alone, so that the first output is its value.
int main() {
  const tripartite::config::AttendConfig config;
  tripartite::config::validate(config);
  tripartite::attention::NetworkOptions options;
  options.parameters = config.network;
  options.backend = tripartite::Backend::cpu;
  tripartite::attention::NetworkAttention<double> network(
      {.layers = 1, .heads = 1, .head_size = 2, .max_tokens = 2, .causal = true}, options);
  const std::vector<double> query{1, 0, 0, 1};
  const std::vector<double> key{1, 1, 2, 0};
  const std::vector<double> value{0.5, -0.25, 1, 3};
  std::vector<double> context(4);
  network.attend(0, 0, 2, query.data(), key.data(), value.data(), context.data());
  std::printf("tripartite %s: %g %g, %zu models\n", TRIPARTITE_VERSION, context[0], context[1],
              tripartite::transformer::embedded_model_names().size());
  // The default schedule settles to 5e-4 (docs/models.md, part A).
  const bool is_right = std::abs(context[0] - 0.5) < 1e-3 && std::abs(context[1] + 0.25) < 1e-3;
  return is_right ? 0 : 1;
}
