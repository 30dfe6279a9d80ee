#pragma once

#include <array>
#include <vector>

#include "host/io/image.hpp"
#include "host/io/resample.hpp"
#include "tripartite/transformer/model.hpp"
#include "tripartite/transformer/model_files.hpp"

namespace tripartite::transformer {

/// An image as a model reads it: preprocessor_config.json, or what ViT's own would say where there is none.
class ImageProcessor {
 public:
  /// Throws FileError if the file is malformed, ConfigError for what is not implemented and if the images that it makes
  /// are not of the model's size or channels.
  ImageProcessor(const ModelFiles& files, const ModelShape& shape);

  /// Resized and cropped: what the model sees, before the numbers are normalised. Throws ConfigError for an image that
  /// is smaller than the crop.
  io::RgbImage fitted(const io::RgbImage& image) const;

  /// Appends the numbers of a fitted image [channels x rows x columns].
  template <class Real>
  void append_values(const io::RgbImage& fitted, std::vector<Real>& values) const;

 private:
  int side_, channels_;
  bool resizes_ = true;
  bool keeps_aspect_ = false;  // the shorter side becomes width_, and the middle is cropped
  int width_, height_;
  bool crops_ = false;
  io::Resampling filter_ = io::Resampling::bilinear;
  double factor_ = 1.0 / 255;
  std::array<double, 3> mean_{0.5, 0.5, 0.5}, deviation_{0.5, 0.5, 0.5};
};

}  // namespace tripartite::transformer
