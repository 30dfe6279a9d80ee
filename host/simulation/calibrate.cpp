#include "host/simulation/calibrate.hpp"

#include <algorithm>
#include <utility>

#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::simulation {
std::vector<std::string_view> paragraphs_of(std::string_view text) {
  std::vector<std::string_view> paragraphs;
  while (!text.empty()) {
    const std::size_t end = text.find("\n\n");
    const std::string_view paragraph = text.substr(0, end);
    if (paragraph.find_first_not_of(" \r\n\t") != std::string_view::npos) paragraphs.push_back(paragraph);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
  return paragraphs;
}

namespace {

template <class Real>
void append(const transformer::Trace<Real>& trace, int tokens, std::vector<attention::LayerCalibration>& layers) {
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    layers[layer].query.insert(layers[layer].query.end(), trace.query[layer].begin(), trace.query[layer].end());
    layers[layer].key.insert(layers[layer].key.end(), trace.key[layer].begin(), trace.key[layer].end());
    layers[layer].tokens += tokens;
  }
}

}  // namespace

template <class Real>
std::vector<attention::LayerCalibration> calibrate_layers(const transformer::Model<Real>& model,
                                                          const transformer::Tokenizer& tokenizer,
                                                          std::string_view text, std::function<bool()> stop) {
  const auto& shape = model.shape();
  std::vector<attention::LayerCalibration> layers(std::size_t(shape.layers));
  const auto reference = transformer::make_blas_attention<Real>(shape.attention, shape.attention_shape());
  transformer::Sequence<Real> sequence(model, *reference);
  sequence.stop_when(std::move(stop));
  for (const std::string_view paragraph : paragraphs_of(text)) {
    const auto tokens = tokenizer.encode(paragraph, shape.max_tokens);
    transformer::Trace<Real> trace;
    sequence.restart();
    sequence.record(&trace);
    sequence.append(tokens.ids);
    append(trace, int(tokens.ids.size()), layers);
  }
  return layers;
}

template <class Real>
std::vector<attention::LayerCalibration> calibrate_layers(const transformer::Model<Real>& model,
                                                          std::span<const Real> images, std::function<bool()> stop) {
  constexpr std::size_t most = 16;
  const auto& shape = model.shape();
  const std::size_t size =
      std::size_t(shape.image_channels) * std::size_t(shape.image_size) * std::size_t(shape.image_size);
  images = images.first(std::min(images.size(), most * size));
  std::vector<attention::LayerCalibration> layers(std::size_t(shape.layers));
  const auto reference = transformer::make_blas_attention<Real>(shape.attention, shape.attention_shape());
  transformer::Sequence<Real> sequence(model, *reference);
  sequence.stop_when(std::move(stop));
  transformer::Trace<Real> trace;
  sequence.record(&trace);
  sequence.append_images(images);
  append(trace, int(images.size() / size) * shape.max_tokens, layers);
  return layers;
}

template std::vector<attention::LayerCalibration> calibrate_layers<float>(const transformer::Model<float>&,
                                                                          const transformer::Tokenizer&,
                                                                          std::string_view, std::function<bool()>);
template std::vector<attention::LayerCalibration> calibrate_layers<double>(const transformer::Model<double>&,
                                                                           const transformer::Tokenizer&,
                                                                           std::string_view, std::function<bool()>);

template std::vector<attention::LayerCalibration> calibrate_layers<float>(const transformer::Model<float>&,
                                                                          std::span<const float>,
                                                                          std::function<bool()>);
template std::vector<attention::LayerCalibration> calibrate_layers<double>(const transformer::Model<double>&,
                                                                           std::span<const double>,
                                                                           std::function<bool()>);

}  // namespace tripartite::simulation
