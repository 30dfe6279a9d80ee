#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "host/io/image.hpp"
#include "host/transformer/image_processor.hpp"
#include "tripartite/transformer/model.hpp"

namespace tripartite::simulation {

struct NamedImage {
  std::string name;
  io::RgbImage pixels;
};

/// PNG and JPEG files, one image each, and .npy files of bytes with [rows x columns], [images x rows x columns] or
/// either with three colours behind. Throws FileError.
std::vector<NamedImage> read_images(const std::vector<std::string>& paths);

/// The digits inside the library that its models have not seen, and what they are.
std::vector<NamedImage> heldout_digits();
std::vector<int> heldout_labels();

/// The right class of each image out of a .npy file. Throws FileError for numbers that are no class.
std::vector<int> read_labels(const std::string& path, std::size_t images, int classes);

/// The numbers of images as a model reads them, [images x channels x rows x columns].
template <class Real>
std::vector<Real> image_values(const transformer::ImageProcessor& processor, std::span<const NamedImage> images);

/// How many images go through an attention of `heads` heads at once: as many as keep the processors busy, not more
/// than memory bears.
int images_at_once(const transformer::ModelShape& shape, int hidden);

/// Scores of the classes [images x classes], `at_once` images at a time. `before` is told how many are done.
template <class Real>
std::vector<Real> class_scores(const transformer::Model<Real>& model, transformer::Attention<Real>& attention,
                               std::span<const Real> values, int at_once,
                               const std::function<void(std::size_t)>& before = {});

/// Probabilities of one row of scores.
template <class Real>
std::vector<double> probabilities(std::span<const Real> scores);

}  // namespace tripartite::simulation
