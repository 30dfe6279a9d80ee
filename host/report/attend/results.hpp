#pragma once

#include <string>

#include "host/report/attend/run_files.hpp"

namespace tripartite::report::attend {

/// The result of the run in one sentence, plain text.
std::string headline(const RunFiles& run);

// The functions below return HTML.
std::string text_read(const RunFiles& run);
std::string end_to_end_table(const RunFiles& run);
std::string layer_table(const RunFiles& run);
/// Calibration of a calcium model by layer.
std::string calcium_table(const RunFiles& run);

}  // namespace tripartite::report::attend
