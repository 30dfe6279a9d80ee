#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "tripartite/attention/network_attention.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/network/connectivity.hpp"
#include "tripartite/version.hpp"

// One head that reads two tokens; a single token attends to itself alone, so that the first output is its value.
// With the argument --module: is the CUDA module of the installed package found where there is a driver?
int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "--module") {
    const std::string reason = tripartite::why_unavailable(tripartite::Backend::cuda);
    std::printf("cuda: %s\n", reason.c_str());
    return reason == "no driver" || reason.find("module") != std::string::npos ? 1 : 0;
  }
  tripartite::attention::NetworkOptions options;
  options.backend = tripartite::Backend::cpu;
  tripartite::attention::NetworkAttention<double> network(
      {.layers = 1, .heads = 1, .head_size = 2, .max_tokens = 2, .causal = true}, options);
  const std::vector<double> query{1, 0, 0, 1}, key{1, 1, 2, 0}, value{0.5, -0.25, 1, 3};
  std::vector<double> context(4);
  network.attend(0, 0, 2, query.data(), key.data(), value.data(), context.data());
  const auto edges = tripartite::network::fixed_indegree(10, 3, 1);
  std::printf("tripartite %s: %g %g, %zu edges\n", TRIPARTITE_VERSION, context[0], context[1], edges.size());
  // The default schedule settles to 5e-4 (docs/models.md, part A).
  const bool is_right = std::abs(context[0] - 0.5) < 1e-3 && std::abs(context[1] + 0.25) < 1e-3;
  return is_right && edges.size() == 30 ? 0 : 1;
}
