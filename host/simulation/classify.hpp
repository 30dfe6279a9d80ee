#pragma once

#include <string>
#include <vector>

#include "host/config/classify_config.hpp"
#include "host/simulation/attend.hpp"

namespace tripartite::simulation {

struct ClassifiedImage {
  std::string name;
  int truth = -1;                   // number of the right class, -1 if it is not known
  std::vector<double> transformer;  // probability of every class
  std::vector<double> network;      // the same by the network; empty without it
};

struct ClassifyResult {
  std::string model;
  transformer::ModelShape shape;
  attention::Feature feature = attention::Feature::slots;
  int hidden = 0;  // m
  std::vector<ClassifiedImage> images;
  double transformer_seconds = 0;  // wall time of all images
  double network_seconds = 0;
};

/// Names images with a vision transformer and, if wanted, with the network in place of its attention. Throws
/// ConfigError if the model has no classes, FileError for what is no image, and what attend throws.
void classify(const config::ClassifyConfig& config, RunListener& listener, ClassifyResult& result);

/// The number of the likeliest class; of equal ones the first.
int likeliest(const std::vector<double>& probabilities);
/// What a class is called: its label, or its number.
std::string class_name(const transformer::ModelShape& shape, int number);
/// Share of the images whose likeliest class is the right one; NaN if no truth is known.
double accuracy(const std::vector<ClassifiedImage>& images, std::vector<double> ClassifiedImage::*answer);
/// Share of the images that transformer and network name alike.
double agreement(const std::vector<ClassifiedImage>& images);

}  // namespace tripartite::simulation
