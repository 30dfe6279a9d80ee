#include "host/transformer/sentence_piece_check.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

namespace tripartite::transformer {
namespace {

static_assert(std::endian::native == std::endian::little, "the trie is little endian");

/// Fields of a message in Protocol Buffers' wire format.
class Fields {
 public:
  explicit Fields(std::string_view message) : rest_(message) {}

  /// The number of the next field and, if it has any, its bytes. False at the end or where the message is damaged.
  bool next() {
    const auto key = number();
    if (!key) return false;
    field = *key >> 3;
    bytes = {};
    switch (*key & 7) {
      case 0: return number().has_value();
      case 1: return take(8);
      case 2: {
        const auto size = number();
        return size && take(*size);
      }
      case 5: return take(4);
      default: break;  // groups, which no version of SentencePiece writes
    }
    is_damaged = true;
    return false;
  }

  std::uint64_t field = 0;
  std::string_view bytes;
  bool is_damaged = false;

 private:
  std::optional<std::uint64_t> number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
      is_damaged = rest_.empty();
    }
    return std::nullopt;
  }
  bool take(std::uint64_t size) {
    if (size > rest_.size()) {
      is_damaged = true;
      return false;
    }
    bytes = rest_.substr(0, std::size_t(size));
    rest_.remove_prefix(std::size_t(size));
    return true;
  }

  std::string_view rest_;
};

/// The table: the size of the trie, the trie, words that end with 0. The trie is a double array (Yata et al. 2007, as
/// in darts-clone): from unit i, character c leads to unit (i xor offset) xor c.
std::string why_unsafe_table(std::string_view table) {
  std::uint32_t size = 0;
  if (table.empty()) return {};  // text is not normalised
  if (table.size() <= sizeof size) return "its normalisation table is truncated";
  std::memcpy(&size, table.data(), sizeof size);
  table.remove_prefix(sizeof size);
  if (size >= table.size() || size % sizeof(std::uint32_t) != 0) return "its normalisation table is truncated";
  const std::string_view trie = table.substr(0, size), words = table.substr(size);
  if (words.back() != '\0') return "the last word of its normalisation table does not end";
  const std::size_t units = trie.size() / sizeof(std::uint32_t);
  const auto unit = [&](std::size_t i) {
    std::uint32_t value = 0;
    std::memcpy(&value, trie.data() + i * sizeof value, sizeof value);
    return value;
  };
  if (units == 0) return "its normalisation table has no trie";
  constexpr std::uint32_t leaf = 1U << 31, has_leaf = 1U << 8, extension = 1U << 9, characters = 0xFF;
  for (std::size_t i = 0; i < units; ++i) {
    const std::uint32_t value = unit(i);
    if ((value & leaf) != 0) continue;  // never left: its label is no character
    const std::size_t next = i ^ ((value >> 10) << ((value & extension) >> 6));
    if ((next | characters) >= units) return "its normalisation table leads out of the trie";
    if ((value & has_leaf) != 0 && (unit(next) & ~leaf) >= words.size())
      return "its normalisation table leads out of its words";
  }
  return {};
}

}  // namespace

std::string why_unsafe_sentence_piece(std::string_view model) {
  constexpr std::uint64_t normaliser = 3, denormaliser = 5, table = 2;
  Fields parts(model);
  while (parts.next()) {
    if (parts.field != normaliser && parts.field != denormaliser) continue;
    Fields fields(parts.bytes);
    while (fields.next())
      if (fields.field == table)
        if (std::string reason = why_unsafe_table(fields.bytes); !reason.empty()) return reason;
    if (fields.is_damaged) return "it is damaged";
  }
  return parts.is_damaged ? "it is damaged" : "";
}

}  // namespace tripartite::transformer
