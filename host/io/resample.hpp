#pragma once

#include "host/io/image.hpp"

namespace tripartite::io {

/// Filters by the numbers that Pillow, and so preprocessor_config.json, gives them.
enum class Resampling { nearest = 0, lanczos = 1, bilinear = 2, bicubic = 3, box = 4, hamming = 5 };

/// The image at another size: each new pixel is a weighted mean over the filter's width, which grows with the step from
/// pixel to pixel (antialiasing). Rows first, then columns, each rounded to a byte: byte for byte what Pillow computes.
RgbImage resampled(const RgbImage& image, int width, int height, Resampling filter);

}  // namespace tripartite::io
