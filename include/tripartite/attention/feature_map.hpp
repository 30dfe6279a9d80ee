#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tripartite/attention/parameters.hpp"

namespace tripartite::attention {

/// What a hidden neuron does with its input; every feature map of part A is one of these four.
enum class Activation {
  exponential,  // exp(z_j + s)
  relu,         // max(0, z_j)
  elu1,         // z_j > 0 ? z_j + 1 : exp(z_j)
  slots         // written one token at a time, read as exp(z_j - max over stored tokens)
};

/// One side (key or query) of a feature map, as a function of the *unscaled* filtered projection x [width]:
///   z = projection x + offset                                     [hidden]
///   s = constant + linear . x - |norm x + norm_offset|^2 / 2      (exponential only)
/// Empty vectors stand for zero. Row-major.
struct FeatureSide {
  std::vector<double> projection;   // [hidden x width]
  std::vector<double> offset;       // [hidden]
  std::vector<double> norm;         // [width x width]
  std::vector<double> norm_offset;  // [width]
  std::vector<double> linear;       // [width]
  double constant = 0;
};

/// Feature map of one head; the d^(-1/4) scaling of docs/models.md is folded into both sides.
/// For slots the projection of the query side is what the network stores, so both sides are empty.
struct FeatureMap {
  Activation activation = Activation::elu1;
  int width = 0;   // d
  int hidden = 0;  // m
  FeatureSide key;
  FeatureSide query;
};

/// Queries and keys of a calibration text for one head, [tokens x width] each, unscaled.
struct Calibration {
  std::span<const double> query;
  std::span<const double> key;
  int tokens = 0;
};

/// Builds the feature map of one head. `stream` tells heads apart (layer, head), so that each has its own random
/// matrix. favor_sharp and favor_balanced need a calibration; elu1 needs hidden == width. Throws ConfigError otherwise.
FeatureMap make_feature_map(Feature feature, int width, int hidden, std::uint64_t seed, std::uint64_t stream,
                            const Calibration& calibration = {});

/// The same with a feature matrix Omega [hidden x width] given by the caller (relu, favor, favor_sharp,
/// favor_balanced).
FeatureMap make_feature_map(Feature feature, int width, int hidden, std::span<const double> omega,
                            const Calibration& calibration = {});

/// Random rows, orthogonal within blocks of `width`, with the norms of Gaussian rows (Choromanski et al. 2021). [hidden
/// x width]
std::vector<double> orthogonal_gaussian(int hidden, int width, std::uint64_t seed, std::uint64_t stream);

/// phi of one side in float64, the definition written out: a plain reference. `rows` [count x width], returns
/// [count x hidden]. Not for slots.
std::vector<double> evaluate(const FeatureMap& map, const FeatureSide& side, std::span<const double> rows,
                             int count = 1);

}  // namespace tripartite::attention
