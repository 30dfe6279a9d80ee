#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace tripartite::config {
struct TableDescription;
}

namespace tripartite::report {

class Page;
struct Run;

/// What the page of one kind of run is made of.
struct PageKind {
  std::string_view files;                               // of the run directory, as the foot of the page lists them
  void (*write)(const Run& run, Page& page) = nullptr;  // headline, sections, pictures
};

/// The page of a command's runs.
struct CommandPage {
  std::string_view command;  // as in summary.json
  PageKind kind;
  std::function<const config::TableDescription&()> parameters;  // for symbols and units; empty: there is no table
};

/// (Re)writes `report.html` of a run directory from its `summary.json` and, where they are, its HDF5 files: one file
/// that a browser shows without network, in light and dark; where it runs scripts, figures answer to the pointer. What
/// a run has not left (an incomplete run, a study that was not made) is left out with a sentence. Pictures are drawn by
/// gnuplot, a child process; without it the page has its tables and says which package is missing. Throws FileError: no
/// run directory, a damaged file, a command that is not among `pages`, gnuplot failing (with its words).
void write_report(const std::filesystem::path& run_directory, std::span<const CommandPage> pages);

/// The same, and every picture as a file of its own in `pictures`, which is made if it does not exist:
/// 1-what-single-synapses-do.svg, numbered as on the page and named after its title. Returns their paths.
std::vector<std::filesystem::path> write_pictures(const std::filesystem::path& run_directory,
                                                  const std::filesystem::path& pictures,
                                                  std::span<const CommandPage> pages);

}  // namespace tripartite::report
