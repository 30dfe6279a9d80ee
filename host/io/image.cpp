#include "host/io/image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/io/jpeg.hpp"
#include "host/io/png.hpp"
#include "host/io/text_file.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {

void ImageLimits::check(std::uint32_t width, std::uint32_t height, const std::string& name) const {
  const auto is_allowed = [this](std::uint32_t side) {
    return side >= std::uint32_t(shortest_side) && side <= std::uint32_t(longest_side);
  };
  if (!is_allowed(width) || !is_allowed(height))
    throw FileError(fmt::format("{}: image of {} x {} pixels: each side must have {} to {}", name, width, height,
                                shortest_side, longest_side));
  if (std::int64_t(width) * std::int64_t(height) > most_pixels)
    throw FileError(fmt::format("{}: image of {} x {} pixels: must have at most {} million", name, width, height,
                                most_pixels / 1'000'000));
}

RgbImage read_image(const std::filesystem::path& path, const ImageLimits& limits) {
  return parse_image(read_file(path), path.string(), limits);
}

RgbImage parse_image(std::string_view file, const std::string& name, const ImageLimits& limits) {
  if (is_png(file)) return parse_png(file, name, limits);
  if (is_jpeg(file)) return parse_jpeg(file, name, limits);
  throw FileError(name + ": not a PNG or JPEG image");
}

GreyImage brightness(const RgbImage& image) {
  GreyImage grey{image.width, image.height, {}};
  grey.values.reserve(image.values.size() / 3);
  for (std::size_t i = 0; i < image.values.size(); i += 3)
    grey.values.push_back((0.299 * image.values[i] + 0.587 * image.values[i + 1] + 0.114 * image.values[i + 2]) / 255);
  return grey;
}

GreyImage central_square(const GreyImage& image, int side) {
  const int edge = std::min(image.width, image.height);
  const int left = (image.width - edge) / 2, top = (image.height - edge) / 2;
  const double scale = double(edge) / side;
  GreyImage square{side, side, {}};
  square.values.reserve(std::size_t(side) * std::size_t(side));
  for (int i = 0; i < side; ++i)
    for (int j = 0; j < side; ++j) {
      // The mean over the source pixels that this pixel covers; those at its edges are weighted by the covered part.
      const double y0 = i * scale, y1 = (i + 1) * scale, x0 = j * scale, x1 = (j + 1) * scale;
      double sum = 0, area = 0;
      for (int y = int(y0); y < std::min(edge, int(std::ceil(y1))); ++y)
        for (int x = int(x0); x < std::min(edge, int(std::ceil(x1))); ++x) {
          const double part =
              (std::min(y1, y + 1.0) - std::max(y0, double(y))) * (std::min(x1, x + 1.0) - std::max(x0, double(x)));
          sum += part * image.values[std::size_t(top + y) * std::size_t(image.width) + std::size_t(left + x)];
          area += part;
        }
      square.values.push_back(sum / area);
    }
  return square;
}

}  // namespace tripartite::io
