#pragma once

#include <optional>

#include "host/io/hdf5_file.hpp"
#include "host/report/page.hpp"

namespace tripartite::report::recall {

/// recall.h5 of a run; nullopt if it does not exist.
using RecallFile = std::optional<io::Hdf5File>;

/// Overlap and energy of every cue until nothing visible changes any more; nothing if no traces were recorded.
Picture trace_picture(const RecallFile& file);
/// The time after which no curve of that picture changes visibly [s]; NaN without traces.
double settling_time(const RecallFile& file);
/// Pattern, cue and recalled state, if the patterns are images.
Picture image_picture(const RecallFile& file);

}  // namespace tripartite::report::recall
