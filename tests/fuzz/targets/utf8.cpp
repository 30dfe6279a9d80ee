#include "host/transformer/utf8.hpp"

#include "fuzz/target.hpp"
#include "host/transformer/word_splitter.hpp"
#include "tripartite/error.hpp"

using namespace tripartite;

// Valid text comes back as it was; everything else is told apart from it in the same place by all functions.
TRIPARTITE_FUZZ_TARGET(utf8, 3000) {
  const std::string mended = transformer::replace_invalid_utf8(bytes);
  const bool is_valid = transformer::valid_utf8_prefix(bytes) == bytes.size();
  if (transformer::valid_utf8_prefix(mended) != mended.size()) throw std::logic_error("mended text is not valid");
  if (is_valid != (mended == bytes) && bytes.find("\xEF\xBF\xBD") == std::string_view::npos)
    throw std::logic_error("valid text was mended");
  const std::u32string code_points = transformer::decode_utf8(bytes, "fuzz");
  if (!is_valid || transformer::encode_utf8(code_points) != bytes) throw std::logic_error("text did not come back");
  std::string joined;
  for (const std::string_view word : transformer::split_words(bytes)) joined += word;
  if (joined != bytes) throw std::logic_error("words are not the text");
  for (const char32_t c : code_points) transformer::category_letter(c);
}
