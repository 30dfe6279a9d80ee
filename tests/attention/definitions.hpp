#pragma once

#include <functional>
#include <vector>

namespace tripartite::attention {

/// Firing rates [hidden] of a feature map for a query or key [width].
using Features = std::function<std::vector<double>(const std::vector<double>& x)>;

// Independent implementations of the feature maps of docs/models.md. `omega` [hidden x width].
Features elu1_features();
Features relu_features(const std::vector<double>& omega);
Features favor_features(const std::vector<double>& omega);
/// `squared_sum`: mean over pairs of |q + k|^2 of the scaled vectors.
Features favor_sharp_features(const std::vector<double>& omega, double squared_sum);

/// Linear attention of one head, phi(Q) (phi(K)^T V) / phi(Q) (phi(K)^T 1), and softmax attention, [tokens x width].
std::vector<double> linear_attention(const Features& query_features, const Features& key_features,
                                     const std::vector<double>& query, const std::vector<double>& key,
                                     const std::vector<double>& value, int width, bool causal);
std::vector<double> softmax_attention(const std::vector<double>& query, const std::vector<double>& key,
                                      const std::vector<double>& value, int width, bool causal);

double dot(const std::vector<double>& left, const std::vector<double>& right);
/// x d^(-1/4), d = its size.
std::vector<double> scaled(std::vector<double> x);
std::vector<double> row(const std::vector<double>& matrix, int index, int width);

}  // namespace tripartite::attention
