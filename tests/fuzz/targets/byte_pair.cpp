#include "host/transformer/byte_pair.hpp"

#include <fmt/format.h>

#include "fuzz/target.hpp"
#include "host/transformer/utf8.hpp"

using namespace tripartite;

namespace {

/// The 256 symbols of bytes, which every vocabulary has, as members of a JSON object: no seed need spell them.
std::string byte_symbols() {
  std::string members;
  char32_t next = 256;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xFF && byte != 0xAD);
    const char32_t symbol = printable ? byte : next++;
    const std::string text = transformer::encode_utf8({&symbol, 1});
    members += fmt::format("{}\"{}{}\":{}", members.empty() ? "" : ",", text == "\"" || text == "\\" ? "\\" : "", text,
                           unsigned(byte));
  }
  return members;
}

}  // namespace

// The members of vocab.json behind the symbols of bytes, then lines of merges.txt, then the text to encode, with NUL
// between them. A vocabulary that begins with '{' is taken as it is.
TRIPARTITE_FUZZ_TARGET(byte_pair, 1000) {
  static const std::string symbols = byte_symbols();
  const auto first = std::min(bytes.find('\0'), bytes.size());
  const auto second = first == bytes.size() ? first : std::min(bytes.find('\0', first + 1), bytes.size());
  const std::string_view members = bytes.substr(0, first);
  const std::string_view merges = first == bytes.size() ? "" : bytes.substr(first + 1, second - first - 1);
  const std::string_view text = second == bytes.size() ? "The cat's 2" : bytes.substr(second + 1);
  const std::string vocabulary = members.starts_with('{')
                                     ? std::string(members)
                                     : fmt::format("{{{}{}{}}}", symbols, members.empty() ? "" : ",", members);
  const transformer::BytePair pairs(vocabulary, merges, "fuzz");
  const auto ids = pairs.encode(text);
  if (pairs.decode(ids) != text) throw std::logic_error("text did not come back");
}
