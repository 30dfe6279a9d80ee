#pragma once

#include <filesystem>
#include <vector>

namespace tripartite::report {

/// (Re)writes `report.html` of a run directory from its `summary.json` and, where they are, its HDF5 files: one file
/// that a browser shows without network or scripts, in light and dark. What a run has not left (an incomplete run, a
/// study that was not made) is left out with a sentence. Pictures are drawn by gnuplot, a child process; without it the
/// page has its tables and says which package is missing.
/// Throws FileError: no run directory, a damaged file, a command without a report, gnuplot failing (with its words).
void write_report(const std::filesystem::path& run_directory);

/// The same, and every picture as a file of its own in `pictures`, which is made if it does not exist:
/// 1-what-single-synapses-do.svg, numbered as on the page and named after its title. Returns their paths.
std::vector<std::filesystem::path> write_pictures(const std::filesystem::path& run_directory,
                                                  const std::filesystem::path& pictures);

}  // namespace tripartite::report
