#pragma once

#include <string>

#include "host/report/attend/run_files.hpp"

namespace tripartite::report::attend {

/// Whether the run read an image.
bool has_image(const RunFiles& run);

// The rest is HTML.
/// The image as the model sees it.
std::string image_read(const RunFiles& run);
/// The likeliest classes of both models; empty if the model has none.
std::string class_table(const RunFiles& run);
/// What the class token of each drawn head attends to, on the image.
std::string attention_on_image(const RunFiles& run);

}  // namespace tripartite::report::attend
