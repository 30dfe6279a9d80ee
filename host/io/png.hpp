#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "host/io/image.hpp"

namespace tripartite::io {

/// Whether the file begins with the signature of PNG.
bool is_png(std::string_view file);

/// As parse_image.
RgbImage parse_png(std::string_view file, const std::string& name, const ImageLimits& limits);

/// Encodes grey values [height x width] as the bytes of a PNG file.
std::string png(int width, int height, std::span<const std::uint8_t> grey);
/// Encodes a colour image as the bytes of a PNG file.
std::string png(const RgbImage& image);

}  // namespace tripartite::io
