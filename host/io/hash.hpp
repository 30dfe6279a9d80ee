#pragma once

#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <new>
#include <span>
#include <string>

namespace tripartite::io {

/// XXH3 of 64 bits of what is put in, part by part.
class Hash {
 public:
  explicit Hash(std::uint64_t seed = 0) : state_(XXH3_createState()) {
    if (state_ == nullptr) throw std::bad_alloc();
    XXH3_64bits_reset_withSeed(state_.get(), seed);
  }
  void put(std::span<const std::byte> bytes) { XXH3_64bits_update(state_.get(), bytes.data(), bytes.size()); }
  std::uint64_t value() const { return XXH3_64bits_digest(state_.get()); }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
};

/// The hash of a file's bytes, as 16 hexadecimal digits (xxhsum -H3 prints the same). Throws FileError.
std::string hash_of_file(const std::filesystem::path& path);

std::uint64_t hash_of(std::span<const std::byte> bytes);

}  // namespace tripartite::io
