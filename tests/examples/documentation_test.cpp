// Every block of code in docs/cpp.md stands in a program that is compiled and run, or in its CMakeLists.txt.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

Lines lines_of(const fs::path& path) {
  std::ifstream file(path);
  Lines lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// The lines without the indentation that all of them have.
Lines dedented(Lines lines) {
  std::size_t common = std::string::npos;
  for (const std::string& line : lines)
    if (const std::size_t at = line.find_first_not_of(' '); at != std::string::npos) common = std::min(common, at);
  for (std::string& line : lines) line.erase(0, std::min(common, line.size()));
  return lines;
}

bool holds(const Lines& file, const Lines& block) {
  for (std::size_t first = 0; first + block.size() <= file.size(); ++first) {
    const auto begin = file.begin() + std::ptrdiff_t(first);
    if (dedented({begin, begin + std::ptrdiff_t(block.size())}) == dedented(block)) return true;
  }
  return false;
}

struct Block {
  std::string language;
  Lines lines;
};

std::vector<Block> blocks_of(const fs::path& document) {
  std::vector<Block> blocks;
  bool is_inside = false;
  for (const std::string& line : lines_of(document)) {
    if (line.rfind("```", 0) == 0) {
      if (!is_inside) blocks.push_back({line.substr(3), {}});
      is_inside = !is_inside;
    } else if (is_inside) {
      blocks.back().lines.push_back(line);
    }
  }
  return blocks;
}

TEST(Documentation, TakesItsCodeFromCompiledPrograms) {
  const fs::path root = TRIPARTITE_SOURCE_DIR;
  std::vector<Lines> sources;
  for (const auto& entry : fs::directory_iterator(root / "examples/cpp"))
    if (entry.path().extension() == ".cpp") sources.push_back(lines_of(entry.path()));
  ASSERT_FALSE(sources.empty());
  const std::vector<Block> blocks = blocks_of(root / "docs/cpp.md");
  ASSERT_GT(blocks.size(), 8U);
  for (const auto& [language, lines] : blocks) {
    ASSERT_FALSE(lines.empty());
    const bool is_compiled =
        language == "cmake"
            ? holds(lines_of(root / "examples/cpp/CMakeLists.txt"), lines)
            : language == "cpp" && std::any_of(sources.begin(), sources.end(),
                                               [&](const Lines& source) { return holds(source, lines); });
    EXPECT_TRUE(is_compiled) << language << " block that begins with: " << lines.front();
  }
}

}  // namespace
