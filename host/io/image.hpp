#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tripartite::io {

/// Colours per pixel, row by row from the top: red, green, blue.
struct RgbImage {
  int width = 0, height = 0;
  std::vector<std::uint8_t> values;  // [height x width x 3]
};

/// Brightness per pixel, row by row from the top, in [0, 1].
struct GreyImage {
  int width = 0, height = 0;
  std::vector<double> values;  // [height x width]
};

/// Permitted size of an image, checked before any pixel is decoded: some hundred bytes can claim any size.
struct ImageLimits {
  int shortest_side = 2;     // [pixels]
  int longest_side = 16384;  // [pixels]
  std::int64_t most_pixels =
      64'000'000;  // 183 MiB of colours; a progressive JPEG takes up to thrice as much beside them

  /// Throws FileError, which refers to the image as `name`.
  void check(std::uint32_t width, std::uint32_t height, const std::string& name) const;
};

/// Reads a PNG or JPEG file. Grey becomes equal colours, 16 bits become 8; transparency, gamma and the camera's
/// orientation tag are ignored. Throws FileError with path and reason.
RgbImage read_image(const std::filesystem::path& path, const ImageLimits& limits = {});

/// As read_image, from the bytes of a file; errors refer to it as `name`.
RgbImage parse_image(std::string_view file, const std::string& name, const ImageLimits& limits = {});

/// Luma of Rec. 601: 0.299 red + 0.587 green + 0.114 blue.
GreyImage brightness(const RgbImage& image);

/// The central square, resampled to side x side pixels by area averaging. `side` may exceed that of the image.
GreyImage central_square(const GreyImage& image, int side);

}  // namespace tripartite::io
