#include "host/simulation/classify.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

#include "host/backend/require_memory.hpp"
#include "host/simulation/attention_options.hpp"
#include "host/simulation/calibrate.hpp"
#include "host/simulation/image_input.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::simulation {
namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

template <class Real>
void run(const config::ClassifyConfig& config, RunListener& listener, ClassifyResult& result) {
  const transformer::ModelFiles files = open_model(config.model, Input::image);
  const transformer::Model<Real> model(files);
  const transformer::ModelShape& shape = model.shape();
  if (shape.image_channels == 0)
    throw ConfigError("model.path = \"" + config.model + "\": " + shape.family + " reads text; classify needs a vit");
  if (shape.classes == 0)
    throw ConfigError("model.path = \"" + config.model + "\": has no classification head (classifier.weight)");
  const transformer::ImageProcessor processor(files, shape);
  const auto images = config.images.empty() ? heldout_digits() : read_images(config.images);
  std::vector<int> labels(images.size(), -1);
  if (!config.labels.empty()) {
    labels = read_labels(config.labels, images.size(), shape.classes);
  } else if (config.images.empty() && shape.classes == 10) {
    labels = heldout_labels();
  }
  const auto values = image_values<Real>(processor, images);
  result.model = files.name();
  result.shape = shape;
  auto options = attention_options(config, shape);
  result.feature = options.feature;
  result.hidden = attention::hidden_neurons(options, shape.head_size, shape.max_tokens);
  for (std::size_t i = 0; i < images.size(); ++i) result.images.push_back({images[i].name, labels[i], {}, {}});
  listener.prepared();

  const auto classes = std::size_t(shape.classes);
  const int at_once = images_at_once(shape, result.hidden);
  const auto check = [&](std::size_t) {
    if (listener.cancelled()) throw Cancelled("interrupted");
  };
  const auto keep = [&](const std::vector<Real>& scores, std::vector<double> ClassifiedImage::*answer) {
    for (std::size_t i = 0; i < images.size(); ++i)
      result.images[i].*answer = probabilities(std::span(scores).subspan(i * classes, classes));
  };
  auto begin = std::chrono::steady_clock::now();
  const auto reference =
      transformer::make_reference_attention<Real>(Backend::cpu, shape.attention, shape.attention_shape());
  keep(class_scores<Real>(model, *reference, values, at_once, check), &ClassifiedImage::transformer);
  result.transformer_seconds = seconds_since(begin);
  if (!config.integrate) return;

  begin = std::chrono::steady_clock::now();
  if (needs_calibration(options)) options.calibration = calibrate_layers<Real>(model, values);
  std::size_t done = 0;
  double simulated = 1;
  Stopper stopper(listener, [&](int layer, double time) {
    const double of_batch = (layer + time / simulated) / shape.layers;
    const double batch = double(std::min(std::size_t(at_once), images.size() - done));
    listener.progress("network", (double(done) + of_batch * batch) / double(images.size()));
  });
  attention::NetworkAttention<Real> network(shape.attention_shape(), options, &stopper);
  simulated = network.simulated_time(shape.max_tokens);
  keep(with_remedy(less_memory,
                   [&] {
                     return class_scores<Real>(model, network, values, at_once,
                                               [&](std::size_t first) { done = first; });
                   }),
       &ClassifiedImage::network);
  result.network_seconds = seconds_since(begin);
}

}  // namespace

void classify(const config::ClassifyConfig& config, RunListener& listener, ClassifyResult& result) {
  if (config.execution.precision == Precision::float64)
    run<double>(config, listener, result);
  else
    run<float>(config, listener, result);
}

int likeliest(const std::vector<double>& probabilities) {
  return int(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
}

std::string class_name(const transformer::ModelShape& shape, int number) {
  const auto at = static_cast<std::size_t>(number);
  return at < shape.labels.size() ? shape.labels[at] : std::to_string(number);
}

double accuracy(const std::vector<ClassifiedImage>& images, std::vector<double> ClassifiedImage::*answer) {
  int known = 0, right = 0;
  for (const ClassifiedImage& image : images) {
    if (image.truth < 0 || (image.*answer).empty()) continue;
    ++known;
    right += likeliest(image.*answer) == image.truth ? 1 : 0;
  }
  return known == 0 ? std::numeric_limits<double>::quiet_NaN() : double(right) / known;
}

double agreement(const std::vector<ClassifiedImage>& images) {
  const auto same = std::count_if(images.begin(), images.end(), [](const ClassifiedImage& image) {
    return likeliest(image.transformer) == likeliest(image.network);
  });
  return double(same) / double(images.size());
}

}  // namespace tripartite::simulation
