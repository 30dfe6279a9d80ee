#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tripartite::io {

/// Colours by pixel, row by row from above: red, green, blue.
struct RgbImage {
  int width = 0, height = 0;
  std::vector<std::uint8_t> values;  // [height x width x 3]
};

/// Brightness by pixel, row by row from above, in [0, 1].
struct GreyImage {
  int width = 0, height = 0;
  std::vector<double> values;  // [height x width]
};

/// What an image may be, checked before a pixel is decoded.
struct ImageLimits {
  int shortest_side = 2;     // [pixels]
  int longest_side = 16384;  // [pixels]

  /// Throws FileError, which calls the image `name`.
  void check(std::uint32_t width, std::uint32_t height, const std::string& name) const;
};

/// Reads a PNG or JPEG file. Grey becomes equal colours, 16 bits become 8, transparency and gamma are left out, and the
/// camera's orientation tag is not followed. Throws FileError with path and reason.
RgbImage read_image(const std::filesystem::path& path, const ImageLimits& limits = {});

/// The same from the bytes of a file; `name` is what errors call it.
RgbImage parse_image(std::string_view file, const std::string& name, const ImageLimits& limits = {});

/// Brightness as television weighs the colours (Rec. 601: 0.299 red + 0.587 green + 0.114 blue).
GreyImage brightness(const RgbImage& image);

/// The central square, averaged over areas to side x side pixels. `side` may exceed the image's own.
GreyImage central_square(const GreyImage& image, int side);

}  // namespace tripartite::io
