// tripartite_rivals WORKLOAD [--method M] [--precision P] [--n N] [--steps S] [--second K] [--threads T]
// prints one JSON object: seconds of the loop alone and a number to check it by.
// `ceilings` prints what the machine can do at best, `W5-sources` which neuron each synapse of W5 listens to.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "benchmarks/rivals/rival.hpp"
#include "host/bench/problem.hpp"

int main(int count, char** words) {
  using namespace tripartite::rivals;
  const std::map<std::string, Result (*)(const Case&)> workloads{
      {"W1", synapses},   {"W2-write", heads_write}, {"W2-read", heads_read}, {"W3", memory},
      {"W4", astrocytes}, {"W5", network},           {"W6", transformer}};
  std::map<std::string, std::string> options{{"--method", "euler"}, {"--precision", "float32"}, {"--n", "1000"},
                                             {"--steps", "100"},    {"--second", "10"},         {"--threads", "1"}};
  const std::string workload = count > 1 ? words[1] : "";
  for (int i = 2; i + 1 < count; i += 2) {
    if (options.find(words[i]) == options.end()) {
      std::fprintf(stderr, "tripartite_rivals: unknown option %s\n", words[i]);
      return 2;
    }
    options[words[i]] = words[i + 1];
  }
  const auto number = [&](const char* name) { return std::strtol(options[name].c_str(), nullptr, 10); };
  const int threads = int(number("--threads"));
  nlohmann::ordered_json answer;
  if (workload == "ceilings") {
    answer = {{"multiply_add_float32", peak_multiply_add(threads, false)},
              {"multiply_add_float64", peak_multiply_add(threads, true)},
              {"product", peak_product(threads)},
              {"bandwidth", peak_bandwidth(threads)}};
  } else if (workload == "W5-sources") {  // for simulators that are no program of this project
    answer = tripartite::bench::network_sources(std::size_t(number("--n")), std::size_t(number("--second")));
  } else if (const auto found = workloads.find(workload); found != workloads.end()) {
    const Result result = found->second({options["--method"], options["--precision"] == "float64", number("--n"),
                                         number("--steps"), number("--second"), threads});
    answer = {{"seconds", result.seconds}, {"check", result.check}};
  } else {
    std::fprintf(stderr, "tripartite_rivals: expected W1, W2-write, W2-read, W3, W4, W5, W5-sources, W6 or ceilings\n");
    return 2;
  }
  std::printf("%s\n", answer.dump().c_str());
  return 0;
}
