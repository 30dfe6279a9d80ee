#pragma once

#include <string>

#include "host/report/attend/run_files.hpp"

namespace tripartite::report::attend {

/// Whether the run read an image.
bool has_image(const RunFiles& run);

/// How far apart the weights on the image are, plain text.
std::string image_title(const RunFiles& run);

// The functions below return HTML.
/// The image as the model sees it.
std::string image_read(const RunFiles& run);
/// The most likely classes according to both models; empty if the model has no classes.
std::string class_table(const RunFiles& run);
/// The attention of the class token in each drawn head, on the image, above its scale; empty without an image.
std::string attention_on_image(const RunFiles& run);

}  // namespace tripartite::report::attend
