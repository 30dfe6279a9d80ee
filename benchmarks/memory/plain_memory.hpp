#pragma once

#include <vector>

#include "tripartite/memory/engine.hpp"

namespace tripartite::benchmarks {

/// The associative memory as one would write it in an hour: forward Euler, the fourth-order coupling as two matrix
/// products of the BLAS, everything else in plain loops over N x N arrays.
class PlainMemory {
 public:
  PlainMemory(const memory::Patterns& patterns, const memory::Parameters& parameters, std::vector<float> neurons);

  void step();
  const std::vector<float>& neurons() const { return neurons_; }

 private:
  int size_, patterns_;
  memory::Parameters parameters_;
  std::vector<float> signs_;  // [size x patterns]
  std::vector<float> neurons_, synapses_, processes_;
  std::vector<float> phi_, psi_, coupling_, projected_, scaled_;
};

/// The matrix product C = A B^T of the BLAS, [rows x inner] by [columns x inner], as the upper bound for a step.
void product(int rows, int columns, int inner, const float* a, const float* b, float* c);

}  // namespace tripartite::benchmarks
