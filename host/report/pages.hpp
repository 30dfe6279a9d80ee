#pragma once

#include "host/report/page.hpp"

/// The pages that commands name in their records (host/cli/commands).
namespace tripartite::report {

/// tripartite attend: host/report/attend/page.cpp.
void write_attend(const Run& run, Page& page);

/// tripartite generate: host/report/generate/page.cpp.
void write_generate(const Run& run, Page& page);

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

/// tripartite sweep --network: host/report/sweep/network_page.cpp.
void write_network_sweep(const Run& run, Page& page);

/// tripartite study: host/report/study.cpp. Writes study.svg, too.
void write_study(const Run& run, Page& page);

}  // namespace tripartite::report
