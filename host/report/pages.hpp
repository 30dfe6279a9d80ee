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

/// Which command has which page. A new command is one row here and one file that defines its function.
struct PageOf {
  std::string_view command;
  void (*write)(const Run& run, Page& page);
};
inline constexpr std::array pages{PageOf{"attend", write_attend}};

}  // namespace tripartite::report
