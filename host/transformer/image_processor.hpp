#pragma once

#include <array>
#include <vector>

#include "host/io/image.hpp"
#include "host/io/resample.hpp"
#include "tripartite/transformer/model.hpp"
#include "tripartite/transformer/model_files.hpp"

namespace tripartite::transformer {

/// Preprocessing of images for a model: preprocessor_config.json, or the defaults of ViT without that file.
class ImageProcessor {
 public:
  /// Throws FileError if the file is malformed, ConfigError for unsupported settings and for output images that do not
  /// have the model's size and channels.
  ImageProcessor(const ModelFiles& files, const ModelShape& shape);

  /// The resized and cropped image that the model sees, before normalisation. Throws ConfigError for an image smaller
  /// than the crop.
  io::RgbImage fitted(const io::RgbImage& image) const;

  /// Appends the normalised values of a fitted image [channels x rows x columns].
  template <class Real>
  void append_values(const io::RgbImage& fitted, std::vector<Real>& values) const;

 private:
  int side_, channels_;
  bool resizes_ = true;
  bool keeps_aspect_ = false;  // the shorter side becomes width_, and the centre is cropped
  int width_, height_;
  bool crops_ = false;
  io::Resampling filter_ = io::Resampling::bilinear;
  double factor_ = 1.0 / 255;
  std::array<double, 3> mean_{0.5, 0.5, 0.5}, deviation_{0.5, 0.5, 0.5};
};

}  // namespace tripartite::transformer
