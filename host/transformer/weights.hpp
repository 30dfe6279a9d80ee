#pragma once

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "host/io/safetensors.hpp"
#include "host/transformer/family.hpp"
#include "host/transformer/layers.hpp"
#include "tripartite/transformer/model.hpp"

namespace tripartite::transformer {

template <class Real>
struct Model<Real>::Weights {
  Weights(Architecture from_config, ModelFiles from_files, io::Safetensors from_tensors)
      : architecture(std::move(from_config)), files(std::move(from_files)), tensors(std::move(from_tensors)) {}

  Architecture architecture;
  Activation<Real> activation = nullptr;

  const Real* word_embedding = nullptr;      // [vocabulary x embedding_size]
  const Real* position_embedding = nullptr;  // [max_tokens x embedding_size]
  const Real* segment_embedding = nullptr;   // [segments x embedding_size]
  const Real* class_token = nullptr;         // [hidden_size]
  Linear<Real> patch_projection;
  std::optional<Norm<Real>> embedding_norm;
  std::optional<Linear<Real>> embedding_projection;
  std::vector<Block<Real>> blocks;  // a single block if the layer is shared
  std::optional<Norm<Real>> final_norm;
  std::optional<Linear<Real>> pooler, language_head, class_head;

  // Memory that the pointers above refer to.
  ModelFiles files;
  io::Safetensors tensors;
  std::deque<std::vector<Real>> converted;
};

/// Loads every tensor of `family`. Throws the exceptions of Model's constructor.
template <class Real>
typename Model<Real>::Weights load_weights(const ModelFiles& files, const Family& family,
                                           const Architecture& architecture);

}  // namespace tripartite::transformer
