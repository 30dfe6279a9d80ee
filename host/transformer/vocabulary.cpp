#include "host/transformer/vocabulary.hpp"

#include <algorithm>
#include <utility>

namespace tripartite::transformer {

bool Vocabulary::add(std::string token) {
  if (!ids_.try_emplace(token, static_cast<int>(tokens_.size())).second) return false;
  longest_bytes_ = std::max(longest_bytes_, token.size());
  tokens_.push_back(std::move(token));
  return true;
}

std::optional<int> Vocabulary::id(std::string_view token) const {
  const auto found = ids_.find(token);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

}  // namespace tripartite::transformer
