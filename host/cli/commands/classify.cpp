#include "host/simulation/classify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <ostream>

#include "host/cli/config_options.hpp"
#include "host/cli/run_listener.hpp"
#include "host/config/choices.hpp"
#include "host/config/classify_parameters.hpp"
#include "host/report/counted.hpp"

namespace tripartite::cli {
namespace {

using simulation::ClassifiedImage;
using simulation::ClassifyResult;

constexpr auto examples =
    "Examples:\n"
    "  tripartite classify                                   the held-out digits inside the program, against their "
    "labels\n"
    "  tripartite classify --network                         the same, by the integrated network too\n"
    "  tripartite classify --network --model linear          the twin trained with linear attention\n"
    "  tripartite classify photo.jpg --model models/vit-base-patch16-224\n"
    "  tripartite classify scans.npy --labels truth.npy --json\n";

nlohmann::ordered_json to_json(const ClassifyResult& result) {
  nlohmann::ordered_json images = nlohmann::ordered_json::array();
  const auto name = [&](const std::vector<double>& answer) {
    return simulation::class_name(result.shape, simulation::likeliest(answer));
  };
  for (const ClassifiedImage& image : result.images) {
    nlohmann::ordered_json entry{{"image", image.name}};
    if (image.truth >= 0) entry["truth"] = simulation::class_name(result.shape, image.truth);
    entry["transformer"] = {{"label", name(image.transformer)}, {"probabilities", image.transformer}};
    if (!image.network.empty()) entry["network"] = {{"label", name(image.network)}, {"probabilities", image.network}};
    images.push_back(std::move(entry));
  }
  nlohmann::ordered_json labels = nlohmann::ordered_json::array();
  for (int i = 0; i < result.shape.classes; ++i) labels.push_back(simulation::class_name(result.shape, i));
  nlohmann::ordered_json object{{"model", result.model}, {"labels", std::move(labels)}, {"images", std::move(images)}};
  const bool by_network = !result.images.front().network.empty();
  if (const double share = simulation::accuracy(result.images, &ClassifiedImage::transformer); std::isfinite(share))
    object["accuracy"]["transformer"] = share;
  if (const double share = simulation::accuracy(result.images, &ClassifiedImage::network); std::isfinite(share))
    object["accuracy"]["network"] = share;
  if (by_network) object["same_label"] = simulation::agreement(result.images);
  object["seconds"]["transformer"] = result.transformer_seconds;
  if (by_network) object["seconds"]["network"] = result.network_seconds;
  return object;
}

std::string shown(const ClassifyResult& result, const std::vector<double>& answer, int top) {
  std::vector<int> order(answer.size());
  std::iota(order.begin(), order.end(), 0);
  const auto end = order.begin() + std::min<std::ptrdiff_t>(top, std::ptrdiff_t(order.size()));
  std::partial_sort(order.begin(), end, order.end(), [&](int a, int b) {
    return answer[std::size_t(a)] != answer[std::size_t(b)] ? answer[std::size_t(a)] > answer[std::size_t(b)] : a < b;
  });
  std::string words;
  for (auto number = order.begin(); number != end; ++number)
    words += fmt::format("{}{} {:.2f} %", words.empty() ? "" : ", ", simulation::class_name(result.shape, *number),
                         100 * answer[std::size_t(*number)]);
  return words;
}

void print_summary(const ClassifyResult& result, std::ostream& out) {
  const auto& images = result.images;
  out << fmt::format("{}: {} in {:.2f} s\n", result.model, report::counted(images.size(), "image"),
                     result.transformer_seconds);
  if (const double right = simulation::accuracy(images, &ClassifiedImage::transformer); std::isfinite(right))
    out << fmt::format("named right by the transformer   {:.2f} %\n", 100 * right);
  if (images.front().network.empty()) return;
  if (const double right = simulation::accuracy(images, &ClassifiedImage::network); std::isfinite(right))
    out << fmt::format("named right by the network       {:.2f} %\n", 100 * right);
  double furthest = 0;
  for (const ClassifiedImage& image : images)
    for (std::size_t i = 0; i < image.network.size(); ++i)
      furthest = std::max(furthest, std::abs(image.network[i] - image.transformer[i]));
  out << fmt::format("same label by both               {:.2f} %\n", 100 * simulation::agreement(images));
  out << fmt::format("largest difference               {:.1e} in the probability of a class\n", furthest);
  out << fmt::format("attention by {} (m = {}), integrated in {:.1f} s\n", config::choice_name(result.feature),
                     result.hidden, result.network_seconds);
}

void print_images(const ClassifyResult& result, std::size_t listed, int top, std::ostream& out) {
  const auto& images = result.images;
  if (listed > 0) out << '\n';
  for (std::size_t i = 0; i < std::min(images.size(), listed); ++i) {
    const ClassifiedImage& image = images[i];
    out << image.name;
    if (image.truth >= 0) out << fmt::format(" ({})", simulation::class_name(result.shape, image.truth));
    out << fmt::format("\n  transformer  {}\n", shown(result, image.transformer, top));
    if (!image.network.empty()) out << fmt::format("  network      {}\n", shown(result, image.network, top));
  }
  if (listed > 0 && images.size() > listed)
    out << fmt::format("... and {} more images (--listed {} lists all, --json has every probability)\n",
                       images.size() - listed, images.size());
}

Status classify(const config::ClassifyConfig& config, Session& session) {
  ClassifyResult result;
  {
    TerminalListener listener(session, [] {});
    simulation::classify(config, listener, result);
  }
  if (config.json) {
    session.results << to_json(result).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
  } else {
    print_summary(result, session.results);
    print_images(result, std::size_t(config.listed), config.top, session.results);
  }
  return Status::done;
}

}  // namespace

Command classify_command() {
  return {.name = "classify",
          .summary = "name images with a vision transformer, and with the network in place of its attention",
          .examples = examples,
          .work = configured<config::ClassifyConfig>({.parameters = config::classify_parameters,
                                                      .positional = {.key = "input.images",
                                                                     .name = "images",
                                                                     .meaning = "PNG, JPEG or .npy files",
                                                                     .placeholder = "FILE",
                                                                     .source = "images"},
                                                      .run = classify})};
}

}  // namespace tripartite::cli
