#pragma once

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

#include "host/report/page.hpp"

namespace tripartite::report {

/// What a page is made of.
struct Run {
  std::filesystem::path directory;
  nlohmann::json summary;
};

/// tripartite attend: host/report/attend/page.cpp.
void write_attend(const Run& run, Page& page);

/// tripartite recall: host/report/recall/page.cpp.
void write_recall(const Run& run, Page& page);

/// tripartite capacity: host/report/capacity/page.cpp.
void write_capacity(const Run& run, Page& page);

/// tripartite astrocyte: host/report/astrocyte/page.cpp.
void write_astrocyte(const Run& run, Page& page);

/// tripartite synapse: host/report/synapse/page.cpp.
void write_synapse(const Run& run, Page& page);

/// tripartite network: host/report/network/page.cpp.
void write_network(const Run& run, Page& page);

/// tripartite sweep: host/report/sweep/page.cpp.
void write_sweep(const Run& run, Page& page);

/// tripartite study: host/report/study.cpp. Writes study.svg, too.
void write_study(const Run& run, Page& page);

/// Which command has which page, made of which files. A new command is one row here and one file
/// that defines its function.
struct PageOf {
  std::string_view command, files;
  void (*write)(const Run& run, Page& page);
};
inline constexpr std::array pages{
    PageOf{"attend", "summary.json, attention.h5 and recordings.h5", write_attend},
    PageOf{"recall", "summary.json and recall.h5", write_recall},
    PageOf{"capacity", "summary.json", write_capacity},
    PageOf{"astrocyte", "summary.json, recordings.h5 and crossings.h5", write_astrocyte},
    PageOf{"synapse", "summary.json, recordings.h5, means.h5 and releases.h5", write_synapse},
    PageOf{"network", "summary.json, recordings.h5, means.h5 and releases.h5", write_network},
    PageOf{"sweep", "summary.json", write_sweep},
    PageOf{"study", "summary.json", write_study},
};

}  // namespace tripartite::report
