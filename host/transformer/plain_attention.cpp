#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "tripartite/transformer/reference_attention.hpp"

// Deliberately slow: written from the formulas, one sum at a time, as the reference for the fast implementations.
namespace tripartite::transformer {
namespace {

/// Row `token` of `head` in a matrix [tokens x heads * columns].
const double* row(const double* matrix, const AttentionProblem& problem, int columns, int token, int head) {
  return matrix + (std::size_t(token) * problem.heads + head) * columns;
}

double dot(const double* a, const double* b, int size) {
  double sum = 0;
  for (int i = 0; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

int visible_tokens(const AttentionProblem& problem, int token) { return problem.causal ? token + 1 : problem.tokens; }

}  // namespace

void plain_softmax_weights(const AttentionProblem& problem, const double* query, const double* key, double* weights) {
  const int tokens = problem.tokens;
  const int d = problem.head_size;
  for (int head = 0; head < problem.heads; ++head)
    for (int token = 0; token < tokens; ++token) {
      double* out = weights + (std::size_t(head) * tokens + token) * tokens;
      std::fill(out, out + tokens, 0.0);
      const int visible = visible_tokens(problem, token);
      for (int other = 0; other < visible; ++other)
        out[other] =
            dot(row(query, problem, d, token, head), row(key, problem, d, other, head), d) / std::sqrt(double(d));
      const double largest = *std::max_element(out, out + visible);
      double sum = 0;
      for (int other = 0; other < visible; ++other) sum += out[other] = std::exp(out[other] - largest);
      for (int other = 0; other < visible; ++other) out[other] /= sum;
    }
}

void plain_softmax_attention(const AttentionProblem& problem, const double* query, const double* key,
                             const double* value, double* context) {
  const int tokens = problem.tokens;
  const int d = problem.head_size;
  std::vector<double> weights(std::size_t(problem.heads) * tokens * tokens);
  plain_softmax_weights(problem, query, key, weights.data());
  for (int token = 0; token < tokens; ++token)
    for (int head = 0; head < problem.heads; ++head)
      for (int channel = 0; channel < d; ++channel) {
        double sum = 0;
        for (int other = 0; other < tokens; ++other)
          sum += weights[(std::size_t(head) * tokens + token) * tokens + other] *
                 row(value, problem, d, other, head)[channel];
        context[(std::size_t(token) * problem.heads + head) * d + channel] = sum;
      }
}

void plain_linear_attention(const AttentionProblem& problem, int features, const double* query_features,
                            const double* key_features, const double* value, double* context) {
  const int d = problem.head_size;
  for (int token = 0; token < problem.tokens; ++token)
    for (int head = 0; head < problem.heads; ++head) {
      double* out = context + (std::size_t(token) * problem.heads + head) * d;
      std::fill(out, out + d, 0.0);
      double sum = 0;
      for (int other = 0; other < visible_tokens(problem, token); ++other) {
        const double weight = dot(row(query_features, problem, features, token, head),
                                  row(key_features, problem, features, other, head), features);
        sum += weight;
        for (int channel = 0; channel < d; ++channel)
          out[channel] += weight * row(value, problem, d, other, head)[channel];
      }
      for (int channel = 0; channel < d; ++channel) out[channel] /= sum;
    }
}

void plain_elu1_features(const AttentionProblem& problem, const double* x, double* features) {
  const std::size_t size = std::size_t(problem.tokens) * problem.heads * problem.head_size;
  const double scale = std::pow(problem.head_size, -0.25);
  for (std::size_t i = 0; i < size; ++i) features[i] = x[i] > 0 ? x[i] * scale + 1 : std::exp(x[i] * scale);
}

}  // namespace tripartite::transformer
