#include "host/transformer/image_processor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/transformer/model_config.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

constexpr int colours = 3;

io::RgbImage central_part(const io::RgbImage& image, int width, int height) {
  if (width > image.width || height > image.height)
    throw ConfigError(fmt::format(
        "image of {} x {} pixels: must be at least {} x {}, the size of the crop in the model's preprocessing",
        image.width, image.height, width, height));
  const int left = (image.width - width) / 2, top = (image.height - height) / 2;
  io::RgbImage part{width, height, {}};
  for (int row = top; row < top + height; ++row) {
    const auto first = image.values.begin() + (std::ptrdiff_t(row) * image.width + left) * colours;
    part.values.insert(part.values.end(), first, first + std::ptrdiff_t(width) * colours);
  }
  return part;
}

/// Rec. 601 in the fixed-point arithmetic of Pillow's convert("L"): equal colours keep their value.
int luma(const std::uint8_t* rgb) { return (19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 0x8000) >> 16; }

}  // namespace

ImageProcessor::ImageProcessor(const ModelFiles& files, const ModelShape& shape)
    : side_(shape.image_size), channels_(shape.image_channels), width_(shape.image_size), height_(shape.image_size) {
  if (channels_ != 1 && channels_ != colours)
    throw ConfigError(fmt::format("{}: num_channels = {}: must be 1 or 3", files.where("config.json"), channels_));
  constexpr const char* name = "preprocessor_config.json";
  if (!files.contains(name)) return;
  const ModelConfig config(files.where(name), files.text(name));
  config.require("do_flip_channel_order", {false});
  config.require("do_pad", {false});
  resizes_ = config.flag("do_resize", true);
  if (config.has("size")) {
    const auto size = config.size("size");
    keeps_aspect_ = size.shortest_edge > 0;
    width_ = keeps_aspect_ ? size.shortest_edge : size.width;
    height_ = keeps_aspect_ ? size.shortest_edge : size.height;
  }
  crops_ = config.flag("do_center_crop", false);
  int made_width = width_, made_height = height_;
  if (crops_ && config.has("crop_size")) {
    const auto crop = config.size("crop_size");
    made_width = crop.width, made_height = crop.height;
  }
  if (resizes_ && (made_width != side_ || made_height != side_ || (keeps_aspect_ && !crops_)))
    config.refuse(crops_ && config.has("crop_size") ? "crop_size" : "size",
                  fmt::format("must give images of {0} x {0} pixels, image_size of config.json", side_));
  if (config.has("resample")) {
    const int filter = config.whole("resample", 0, 5);
    filter_ = static_cast<io::Resampling>(filter);
  }
  factor_ = config.flag("do_rescale", true) ? config.positive("rescale_factor", factor_) : 1;
  if (config.flag("do_normalize", true)) {
    const auto read = [&](const char* key, std::array<double, 3>& values) {
      if (!config.has(key)) return;
      const auto given = config.numbers(key);
      if (given.size() != std::size_t(channels_) && given.size() != 1)
        config.refuse(key, fmt::format("must have {} numbers", channels_));
      for (std::size_t i = 0; i < std::size_t(channels_); ++i) values[i] = given[given.size() == 1 ? 0 : i];
    };
    read("image_mean", mean_);
    read("image_std", deviation_);
    for (std::size_t i = 0; i < std::size_t(channels_); ++i)
      if (!(deviation_[i] > 0)) config.refuse("image_std", "must be positive");
  } else {
    mean_ = {0, 0, 0};
    deviation_ = {1, 1, 1};
  }
}

io::RgbImage ImageProcessor::fitted(const io::RgbImage& image) const {
  io::RgbImage result = image;
  if (resizes_ && keeps_aspect_) {
    const bool is_tall = image.width <= image.height;
    const auto longer = [&](int edge, int other) { return int(std::int64_t(width_) * other / edge); };
    result = io::resampled(image, is_tall ? width_ : longer(image.height, image.width),
                           is_tall ? longer(image.width, image.height) : width_, filter_);
  } else if (resizes_) {
    result = io::resampled(image, width_, height_, filter_);
  }
  if (crops_) result = central_part(result, side_, side_);
  if (result.width != side_ || result.height != side_)
    throw ConfigError(
        fmt::format("image of {} x {} pixels: must have {} x {}, as the model's preprocessing does not resize",
                    image.width, image.height, side_, side_));
  return result;
}

template <class Real>
void ImageProcessor::append_values(const io::RgbImage& fitted, std::vector<Real>& values) const {
  for (std::size_t channel = 0; channel < std::size_t(channels_); ++channel)
    for (std::size_t i = 0; i < fitted.values.size(); i += colours) {
      const int byte = channels_ == 1 ? luma(&fitted.values[i]) : fitted.values[i + channel];
      values.push_back(Real((byte * factor_ - mean_[channel]) / deviation_[channel]));
    }
}

template void ImageProcessor::append_values(const io::RgbImage&, std::vector<float>&) const;
template void ImageProcessor::append_values(const io::RgbImage&, std::vector<double>&) const;

}  // namespace tripartite::transformer
