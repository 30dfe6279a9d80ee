#include "host/run/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "host/io/hash.hpp"
#include "tripartite/error.hpp"

namespace tripartite::run {
namespace {

constexpr std::array<char, JournalWriter::empty_size> magic{"tripartite journal 1   "};  // the number is the version
constexpr std::size_t version_at = 19;

struct Head {
  std::uint32_t kind = 0, zero = 0;
  std::uint64_t bytes = 0;
};
static_assert(sizeof(Head) == 16);

[[noreturn]] void throw_file_error(const std::filesystem::path& path, const char* what, int error) {
  throw FileError(fmt::format("{}: {}: {}", path.string(), what, std::generic_category().message(error)));
}

template <class T>
std::span<const std::byte> bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

}  // namespace

JournalWriter::JournalWriter(std::filesystem::path path) : path_(std::move(path)) {
  open(O_WRONLY | O_CREAT | O_TRUNC);
  const auto head = std::as_bytes(std::span(magic));
  pending_.assign(head.begin(), head.end());
  mark_ = {magic.size(), 0};
  flush();
}

JournalWriter::JournalWriter(std::filesystem::path path, const JournalMark& mark)
    : path_(std::move(path)), mark_(mark) {
  open(O_WRONLY);
  if (::ftruncate(file_.get(), off_t(mark.bytes)) != 0 || ::lseek(file_.get(), 0, SEEK_END) < 0) fail("cannot be cut");
}

void JournalWriter::open(int flags) {
  file_ = io::Descriptor(::open(path_.c_str(), flags | O_CLOEXEC, 0666));
  if (file_.get() < 0) fail("cannot be written");
}

void JournalWriter::fail(const char* what) const { throw_file_error(path_, what, errno); }

void JournalWriter::append(std::uint32_t kind, std::initializer_list<std::span<const std::byte>> parts) {
  Head head{kind, 0, 0};
  for (const auto& part : parts) head.bytes += part.size();
  io::Hash chain(mark_.chain);  // of the record and all before it
  const auto put = [&](std::span<const std::byte> bytes) {
    chain.put(bytes);
    pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  };
  put(bytes_of(head));
  for (const auto& part : parts) put(part);
  const std::uint64_t value = chain.value();
  const auto hash = bytes_of(value);
  pending_.insert(pending_.end(), hash.begin(), hash.end());
  mark_ = {mark_.bytes + sizeof(Head) + head.bytes + sizeof value, value};
  constexpr std::size_t most_pending = std::size_t(1) << 20;
  if (pending_.size() > most_pending) flush();
}

void JournalWriter::flush() {
  if (!io::write_all(file_.get(), pending_)) fail("cannot be written");
  pending_.clear();
}

void JournalWriter::synchronise() const {
  // EINVAL: the file system does not support synchronisation, which is not an error of this file.
  if (::fdatasync(file_.get()) != 0 && errno != EINVAL) fail("cannot be flushed to disk");
}

JournalReader::JournalReader(std::filesystem::path path) : path_(std::move(path)) {
  file_ = io::Descriptor(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file_.get() < 0 || ::fstat(file_.get(), &status) != 0) throw_file_error(path_, "cannot be read", errno);
  size_ = std::uint64_t(status.st_size);
  std::array<char, magic.size()> found{};
  const bool is_whole = size_ >= magic.size() && read(std::as_writable_bytes(std::span(found)));
  if (is_whole && found == magic) {
    mark_ = {magic.size(), 0};
    return;
  }
  if (is_whole && std::equal(found.begin(), found.begin() + version_at, magic.begin()))
    throw FileError(fmt::format("{}: is a journal of version {}, this program reads version {}", path_.string(),
                                found[version_at], magic[version_at]));
  throw FileError(path_.string() + ": is not the journal of a run");
}

bool JournalReader::read(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::read(file_.get(), bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_file_error(path_, "cannot be read", errno);
    if (got == 0) return false;
    bytes = bytes.subspan(std::size_t(got));
  }
  return true;
}

std::optional<JournalRecord> JournalReader::next(std::uint64_t end) {
  end = std::min(end, size_);
  const auto rest = [&] { return end - std::min(end, mark_.bytes); };
  Head head;
  std::uint64_t hash = 0;
  if (rest() < sizeof head + sizeof hash || !read(std::as_writable_bytes(std::span(&head, 1)))) return std::nullopt;
  // The length of a damaged head is not trusted beyond the file.
  if (head.zero != 0 || head.bytes > rest() - sizeof head - sizeof hash) return std::nullopt;
  JournalRecord record{head.kind, std::vector<std::byte>(head.bytes)};
  if (!read(record.payload) || !read(std::as_writable_bytes(std::span(&hash, 1)))) return std::nullopt;
  io::Hash chain(mark_.chain);  // of the record and all before it
  chain.put(bytes_of(head));
  chain.put(record.payload);
  if (chain.value() != hash) return std::nullopt;
  mark_ = {mark_.bytes + sizeof head + head.bytes + sizeof hash, hash};
  return record;
}

}  // namespace tripartite::run
