#include "host/simulation/attention_errors.hpp"

#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::simulation {

std::vector<double> head_columns(std::span<const double> matrix, int tokens, int heads, int width, int head) {
  std::vector<double> columns;
  columns.reserve(std::size_t(tokens) * std::size_t(width));
  for (int t = 0; t < tokens; ++t)
    for (int i = 0; i < width; ++i)
      columns.push_back(
          matrix[(std::size_t(t) * std::size_t(heads) + std::size_t(head)) * std::size_t(width) + std::size_t(i)]);
  return columns;
}

namespace {

transformer::AttentionProblem problem_of(const HeadTensors& head) {
  return {.tokens = head.tokens, .heads = 1, .head_size = head.width, .causal = head.causal};
}

}  // namespace

std::vector<double> attention_weights(const HeadTensors& head, transformer::AttentionKind kind) {
  const std::size_t tokens = std::size_t(head.tokens);
  std::vector<double> weights(tokens * tokens);
  if (kind == transformer::AttentionKind::softmax) {
    transformer::plain_softmax_weights(problem_of(head), head.query.data(), head.key.data(), weights.data());
    return weights;
  }
  const auto map = attention::make_feature_map(attention::Feature::elu1, head.width, head.width, 0, 0);
  const auto query = attention::evaluate(map, map.query, head.query, head.tokens),
             key = attention::evaluate(map, map.key, head.key, head.tokens);
  // Unit vectors as values read the weights out.
  std::vector<double> unit(tokens * tokens, 0.0);
  for (std::size_t t = 0; t < tokens; ++t) unit[t * tokens + t] = 1;
  transformer::AttentionProblem problem = problem_of(head);
  problem.head_size = head.tokens;
  transformer::plain_linear_attention(problem, map.hidden, query.data(), key.data(), unit.data(), weights.data());
  return weights;
}

std::vector<double> softmax_context(const HeadTensors& head) {
  std::vector<double> context(head.value.size());
  transformer::plain_softmax_attention(problem_of(head), head.query.data(), head.key.data(), head.value.data(),
                                       context.data());
  return context;
}

std::vector<double> linear_context(const HeadTensors& head, const attention::FeatureMap& map) {
  if (map.activation == attention::Activation::slots) return softmax_context(head);
  std::vector<double> context(head.value.size());
  const auto query = attention::evaluate(map, map.query, head.query, head.tokens);
  const auto key = attention::evaluate(map, map.key, head.key, head.tokens);
  transformer::plain_linear_attention(problem_of(head), map.hidden, query.data(), key.data(), head.value.data(),
                                      context.data());
  return context;
}

}  // namespace tripartite::simulation
