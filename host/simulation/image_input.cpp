#include "host/simulation/image_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "host/io/npy.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

constexpr std::size_t colours = 3;

std::vector<NamedImage> images_of(const io::NpyArray& array, const std::string& name) {
  std::vector<std::size_t> shape = array.shape;
  const auto refuse = [&](const std::string& why) { throw FileError(name + ": " + why); };
  if (shape.size() < 2 || shape.size() > 4 || (shape.size() == 4 && shape.back() != colours))
    refuse("images as an array: [images x rows x columns] with or without 3 colours behind is expected");
  const bool has_colours = shape.size() == 4 || (shape.size() == 3 && shape.back() == colours);
  if (has_colours) shape.pop_back();
  if (shape.size() == 2) shape.insert(shape.begin(), 1);
  const std::size_t rows = shape[1], columns = shape[2], pixels = rows * columns;
  constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
  io::ImageLimits().check(std::uint32_t(std::min(columns, most)), std::uint32_t(std::min(rows, most)), name);
  std::vector<NamedImage> images;
  auto value = array.values.begin();
  for (std::size_t i = 0; i < shape[0]; ++i) {
    NamedImage image{shape[0] == 1 ? name : fmt::format("{}[{}]", name, i), {int(columns), int(rows), {}}};
    image.pixels.values.reserve(pixels * colours);
    for (std::size_t k = 0; k < pixels * (has_colours ? colours : 1); ++k, ++value) {
      if (!(*value >= 0 && *value <= 255) || *value != std::floor(*value))
        refuse(fmt::format("{}: a pixel must be an integer from 0 to 255", *value));
      image.pixels.values.insert(image.pixels.values.end(), has_colours ? 1 : colours, std::uint8_t(*value));
    }
    images.push_back(std::move(image));
  }
  if (images.empty()) refuse("has no image");
  return images;
}

std::vector<int> labels_of(const io::NpyArray& array, const std::string& name, int classes) {
  std::vector<int> labels;
  for (const double value : array.values) {
    if (!(value >= 0 && value < classes) || value != std::floor(value))
      throw FileError(fmt::format("{}: {}: a class is an integer from 0 to {}", name, value, classes - 1));
    labels.push_back(int(value));
  }
  return labels;
}

}  // namespace

std::vector<NamedImage> read_images(const std::vector<std::string>& paths) {
  std::vector<NamedImage> images;
  for (const std::string& path : paths) {
    if (path.ends_with(".npy")) {
      auto several = images_of(io::read_npy(path), path);
      std::move(several.begin(), several.end(), std::back_inserter(images));
    } else {
      images.push_back({path, io::read_image(path)});
    }
  }
  return images;
}

std::vector<NamedImage> heldout_digits() {
  return images_of(io::parse_npy(transformer::embedded_image("digits-heldout.npy"), "digits-heldout"),
                   "digits-heldout");
}

std::vector<int> heldout_labels() {
  constexpr const char* name = "digits-heldout-labels.npy";
  return labels_of(io::parse_npy(transformer::embedded_image(name), name), name, 10);
}

std::vector<int> read_labels(const std::string& path, std::size_t images, int classes) {
  auto labels = labels_of(io::read_npy(path), path, classes);
  if (labels.size() != images) throw FileError(fmt::format("{}: {} labels for {} images", path, labels.size(), images));
  return labels;
}

template <class Real>
std::vector<Real> image_values(const transformer::ImageProcessor& processor, std::span<const NamedImage> images) {
  std::vector<Real> values;
  for (const NamedImage& image : images) processor.append_values(processor.fitted(image.pixels), values);
  return values;
}

int images_at_once(const transformer::ModelShape& shape, int hidden) {
  constexpr std::size_t enough = 32, most_synapses = std::size_t(1) << 23;
  const std::size_t synapses = std::size_t(shape.heads) * std::size_t(hidden) * std::size_t(shape.head_size);
  return int(std::clamp(most_synapses / synapses, std::size_t(1), enough));
}

template <class Real>
std::vector<Real> class_scores(const transformer::Model<Real>& model, transformer::Attention<Real>& attention,
                               std::span<const Real> values, int at_once,
                               const std::function<void(std::size_t)>& before) {
  const auto& shape = model.shape();
  const std::size_t size =
      std::size_t(shape.image_channels) * std::size_t(shape.image_size) * std::size_t(shape.image_size);
  const std::size_t images = values.size() / size;
  transformer::Sequence<Real> sequence(model, attention);
  std::vector<Real> scores;
  for (std::size_t first = 0; first < images; first += std::size_t(at_once)) {
    if (before) before(first);
    const std::size_t count = std::min(std::size_t(at_once), images - first);
    sequence.restart();
    sequence.append_images(values.subspan(first * size, count * size));
    const auto some = sequence.class_logits();
    scores.insert(scores.end(), some.begin(), some.end());
  }
  return scores;
}

template <class Real>
std::vector<double> probabilities(std::span<const Real> scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  std::vector<double> result;
  double sum = 0;
  for (const Real score : scores) sum += result.emplace_back(std::exp(double(score) - largest));
  for (double& probability : result) probability /= sum;
  return result;
}

template std::vector<float> image_values(const transformer::ImageProcessor&, std::span<const NamedImage>);
template std::vector<double> image_values(const transformer::ImageProcessor&, std::span<const NamedImage>);
template std::vector<float> class_scores(const transformer::Model<float>&, transformer::Attention<float>&,
                                         std::span<const float>, int, const std::function<void(std::size_t)>&);
template std::vector<double> class_scores(const transformer::Model<double>&, transformer::Attention<double>&,
                                          std::span<const double>, int, const std::function<void(std::size_t)>&);
template std::vector<double> probabilities(std::span<const float>);
template std::vector<double> probabilities(std::span<const double>);

}  // namespace tripartite::simulation
