#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tripartite::transformer {

/// config.json, read key by key; every error names file, key, value and expectation.
class ModelConfig {
 public:
  /// Throws FileError unless `text` is a JSON object.
  ModelConfig(std::string where, std::string_view text);

  const std::string& where() const { return where_; }
  bool has(std::string_view key) const;  // present and not null
  /// An integer in [1, largest]. The key is required unless a default is given.
  int count(std::string_view key, std::optional<int> fallback = {}, int largest = 1 << 24) const;
  double positive(std::string_view key, double fallback) const;
  std::string word(std::string_view key, std::optional<std::string> fallback = {}) const;
  bool flag(std::string_view key, bool fallback) const;
  /// An integer in [smallest, largest]; required.
  int whole(std::string_view key, int smallest, int largest) const;
  /// A number, or a list of at least one; required.
  std::vector<double> numbers(std::string_view key) const;
  /// The size of an image: a number of pixels, or an object with height and width or with shortest_edge; required.
  struct Size {
    int width = 0, height = 0;
    int shortest_edge = 0;  // alternative to width and height
  };
  Size size(std::string_view key) const;
  /// Labels of "id2label" in the order of their ids; empty if the key is absent.
  std::vector<std::string> labels() const;
  /// Rejects every value of a key that is not in `implemented`; an absent key or null means the first of them.
  void require(std::string_view key, std::initializer_list<nlohmann::json> implemented) const;
  [[noreturn]] void refuse(std::string_view key, const std::string& expected) const;

 private:
  const nlohmann::json& at(std::string_view key) const;
  std::string where_;
  nlohmann::json values_;
};

}  // namespace tripartite::transformer
