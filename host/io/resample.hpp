#pragma once

#include "host/io/image.hpp"

namespace tripartite::io {

/// Filters, numbered as in Pillow and therefore in preprocessor_config.json.
enum class Resampling { nearest = 0, lanczos = 1, bilinear = 2, bicubic = 3, box = 4, hamming = 5 };

/// Resizes an image: each new pixel is a weighted mean over the filter's width, which grows with the distance between
/// new pixels (antialiasing). Rows first, then columns, each rounded to a byte: byte for byte the result of Pillow.
RgbImage resampled(const RgbImage& image, int width, int height, Resampling filter);

}  // namespace tripartite::io
