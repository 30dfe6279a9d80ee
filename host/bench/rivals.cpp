#include "host/bench/rivals.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "host/io/shell_word.hpp"
#include "tripartite/error.hpp"

namespace tripartite::bench {
namespace {

namespace fs = std::filesystem;

constexpr auto variable = "TRIPARTITE_RIVALS";

nlohmann::json answer_of(const std::vector<std::string>& words) {
  std::string command = io::shell_word(rivals_program());
  for (const std::string& word : words) command += ' ' + io::shell_word(word);
  FILE* pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) throw FileError(command + ": cannot be started");
  std::string text;
  char buffer[512];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) text += buffer;
  const int status = ::pclose(pipe);
  if (status != 0)
    throw FileError(
        fmt::format("{}: failed with status {}", command, WIFEXITED(status) ? WEXITSTATUS(status) : status));
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception&) {
    throw FileError(fmt::format("{}: expected one JSON object, got \"{}\"", command, text));
  }
}

}  // namespace

std::string rivals_program() {
  std::error_code error;
  if (const char* named = std::getenv(variable); named != nullptr && *named != '\0') {
    if (!fs::exists(named, error))
      throw ConfigError(fmt::format("{}: expected the program tripartite_rivals, found no file {}", variable, named));
    return named;
  }
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  const fs::path beside = self.parent_path() / "tripartite_rivals";
  return fs::exists(beside, error) ? beside.string() : std::string();
}

Turn run_rival(const std::vector<std::string>& words) {
  const nlohmann::json answer = answer_of(words);
  return {answer.at("seconds").get<double>(), answer.at("check").get<double>()};
}

std::map<std::string, double> ceilings(int threads) {
  if (rivals_program().empty()) return {};
  static std::map<int, std::map<std::string, double>> measured;
  const auto [place, is_new] = measured.try_emplace(threads);
  if (is_new)
    place->second = answer_of({"ceilings", "--threads", std::to_string(threads)}).get<std::map<std::string, double>>();
  return place->second;
}

std::optional<double> ceiling_of(Ceiling ceiling, Precision precision, int threads) {
  if (ceiling == Ceiling::none || rivals_program().empty()) return std::nullopt;
  const char* name = ceiling == Ceiling::product       ? "product"
                     : precision == Precision::float64 ? "multiply_add_float64"
                                                       : "multiply_add_float32";
  return ceilings(threads).at(name);
}

}  // namespace tripartite::bench
