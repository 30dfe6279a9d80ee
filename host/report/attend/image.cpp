#include "host/report/attend/image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <numeric>

#include "host/io/png.hpp"
#include "host/report/html.hpp"
#include "host/report/summary.hpp"
#include "tripartite/error.hpp"

namespace tripartite::report::attend {
namespace {

constexpr std::size_t colours = 3;
constexpr std::size_t most_classes = 5;

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k) three = three << 8 | (i + k < bytes.size() ? std::uint8_t(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) text += i + k <= bytes.size() ? digits[three >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::string to_html(const io::RgbImage& image, std::string_view words) {
  return fmt::format("<img class=\"seen\" alt=\"{}\" src=\"data:image/png;base64,{}\">", escape(words),
                     base64(io::png(image)));
}

io::RgbImage read_pixels(const io::Hdf5File& file) {
  const auto array = file.read<std::int32_t>("/image/pixels");
  if (array.shape.size() != 3 || array.shape[2] != colours || array.values.empty() || array.shape[0] > (1U << 14) ||
      array.shape[1] > (1U << 14))
    throw FileError(file.current_path().string() + ": /image/pixels: expected [rows x columns x 3]");
  io::RgbImage image{int(array.shape[1]), int(array.shape[0]), {}};
  for (const std::int32_t value : array.values) image.values.push_back(std::uint8_t(std::clamp(value, 0, 255)));
  return image;
}

/// The image with a glow on each patch: from none through orange to yellow as its weight goes from 0 to `strongest`.
io::RgbImage glowing(io::RgbImage image, const io::Hdf5Array<double>& weights, double strongest, std::size_t patch) {
  constexpr double orange[colours]{213, 94, 0}, yellow[colours]{255, 230, 90};
  const auto width = std::size_t(image.width);
  for (std::size_t i = 0; i < image.values.size(); ++i) {
    const std::size_t row = i / colours / width / patch, column = i / colours % width / patch;
    const bool is_covered = row < weights.shape[0] && column < weights.shape[1];
    const double weight = is_covered ? weights.values[row * weights.shape[1] + column] : 0;
    const double strength = strongest > 0 ? std::clamp(weight / strongest, 0.0, 1.0) : 0;
    const double glow = orange[i % colours] + (yellow[i % colours] - orange[i % colours]) * strength;
    const double covered = 0.8 * strength;
    image.values[i] = std::uint8_t(std::lround(image.values[i] * (1 - covered) + glow * covered));
  }
  return image;
}

/// The colours of weights from 0 to the strongest, over black pixels and below over white ones.
std::string scale(double strongest) {
  constexpr std::size_t steps = 168;
  io::RgbImage ramp{int(steps), 2, std::vector<std::uint8_t>(2 * steps * colours, 0)};
  std::fill(ramp.values.begin() + std::ptrdiff_t(steps * colours), ramp.values.end(), std::uint8_t(255));
  io::Hdf5Array<double> weights{{2, steps}, {}};
  for (std::size_t i = 0; i < 2 * steps; ++i) weights.values.push_back(double(i % steps) / (steps - 1));
  return fmt::format(
      "<div class=\"glow-scale\"><span>0</span><img alt=\"colours of weights from 0 to {0}\" "
      "src=\"data:image/png;base64,{1}\"><span>{0}</span></div>",
      percent(strongest), base64(io::png(glowing(ramp, weights, 1, 1))));
}

}  // namespace

bool has_image(const RunFiles& run) { return run.summary.contains("/results/image"_json_pointer); }

std::string image_read(const RunFiles& run) {
  const auto& read = part_at(run.summary, "/results/image");
  std::string about = fmt::format(
      "<p class=\"reading\">{}, {} × {} pixels; the model sees it as {} × {} patches and a class token.</p>\n",
      escape(text_at(read, "/name")), number(number_at(read, "/width")), number(number_at(read, "/height")),
      number(number_at(read, "/patches")), number(number_at(read, "/patches")));
  if (why_missing(run.attention, "attention.h5", "/image/pixels")) return about;
  return to_html(read_pixels(*run.attention), "the image as the model sees it") + "\n" + about;
}

std::string class_table(const RunFiles& run) {
  const auto& results = part_at(run.summary, "/results/end_to_end");
  if (!results.contains("labels")) return {};
  const auto& labels = results["labels"];
  const auto& transformer = part_at(results, "/transformer");
  const auto& network = part_at(results, "/network");
  const std::size_t classes = std::min({labels.size(), transformer.size(), network.size()});
  const auto of = [](const nlohmann::json& list, std::size_t i) { return number_at(list, fmt::format("/{}", i)); };
  std::vector<std::size_t> order(classes);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return of(transformer, a) > of(transformer, b); });
  Table table{{"class", "transformer", "network", "difference"}, {}};
  for (std::size_t place = 0; place < std::min(classes, most_classes); ++place) {
    const std::size_t i = order[place];
    table.rows.push_back({escape(words_of(labels[i])), fmt::format("{:.2f} %", 100 * of(transformer, i)),
                          fmt::format("{:.2f} %", 100 * of(network, i)),
                          number(std::abs(of(network, i) - of(transformer, i)))});
  }
  return report::to_html(table);
}

std::string image_title(const RunFiles& run) {
  double furthest = 0;
  const std::size_t heads = run.attention ? names_in(*run.attention, "/image/attention").size() : 0;
  for (std::size_t i = 0; i < heads; ++i) {
    const std::string group = fmt::format("/image/attention/{}", i);
    const auto transformer = read_ranked(*run.attention, group + "/transformer", 2);
    const auto network = read_shaped(*run.attention, group + "/network", transformer.shape);
    for (std::size_t k = 0; k < network.values.size(); ++k)
      furthest = std::fmax(furthest, std::abs(network.values[k] - transformer.values[k]));
  }
  return fmt::format("Where the class token attends: weights of network and transformer differ by at most {}",
                     number(furthest));
}

std::string attention_on_image(const RunFiles& run) {
  for (const char* needed : {"/image/pixels", "/image/attention"})
    if (why_missing(run.attention, "attention.h5", needed)) return {};
  const io::Hdf5File& file = *run.attention;
  const io::RgbImage image = read_pixels(file);
  const auto patch = file.read_attribute<std::int64_t>("/image", "patch_size");
  if (patch < 1) throw FileError(file.current_path().string() + ": /image: patch_size must be at least 1");
  std::string html = "<div class=\"on-image\">\n";
  const std::size_t heads = names_in(file, "/image/attention").size();
  for (std::size_t i = 0; i < heads; ++i) {
    const std::string group = fmt::format("/image/attention/{}", i);
    const auto transformer = read_ranked(file, group + "/transformer", 2);
    const auto network = read_shaped(file, group + "/network", transformer.shape);
    double strongest = 0;
    for (const auto* map : {&transformer, &network})
      for (const double weight : map->values) strongest = std::fmax(strongest, weight);
    const std::string name = fmt::format("layer {}, head {}", file.read_attribute<std::int64_t>(group, "layer"),
                                         file.read_attribute<std::int64_t>(group, "head"));
    html += fmt::format(
        "<section><h4>{}</h4>\n{}\n{}\n<small>transformer</small><small>network</small>{}</section>\n", name,
        to_html(glowing(image, transformer, strongest, std::size_t(patch)), name + ", transformer"),
        to_html(glowing(image, network, strongest, std::size_t(patch)), name + ", network"), scale(strongest));
  }
  return html + "</div>\n";
}

}  // namespace tripartite::report::attend
