#include <cstring>
#include <string>

#include "fuzz/scratch.hpp"
#include "fuzz/target.hpp"
#include "host/io/hash.hpp"
#include "host/run/checkpoints.hpp"
#include "host/run/pieces.hpp"

using namespace tripartite;

namespace {

void read_checkpoint(std::string bytes) {
  // The checksum is mended, or nothing would get past it.
  constexpr std::size_t size = sizeof(std::uint64_t);
  if (bytes.size() > size) {
    const std::uint64_t hash = io::hash_of(std::as_bytes(std::span(bytes).first(bytes.size() - size)));
    std::memcpy(bytes.data() + bytes.size() - size, &hash, size);
  }
  run::read_checkpoint(fuzz::scratch_file("checkpoint-1.bin", bytes));
}

void read_journal(std::string_view bytes) {
  run::JournalReader reader(fuzz::scratch_file("journal.bin", bytes));
  while (reader.next()) {
  }
}

void read_piece(std::string_view bytes) {
  run::PieceReader piece(std::as_bytes(std::span(bytes)));
  for (;;) {
    piece.get<double>();
    piece.get_all<double>();
  }
}

}  // namespace

// The first byte chooses what is read.
TRIPARTITE_FUZZ_TARGET(checkpoint, 2000) {
  if (bytes.empty()) return;
  switch (static_cast<unsigned char>(bytes.front()) % 3) {
    case 0: return read_checkpoint(std::string(bytes.substr(1)));
    case 1: return read_journal(bytes.substr(1));
    default: return read_piece(bytes.substr(1));
  }
}
