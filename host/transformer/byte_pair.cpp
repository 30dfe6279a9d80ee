#include "host/transformer/byte_pair.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <queue>
#include <tuple>
#include <utility>

#include "host/io/contained_file.hpp"
#include "host/io/strict_json.hpp"
#include "host/io/text_file.hpp"
#include "host/transformer/utf8.hpp"
#include "host/transformer/word_splitter.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

/// The code point that represents a byte: printable bytes represent themselves, the other 68 are 256, 257, … in order.
std::array<char32_t, 256> byte_symbols() {
  std::array<char32_t, 256> symbols{};
  char32_t next = 256;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xFF && byte != 0xAD);
    symbols[byte] = printable ? byte : next++;
  }
  return symbols;
}

std::uint64_t pair_key(int left, int right) {
  return static_cast<std::uint64_t>(left) << 32U | static_cast<std::uint32_t>(right);
}

/// The bytes that a token represents; nullopt if any of its characters is not a byte symbol.
std::optional<std::string> bytes_of(std::string_view token, const std::unordered_map<char32_t, char>& byte_of) {
  std::string bytes;
  for (const char32_t symbol : decode_utf8(token, "token")) {
    const auto found = byte_of.find(symbol);
    if (found == byte_of.end()) return std::nullopt;
    bytes += found->second;
  }
  return bytes;
}

}  // namespace

BytePair::BytePair(std::string_view vocabulary, std::string_view merges, const std::string& source,
                   const std::vector<std::string>& special_tokens) {
  const std::string vocabulary_source = source + "/vocab.json";
  read_vocabulary(vocabulary, vocabulary_source);
  const auto symbols = byte_symbols();
  std::unordered_map<char32_t, char> byte_of;
  for (std::size_t byte = 0; byte < symbols.size(); ++byte) {
    const std::string symbol = encode_utf8({&symbols[byte], 1});
    const std::optional<int> id = vocabulary_.id(symbol);
    if (!id)
      throw FileError(
          fmt::format("{}: token \"{}\", the symbol of byte 0x{:02X}, not found", vocabulary_source, symbol, byte));
    byte_ids_[byte] = *id;
    byte_of[symbols[byte]] = static_cast<char>(byte);
  }
  if (const std::optional<int> id = vocabulary_.id("<|endoftext|>")) special_ids_.push_back(*id);
  for (const std::string& token : special_tokens) {
    const std::optional<int> id = vocabulary_.id(token);
    if (!id || token.empty())
      throw FileError(fmt::format("{}: special token \"{}\" not found", vocabulary_source, token));
    special_ids_.push_back(*id);
  }
  for (int id = 0; id < static_cast<int>(size()); ++id) {
    const bool is_special = std::find(special_ids_.begin(), special_ids_.end(), id) != special_ids_.end();
    const std::string& token = vocabulary_.token(id);
    const std::optional<std::string> bytes = is_special ? token : bytes_of(token, byte_of);
    if (!bytes)
      throw FileError(
          fmt::format("{}: token \"{}\" has a character that is not a byte symbol: is the vocabulary byte-level?",
                      vocabulary_source, token));
    bytes_.push_back(*bytes);
  }
  read_merges(merges, source + "/merges.txt");
}

BytePair BytePair::open_directory(const std::filesystem::path& directory) {
  return {io::read_file(io::contained_file(directory, "vocab.json")),
          io::read_file(io::contained_file(directory, "merges.txt")), directory.string()};
}

void BytePair::read_vocabulary(std::string_view text, const std::string& source) {
  const auto json = io::parse_json(text, source);
  if (!json.is_object()) throw FileError(fmt::format("{}: must be an object of tokens and ids", source));
  std::vector<std::string> tokens(json.size());
  std::vector<bool> is_given(json.size());
  for (const auto& [token, id] : json.items()) {
    if (!id.is_number_unsigned() || id.get<std::uint64_t>() >= json.size())
      throw FileError(fmt::format("{}: id of token \"{}\" is {:.100}: must be from 0 to {} ({} tokens)", source, token,
                                  id.dump(), json.size() - 1, json.size()));
    const auto index = id.get<std::size_t>();
    if (is_given[index])
      throw FileError(
          fmt::format("{}: tokens \"{}\" and \"{}\" have the same id {}", source, tokens[index], token, index));
    tokens[index] = token;
    is_given[index] = true;
  }
  for (std::string& token : tokens) vocabulary_.add(std::move(token));
}

void BytePair::read_merges(std::string_view text, const std::string& source) {
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view merge = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (merge.ends_with('\r')) merge.remove_suffix(1);
    if (line == 1 && merge.starts_with("#version")) continue;
    if (merge.empty() && text.empty()) continue;  // an empty line at the end
    add_merge(merge, fmt::format("{}: line {}", source, line));
  }
  require_every_token(source);
}

/// Detects missing lines, which would otherwise silently split words differently from the model's training.
void BytePair::require_every_token(const std::string& source) const {
  std::vector<bool> is_made(size());
  for (const int id : byte_ids_) is_made[static_cast<std::size_t>(id)] = true;
  for (const int id : special_ids_) is_made[static_cast<std::size_t>(id)] = true;
  for (const auto& [pair, merge] : merges_) is_made[static_cast<std::size_t>(merge.product)] = true;
  for (int id = 0; id < static_cast<int>(size()); ++id) {
    const std::string& token = vocabulary_.token(id);
    const bool is_added =
        token.starts_with('<') && token.ends_with('>');  // by convention; no merges produce such tokens
    if (!is_made[static_cast<std::size_t>(id)] && !is_added)
      throw FileError(
          fmt::format("{}: no line produces token \"{}\" of the vocabulary: is the file truncated?", source, token));
  }
}

void BytePair::add_merge(std::string_view line, const std::string& where) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos || space == 0 ||
      space + 1 == line.size())
    throw FileError(
        fmt::format("{}: \"{:.100}\": must be two tokens separated by a space", where, replace_invalid_utf8(line)));
  const std::string_view left = line.substr(0, space);
  const std::string_view right = line.substr(space + 1);
  const auto id_of = [&](const std::string& token) {
    const std::optional<int> id = vocabulary_.id(token);
    if (!id)
      throw FileError(
          fmt::format("{}: \"{:.100}\" is not a token of the vocabulary", where, replace_invalid_utf8(token)));
    return *id;
  };
  const std::uint64_t key = pair_key(id_of(std::string(left)), id_of(std::string(right)));
  const Merge merge{merges_.size(), id_of(std::string(left) + std::string(right))};
  if (!merges_.try_emplace(key, merge).second)
    throw FileError(fmt::format("{}: \"{:.100}\" is already merged by an earlier line", where, line));
}

std::vector<int> BytePair::encode(std::string_view text) const {
  std::vector<int> ids;
  decode_utf8(text, "text");  // reports errors with the offset in the whole text
  while (!text.empty()) {
    std::size_t where = std::string_view::npos;
    int special = -1;
    for (const int id : special_ids_) {  // the first in the text; at equal positions, the longer one
      const std::size_t found = text.find(vocabulary_.token(id));
      const bool is_longer = special >= 0 && vocabulary_.token(id).size() > vocabulary_.token(special).size();
      if (found < where || (found == where && found != std::string_view::npos && is_longer)) {
        where = found;
        special = id;
      }
    }
    append_text(text.substr(0, where), ids);
    if (special < 0) break;
    ids.push_back(special);
    text.remove_prefix(where + vocabulary_.token(special).size());
  }
  return ids;
}

void BytePair::append_text(std::string_view text, std::vector<int>& ids) const {
  for (const std::string_view piece : split_words(text)) append_piece(piece, ids);
}

const BytePair::Merge* BytePair::find_merge(int left, int right) const {
  const auto found = merges_.find(pair_key(left, right));
  return found == merges_.end() ? nullptr : &found->second;
}

/// Merges the pair of lowest rank (the leftmost if several have it) until no pair is left. A priority queue of
/// candidates over a doubly linked list: n log n, where searching for the best pair after every merge would take n² for
/// a long run of one character.
void BytePair::append_piece(std::string_view bytes, std::vector<int>& ids) const {
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  struct Symbol {
    int id;
    std::size_t previous;
    std::size_t next;
  };
  std::vector<Symbol> symbols;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    symbols.push_back(
        {byte_ids_[static_cast<unsigned char>(bytes[i])], i == 0 ? none : i - 1, i + 1 == bytes.size() ? none : i + 1});

  using Candidate = std::tuple<std::size_t, std::size_t, std::uint64_t>;  // rank, left symbol, both ids
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> candidates;
  const auto consider = [&](std::size_t left) {
    if (left == none || symbols[left].next == none) return;
    const int right_id = symbols[symbols[left].next].id;
    if (const Merge* merge = find_merge(symbols[left].id, right_id))
      candidates.emplace(merge->rank, left, pair_key(symbols[left].id, right_id));
  };
  for (std::size_t i = 0; i < symbols.size(); ++i) consider(i);

  constexpr int merged_away = -1;
  while (!candidates.empty()) {
    const auto [rank, left, key] = candidates.top();
    candidates.pop();
    const std::size_t right = symbols[left].next;
    // An earlier merge may have changed either side.
    if (symbols[left].id == merged_away || right == none || pair_key(symbols[left].id, symbols[right].id) != key)
      continue;
    symbols[left] = {merges_.at(key).product, symbols[left].previous, symbols[right].next};
    symbols[right].id = merged_away;
    if (symbols[left].next != none) symbols[symbols[left].next].previous = left;
    consider(symbols[left].previous);
    consider(left);
  }
  for (std::size_t i = 0; i < symbols.size(); ++i)
    if (symbols[i].id != merged_away) ids.push_back(symbols[i].id);
}

std::string BytePair::decode(std::span<const int> ids) const {
  std::string bytes;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || static_cast<std::size_t>(ids[i]) >= size())
      throw ConfigError(
          fmt::format("token {} has id {}: must be in [0, {}), the ids of the vocabulary", i, ids[i], size()));
    bytes += bytes_[static_cast<std::size_t>(ids[i])];
  }
  return bytes;
}

}  // namespace tripartite::transformer
