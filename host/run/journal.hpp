#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "host/io/descriptor.hpp"

namespace tripartite::run {

/// A place in a journal: how many bytes lie before it, and a hash of all of them.
struct JournalMark {
  std::uint64_t bytes = 0;
  std::uint64_t chain = 0;
  friend bool operator==(const JournalMark&, const JournalMark&) = default;
};

struct JournalRecord {
  std::uint32_t kind = 0;  // what the payload is: the writer's own numbering
  std::vector<std::byte> payload;
};

/// Appends to a file that only grows, so that whatever moment a process or a machine dies at, the file begins with
/// everything that was synchronised before. A record is
///   kind (4 bytes), 0 (4 bytes), bytes of the payload (8 bytes), payload, hash of all this and of the record before.
/// Numbers are in the byte order of the machine. Every member throws FileError.
class JournalWriter {
 public:
  static constexpr std::uint64_t empty_size = 24;  // bytes of a journal without records

  /// Begins a journal, in place of what there was.
  explicit JournalWriter(std::filesystem::path path);
  /// Goes on behind `mark` and cuts off what follows it.
  JournalWriter(std::filesystem::path path, const JournalMark& mark);

  /// `parts` are one payload, one after the other.
  void append(std::uint32_t kind, std::initializer_list<std::span<const std::byte>> parts);
  /// Behind the last record.
  const JournalMark& mark() const { return mark_; }
  /// Hands all records to the operating system: a process that is killed loses none of them.
  void flush();
  /// Forces what was flushed to the disk. May be called from another thread, beside `append`.
  void synchronise() const;

 private:
  void open(int flags);
  [[noreturn]] void fail(const char* what) const;

  std::filesystem::path path_;
  io::Descriptor file_;
  JournalMark mark_;
  std::vector<std::byte> pending_;
};

/// Reads a journal record by record, up to its end or to the first record that is not whole.
class JournalReader {
 public:
  /// Throws FileError if the file cannot be read, is no journal, or is of another version.
  explicit JournalReader(std::filesystem::path path);

  /// The next record that lies before `end` bytes of the file; none if there is no whole one.
  std::optional<JournalRecord> next(std::uint64_t end = UINT64_MAX);
  /// Behind the last record that was read.
  const JournalMark& mark() const { return mark_; }

 private:
  bool read(std::span<std::byte> bytes);

  std::filesystem::path path_;
  io::Descriptor file_;
  std::uint64_t size_ = 0;
  JournalMark mark_;
};

}  // namespace tripartite::run
