#pragma once

#include <optional>

#include "host/io/hdf5_file.hpp"
#include "host/report/page.hpp"

namespace tripartite::report::recall {

/// recall.h5 of a run; none if it is not there.
using RecallFile = std::optional<io::Hdf5File>;

/// Overlap and energy of every cue over time.
Picture trace_picture(const RecallFile& file);
/// Pattern, cue and what was recalled, where patterns are images.
Picture image_picture(const RecallFile& file);

}  // namespace tripartite::report::recall
