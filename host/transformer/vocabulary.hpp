#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tripartite::transformer {

/// Tokens and their ids 0, 1, …, size − 1.
class Vocabulary {
 public:
  /// Adds a token with the next id; false if the token already exists.
  bool add(std::string token);
  std::optional<int> id(std::string_view token) const;
  /// `id` in [0, size).
  const std::string& token(int id) const { return tokens_[static_cast<std::size_t>(id)]; }
  std::size_t size() const { return tokens_.size(); }
  /// Length of the longest token.
  std::size_t longest_bytes() const { return longest_bytes_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::vector<std::string> tokens_;
  std::unordered_map<std::string, int, Hash, std::equal_to<>> ids_;
  std::size_t longest_bytes_ = 0;
};

}  // namespace tripartite::transformer
