#include "host/transformer/weights.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <type_traits>

#include "host/backend/require_memory.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

using Shape = std::vector<std::size_t>;

io::Safetensors open_tensors(const ModelFiles& files) {
  if (files.on_disk()) return io::Safetensors::open_directory(files.name());
  return io::Safetensors(files.bytes("model.safetensors"), files.where("model.safetensors"));
}

/// Finds a family's tensors and collects the missing ones, to report all of them at once.
template <class Real>
class Loader {
 public:
  Loader(typename Model<Real>::Weights& weights, const TensorNames& names) : weights_(weights), names_(names) {
    const std::string probe = first_name();
    for (const std::string_view prefix : names.prefixes)
      if (weights.tensors.contains(std::string(prefix) + probe)) prefix_ = prefix;
  }

  /// nullptr if the tensor is missing, which is recorded. Throws ConfigError if it has another shape.
  const Real* tensor(const std::string& name, const Shape& expected) {
    if (!weights_.tensors.contains(name)) {
      missing_.push_back(name);
      return nullptr;
    }
    const io::TensorView& view = weights_.tensors.tensor(name);
    if (view.shape != expected)
      throw ConfigError(fmt::format("{}: tensor {} has shape [{}], expected [{}] from config.json",
                                    weights_.tensors.source(), name, fmt::join(view.shape, ", "),
                                    fmt::join(expected, ", ")));
    if constexpr (std::is_same_v<Real, float>) {
      const bool aligned = reinterpret_cast<std::uintptr_t>(view.bytes.data()) % alignof(float) == 0;
      if (view.type == io::TensorType::f32 && aligned) return reinterpret_cast<const float*>(view.bytes.data());
    }
    return weights_.converted.emplace_back(weights_.tensors.template values<Real>(name, expected)).data();
  }

  const Real* weight(std::string_view name, const Shape& expected) {
    return tensor(prefixed(name) + ".weight", expected);
  }

  Norm<Real> norm(std::string_view name, int size) {
    // Checkpoints converted from TensorFlow name weight and bias gamma and beta.
    const std::string base = prefixed(name);
    const bool old = weights_.tensors.contains(base + ".gamma");
    Norm<Real> norm;
    norm.size = size;
    norm.epsilon = weights_.architecture.norm_epsilon;
    norm.weight = tensor(base + (old ? ".gamma" : ".weight"), {std::size_t(size)});
    norm.bias = tensor(base + (old ? ".beta" : ".bias"), {std::size_t(size)});
    return norm;
  }

  /// `parts` projections side by side in one tensor, addressed through the leading dimension.
  std::vector<Linear<Real>> linears(const std::string& base, int in, int out, int parts, bool has_bias, bool in_out) {
    const auto columns = std::size_t(out) * parts;
    const Shape shape = in_out ? Shape{std::size_t(in), columns} : Shape{columns, std::size_t(in)};
    const Real* weight = tensor(base + ".weight", shape);
    const Real* bias = has_bias ? tensor(base + ".bias", {columns}) : nullptr;
    std::vector<Linear<Real>> all;
    for (int part = 0; part < parts; ++part) {
      const std::size_t skipped = std::size_t(part) * out;
      all.push_back({weight ? weight + skipped * (in_out ? 1 : in) : nullptr, bias ? bias + skipped : nullptr, in, out,
                     in_out ? out * parts : in,
                     in_out ? linear_algebra::Stored::as_is : linear_algebra::Stored::transposed});
    }
    return all;
  }

  Linear<Real> linear(std::string_view name, int in, int out, bool has_bias = true) {
    return linears(prefixed(name), in, out, 1, has_bias, names_.weights_are_in_out).front();
  }

  Block<Real> block(int number) {
    const Architecture& a = weights_.architecture;
    const int width = a.shape.hidden_size;
    layer_ = std::string(names_.layer);
    if (const auto place = layer_.find("{}"); place != std::string::npos)
      layer_.replace(place, 2, std::to_string(number));
    Block<Real> block;
    if (names_.query_key_value.empty()) {
      block.query = linear(names_.query, width, width, a.qkv_bias);
      block.key = linear(names_.key, width, width, a.qkv_bias);
      block.value = linear(names_.value, width, width, a.qkv_bias);
    } else {
      const auto parts =
          linears(prefixed(names_.query_key_value), width, width, 3, a.qkv_bias, names_.weights_are_in_out);
      block.query = parts[0], block.key = parts[1], block.value = parts[2];
    }
    block.output = linear(names_.attention_output, width, width);
    block.attention_norm = norm(names_.attention_norm, width);
    block.up = linear(names_.mlp_up, width, a.inner_size);
    block.down = linear(names_.mlp_down, a.inner_size, width);
    block.mlp_norm = norm(names_.mlp_norm, width);
    layer_.clear();
    return block;
  }

  std::string prefixed(std::string_view name) const { return prefix_ + layer_ + std::string(name); }

  void throw_if_missing() const {
    if (missing_.empty()) return;
    constexpr std::size_t shown = 5;
    const auto end = missing_.begin() + std::ptrdiff_t(std::min(shown, missing_.size()));
    throw FileError(fmt::format("{}: {} tensors are missing: {}{}", weights_.tensors.source(), missing_.size(),
                                fmt::join(missing_.begin(), end, ", "), missing_.size() > shown ? ", ..." : ""));
  }

 private:
  std::string first_name() const {
    return names_.word_embedding.empty() ? std::string(names_.class_token)
                                         : std::string(names_.word_embedding) + ".weight";
  }

  typename Model<Real>::Weights& weights_;
  const TensorNames& names_;
  std::string prefix_;
  std::string layer_;
  std::vector<std::string> missing_;
};

/// Upper bound of the bytes needed for conversion to Real: 0 for float32 from float32 files.
template <class Real>
std::size_t converted_bytes(const io::Safetensors& tensors) {
  std::size_t bytes = 0;
  for (const std::string& name : tensors.names()) {
    const io::TensorView& view = tensors.tensor(name);
    const bool used_in_place = std::is_same_v<Real, float> && view.type == io::TensorType::f32;
    if (!used_in_place) bytes += view.bytes.size() / io::bytes_of(view.type) * sizeof(Real);
  }
  return bytes;
}

}  // namespace

template <class Real>
typename Model<Real>::Weights load_weights(const ModelFiles& files, const Family& family,
                                           const Architecture& architecture) {
  typename Model<Real>::Weights weights(architecture, files, open_tensors(files));
  require_memory(weights.tensors.source(), double(converted_bytes<Real>(weights.tensors)));

  const TensorNames& names = family.names;
  ModelShape& shape = weights.architecture.shape;
  const auto hidden = std::size_t(shape.hidden_size);
  const auto embedding = std::size_t(shape.embedding_size);
  weights.activation = find_activation<Real>(architecture.activation);
  Loader<Real> load(weights, names);
  if (!names.word_embedding.empty())
    weights.word_embedding = load.weight(names.word_embedding, {std::size_t(shape.vocabulary), embedding});
  if (!names.segment_embedding.empty())
    weights.segment_embedding = load.weight(names.segment_embedding, {std::size_t(shape.segments), embedding});
  if (names.patch_projection.empty()) {
    weights.position_embedding = load.weight(names.position_embedding, {std::size_t(shape.max_tokens), embedding});
  } else {
    weights.position_embedding =
        load.tensor(load.prefixed(names.position_embedding), {1, std::size_t(shape.max_tokens), hidden});
    weights.class_token = load.tensor(load.prefixed(names.class_token), {1, 1, hidden});
    const auto side = std::size_t(shape.patch_size);
    const int pixels = shape.image_channels * shape.patch_size * shape.patch_size;
    const std::string patch = load.prefixed(names.patch_projection);
    weights.patch_projection = {load.tensor(patch + ".weight", {hidden, std::size_t(shape.image_channels), side, side}),
                                load.tensor(patch + ".bias", {hidden}),
                                pixels,
                                shape.hidden_size,
                                pixels,
                                linear_algebra::Stored::transposed};
  }
  if (!names.embedding_norm.empty()) weights.embedding_norm = load.norm(names.embedding_norm, shape.embedding_size);
  if (!names.embedding_projection.empty())
    weights.embedding_projection = load.linear(names.embedding_projection, shape.embedding_size, shape.hidden_size);
  for (int layer = 0; layer < (architecture.shared_layer ? 1 : shape.layers); ++layer)
    weights.blocks.push_back(load.block(layer));
  if (!names.final_norm.empty()) weights.final_norm = load.norm(names.final_norm, shape.hidden_size);

  if (!names.pooler.empty() && weights.tensors.contains(load.prefixed(names.pooler) + ".weight"))
    weights.pooler = load.linear(names.pooler, shape.hidden_size, shape.hidden_size);
  shape.has_pooler = weights.pooler.has_value();
  if (architecture.has_head) {
    const Real* head = architecture.tied_head ? weights.word_embedding
                                              : load.tensor(std::string(names.language_head) + ".weight",
                                                            {std::size_t(shape.vocabulary), hidden});
    weights.language_head = Linear<Real>{head, nullptr, shape.hidden_size, shape.vocabulary, shape.hidden_size};
  }
  const std::string class_head(names.class_head);
  if (!class_head.empty() && weights.tensors.contains(class_head + ".weight")) {
    const auto& stored = weights.tensors.tensor(class_head + ".weight").shape;
    const int classes = shape.labels.empty() && stored.size() == 2 ? int(stored[0]) : int(shape.labels.size());
    weights.class_head = load.linears(class_head, shape.hidden_size, classes, 1, true, false).front();
    shape.classes = classes;
  }
  load.throw_if_missing();
  return weights;
}

template Model<float>::Weights load_weights<float>(const ModelFiles&, const Family&, const Architecture&);
template Model<double>::Weights load_weights<double>(const ModelFiles&, const Family&, const Architecture&);

template <class Real>
Model<Real>::Model(const ModelFiles& files) {
  const ModelConfig config(files.where("config.json"), files.text("config.json"));
  const Family& family = find_family(config);
  weights_ = std::make_shared<const Weights>(load_weights<Real>(files, family, read_architecture(family, config)));
}

template <class Real>
const ModelShape& Model<Real>::shape() const {
  return weights_->architecture.shape;
}

template class Model<float>;
template class Model<double>;

}  // namespace tripartite::transformer
