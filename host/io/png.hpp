#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "host/io/image.hpp"

namespace tripartite::io {

/// Whether the file begins as a PNG file does.
bool is_png(std::string_view file);

/// As parse_image.
RgbImage parse_png(std::string_view file, const std::string& name, const ImageLimits& limits);

/// The bytes of a PNG file of grey values, [height x width].
std::string png(int width, int height, std::span<const std::uint8_t> grey);
/// The same in colour.
std::string png(const RgbImage& image);

}  // namespace tripartite::io
