#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

namespace tripartite {

/// Damages files at random, in ways that reach deep into a parser. The same seed gives the same damage.
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  /// One to four changes of `file`.
  std::string operator()(std::string file) {
    for (std::size_t changes = below(4) + 1; changes > 0; --changes) change(file);
    return file;
  }
  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }
  char byte() { return static_cast<char>(below(256)); }

 private:
  void change(std::string& file) {
    if (file.empty()) return file.push_back(byte());
    const std::size_t at = below(file.size());
    const std::size_t length = std::min(below(16) + 1, file.size() - at);
    switch (below(8)) {
      case 0: file[at] = byte(); break;
      case 1: file[at] = static_cast<char>(file[at] ^ (1 << below(8))); break;
      case 2: file.erase(at, length); break;
      case 3: file.insert(at, file, at, length); break;
      case 4: file.insert(at, 1, byte()); break;
      case 5: file.resize(at); break;
      case 6: file.replace(at, length, length, below(2) == 0 ? '\0' : '\xFF'); break;
      default: file.insert(at, std::to_string(std::uint64_t{1} << below(64)));
    }
  }

  std::mt19937_64 random_;
};

}  // namespace tripartite
