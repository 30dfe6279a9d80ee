#pragma once

#include <chrono>
#include <string>

/// Rivals: plain loops over the equations of docs/models.md, written for speed. They share the inputs with the
/// program's own workloads (host/bench/problem.hpp) and no code for the equations.
namespace tripartite::rivals {

/// What to run. `n` elements for `steps` steps; `second` is the in-degree (W5) or the number of patterns (W3).
struct Case {
  std::string method;
  bool is_double = false;
  long n = 0, steps = 0, second = 0;
  int threads = 1;
};

struct Result {
  double seconds = 0;
  double check = 0;  // a number that the program's own run must reproduce
};

inline double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Result synapses(const Case&);     // W1: independent tripartite synapses
Result heads_write(const Case&);  // W2: attention heads with factors per synapse
Result heads_read(const Case&);
Result memory(const Case&);       // W3: associative memory
Result astrocytes(const Case&);   // W4: Li-Rinzel
Result network(const Case&);      // W5: rate neurons and tripartite synapses
Result transformer(const Case&);  // W6: the products of a transformer; `n` tokens, `method` its shape

/// Ceilings of this machine with `threads` threads: fused multiply-adds in registers [flop/s], sgemm [flop/s], triad of
/// arrays beyond the caches [byte/s].
double peak_multiply_add(int threads, bool is_double);
double peak_product(int threads);
double peak_bandwidth(int threads);

}  // namespace tripartite::rivals
