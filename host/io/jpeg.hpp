#pragma once

#include <string>
#include <string_view>

#include "host/io/image.hpp"

namespace tripartite::io {

/// Whether the file begins with the signature of JPEG.
bool is_jpeg(std::string_view file);

/// As parse_image.
RgbImage parse_jpeg(std::string_view file, const std::string& name, const ImageLimits& limits);

}  // namespace tripartite::io
