// What CUDA's engines do when the device runs out of memory, and what they allocate while they work.
#include "backend/cuda_resources.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "attention/network_cases.hpp"
#include "memory/memory_cases.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/memory/engine.hpp"
#include "tripartite/transformer/cublas_attention.hpp"

namespace tripartite::tests {
namespace {

attention::EngineSetup attention_setup() {
  NetworkCase network{.feature = attention::Feature::favor, .heads = 2, .width = 7, .hidden = 33, .tokens = 2};
  network.parameters = brisk_parameters(attention::Solver::exact);
  return make_setup(network);
}

TEST_F(CudaResources, MemoryErrorNamesTheBytesThatAttentionWanted) {
  expect_memory_errors([] { attention::make_cuda_engine<float>(attention_setup()); });
}

TEST_F(CudaResources, MemoryErrorNamesTheBytesThatAMemoryWanted) {
  const memory::Case some = memory::general_case(9, 3, 2, true);
  expect_memory_errors([&] { memory::make_cuda_memory_engine<double>(some.setup); });
}

TEST_F(CudaResources, MemoryErrorNamesTheBytesThatReferenceAttentionWanted) {
  expect_memory_errors([] {
    transformer::make_cublas_attention<float>(
        transformer::AttentionKind::softmax,
        {.layers = 1, .heads = 2, .head_size = 4, .max_tokens = 5, .causal = true});
  });
}

TEST_F(CudaResources, OutputsOfAttentionAllocateNothing) {
  const attention::EngineSetup setup = attention_setup();
  const auto engine = attention::make_cuda_engine<float>(setup);
  const std::size_t size = std::size_t(setup.tokens) * std::size_t(setup.heads()) * std::size_t(setup.width);
  std::vector<float> tokens(size, 0.3F), context(size);
  engine->load_tokens(0, 2, tokens.data(), tokens.data(), tokens.data());
  engine->advance(attention::Phase::settle, 0, 0.01);
  engine->sample(0);
  const int before = runtime_calls().allocations;
  engine->outputs(0, 2, context.data());
  engine->outputs(0, 1, context.data());
  engine->field(attention::Field::hidden, 1);
  EXPECT_EQ(runtime_calls().allocations, before);
}

}  // namespace
}  // namespace tripartite::tests
