#include "host/run/checkpoints.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <istream>
#include <new>
#include <nlohmann/json.hpp>
#include <ostream>
#include <streambuf>
#include <system_error>
#include <utility>

#include "host/io/atomic_file.hpp"
#include "host/io/hash.hpp"
#include "host/io/mapped_file.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite::run {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "tripartite checkpoint\n";
constexpr std::uint32_t version = 1;
constexpr std::uint32_t most_head = 1 << 16;
constexpr std::size_t hash_size = sizeof(std::uint64_t);
constexpr std::string_view name_begin = "checkpoint-", name_end = ".bin";

/// Collects what is written in memory: in blocks, so that nothing is ever copied to a larger place, and of large pages
/// where there are any, because the steps wait until every page was touched.
class Memory final : public std::streambuf {
 public:
  void write_to(std::ostream& out) const {
    for (std::size_t i = 0; i < blocks_.size(); ++i)
      out.write(blocks_[i].get(), std::streamsize(i + 1 < blocks_.size() ? block_size : used_));
  }

 private:
  static constexpr std::size_t block_size = std::size_t(32) << 20, large_page = std::size_t(2) << 20;

  std::streamsize xsputn(const char* from, std::streamsize count) override {
    for (auto left = std::size_t(count); left > 0;) {
      if (used_ == block_size) add_block();
      const std::size_t part = std::min(left, block_size - used_);
      std::memcpy(blocks_.back().get() + used_, from, part);
      used_ += part;
      from += part;
      left -= part;
    }
    return count;
  }
  int overflow(int c) override {
    const char byte = char(c);
    if (c != traits_type::eof()) xsputn(&byte, 1);
    return c;
  }

  struct Free {
    void operator()(char* block) const { std::free(block); }
  };
  using Block = std::unique_ptr<char[], Free>;

  void add_block() {
    Block block(static_cast<char*>(std::aligned_alloc(large_page, block_size)));
    if (block == nullptr) throw std::bad_alloc();
    ::madvise(block.get(), block_size, MADV_HUGEPAGE);  // where that fails, pages are small
    blocks_.push_back(std::move(block));
    used_ = 0;
  }

  std::vector<Block> blocks_;
  std::size_t used_ = block_size;  // of the last block
};

/// Reads bytes that lie in memory.
class Bytes final : public std::streambuf {
 public:
  explicit Bytes(std::span<const std::byte> bytes) {
    // A get area is not written to.
    char* begin = const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));
    setg(begin, begin, begin + bytes.size());
  }
};

/// Passes everything on to a file, and hashes it.
class HashedFile final : public std::streambuf {
 public:
  explicit HashedFile(const fs::path& path) : file_(path, std::ios::binary | std::ios::trunc) {}
  std::uint64_t hash() const { return hash_.value(); }
  bool close() {
    file_.close();
    return bool(file_);
  }

 private:
  std::streamsize xsputn(const char* from, std::streamsize count) override {
    hash_.put(std::as_bytes(std::span(from, std::size_t(count))));
    return file_.write(from, count) ? count : 0;
  }
  int overflow(int c) override {
    const char byte = char(c);
    return c == traits_type::eof() || xsputn(&byte, 1) == 1 ? c : traits_type::eof();
  }

  std::ofstream file_;
  io::Hash hash_;
};

fs::path checkpoint_file(const fs::path& directory, std::uint64_t number) {
  return directory / fmt::format("{}{}{}", name_begin, number, name_end);
}

/// The number of a checkpoint by its name; none if it is not that of one.
std::optional<std::uint64_t> number_of(const fs::path& path) {
  const std::string name = path.filename().string();
  if (!name.starts_with(name_begin) || !name.ends_with(name_end)) return std::nullopt;
  const std::string digits = name.substr(name_begin.size(), name.size() - name_begin.size() - name_end.size());
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (digits.empty() || digits.size() > 18 || !std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  return std::stoull(digits);
}

nlohmann::json head_of(const Checkpoint& checkpoint) {
  return {{"command", checkpoint.identity.command},
          {"precision", checkpoint.identity.precision},
          {"backend", checkpoint.identity.backend},
          {"instruction_set", checkpoint.identity.instruction_set},
          {"step", checkpoint.step},
          {"journal_bytes", checkpoint.journal.bytes},
          {"journal_chain", checkpoint.journal.chain}};
}

template <class T>
T number_at(std::span<const std::byte> bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

/// A record of a finished piece: the length of its key, the key, what was found.
constexpr std::uint32_t piece_kind = 0x65636970;

}  // namespace

fs::path journal_file(const fs::path& directory) { return directory / "journal.bin"; }

std::vector<fs::path> checkpoint_files(const fs::path& directory) {
  std::vector<std::pair<std::uint64_t, fs::path>> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error))
    if (const auto number = number_of(entry.path())) found.emplace_back(*number, entry.path());
  std::sort(found.rbegin(), found.rend());
  std::vector<fs::path> paths;
  paths.reserve(found.size());
  for (auto& each : found) paths.push_back(std::move(each.second));
  return paths;
}

Checkpoint read_checkpoint(const fs::path& path) {
  const io::MappedFile file(path);
  const std::span<const std::byte> bytes = file.bytes();
  const auto fail = [&](const std::string& what) { return FileError(fmt::format("{}: {}", path.string(), what)); };
  const std::size_t least = magic.size() + 2 * sizeof(std::uint32_t) + hash_size;
  if (bytes.size() < least || std::memcmp(bytes.data(), magic.data(), magic.size()) != 0)
    throw fail("is not a checkpoint, or is cut short");
  if (const auto found = number_at<std::uint32_t>(bytes, magic.size()); found != version)
    throw fail(fmt::format("is a checkpoint of version {}, this program reads version {}", found, version));
  const std::span<const std::byte> hashed = bytes.first(bytes.size() - hash_size);
  if (io::hash_of(hashed) != number_at<std::uint64_t>(bytes, hashed.size()))
    throw fail("is damaged: its bytes do not have the checksum that was written with them");
  const auto head_size = number_at<std::uint32_t>(bytes, magic.size() + sizeof(std::uint32_t));
  const std::size_t head_at = magic.size() + 2 * sizeof(std::uint32_t);
  if (head_size > most_head || head_size > hashed.size() - head_at) throw fail("is damaged: its head is too long");
  try {
    const auto* text = reinterpret_cast<const char*>(bytes.data() + head_at);
    const auto head = nlohmann::json::parse(text, text + head_size);
    return {.path = path,
            .number = number_of(path).value_or(0),
            .identity = {head.at("command"), head.at("precision"), head.at("backend"), head.at("instruction_set")},
            .step = head.at("step"),
            .journal = {head.at("journal_bytes"), head.at("journal_chain")},
            .state_at = head_at + head_size};
  } catch (const nlohmann::json::exception& error) {
    throw fail(fmt::format("is damaged: {}", error.what()));
  }
}

bool can_go_on(const fs::path& directory) {
  std::error_code error;
  const auto size = fs::file_size(journal_file(directory), error);
  if (error) return false;
  return !checkpoint_files(directory).empty() || size > JournalWriter::empty_size;
}

void remove_kept(const fs::path& directory) {
  std::error_code ignored;
  for (const fs::path& path : checkpoint_files(directory)) fs::remove(path, ignored);
  fs::remove(journal_file(directory), ignored);
}

bool holds(const fs::path& journal, const JournalMark& mark) {
  JournalReader reader(journal);
  while (reader.mark().bytes < mark.bytes)
    if (!reader.next(mark.bytes)) return false;
  return reader.mark() == mark;
}

Checkpoints::Checkpoints(Options options) : options_(std::move(options)) {
  if (!options_.tell) options_.tell = [](std::string_view) {};
  if (options_.resume)
    choose_restart();
  else
    remove_kept(options_.directory);
  open_journal();
}

Checkpoints::~Checkpoints() {
  if (writer_.joinable()) writer_.join();
}

void Checkpoints::choose_restart() {
  const fs::path journal = journal_file(options_.directory);
  const auto files = checkpoint_files(options_.directory);
  for (const fs::path& path : files) {
    number_ = std::max(number_, number_of(path).value_or(0));
    std::optional<Checkpoint> found;
    try {
      found = read_checkpoint(path);
      if (!holds(journal, found->journal))
        throw FileError(fmt::format("{}: {} does not hold what had been recorded by then", path.string(),
                                    journal.filename().string()));
    } catch (const FileError& error) {
      const std::string what = error.what();
      if (what.find(" of version ") != std::string::npos) throw;
      options_.tell(what + "; it is removed");
      std::error_code ignored;
      fs::remove(path, ignored);
      continue;
    }
    const RunIdentity& now = options_.identity;
    const auto refuse = [&](const char* of, const std::string& then, const std::string& here, const char* remedy) {
      return ConfigError(
          fmt::format("{}: was written with {} {}, here it is {}{}", path.string(), of, then, here, remedy));
    };
    if (found->identity.command != now.command) throw refuse("command", found->identity.command, now.command, "");
    if (found->identity.precision != now.precision)
      throw refuse("run.precision", found->identity.precision, now.precision, "");
    constexpr auto remedy = "; --allow-backend-change goes on all the same, with other roundings";
    if (!options_.allow_other_backend && found->identity.backend != now.backend)
      throw refuse("run.backend", found->identity.backend, now.backend, remedy);
    if (!options_.allow_other_backend && now.backend == "cpu" && found->identity.instruction_set != now.instruction_set)
      throw refuse("instruction set", found->identity.instruction_set, now.instruction_set, remedy);
    restart_ = std::move(found);
    return;
  }
  if (!files.empty()) options_.tell("no checkpoint is whole: the run begins anew");
}

void Checkpoints::open_journal() {
  const fs::path path = journal_file(options_.directory);
  std::error_code ignored;
  if (!options_.resume || !fs::exists(path, ignored)) {
    journal_ = std::make_unique<JournalWriter>(path);
    return;
  }
  JournalMark end;
  {
    JournalReader reader(path);
    end = reader.mark();
    const std::uint64_t steps_end = restart_ ? restart_->journal.bytes : 0;
    // What is no piece was handed out by steps, which behind the checkpoint are taken again. Pieces stay.
    while (const auto record = reader.next()) {
      if (record->kind != piece_kind) {
        if (reader.mark().bytes > steps_end) break;
        continue;
      }
      const std::span<const std::byte> bytes = record->payload;
      const auto length = bytes.size() < sizeof(std::uint32_t) ? UINT32_MAX : number_at<std::uint32_t>(bytes, 0);
      if (length > bytes.size() - sizeof length) break;
      const std::string key(reinterpret_cast<const char*>(bytes.data()) + sizeof length, length);
      const auto result = bytes.subspan(sizeof length + length);
      pieces_[key].assign(result.begin(), result.end());
      end = reader.mark();
    }
  }
  found_ = pieces_.size();
  const bool ends_with_pieces = !restart_ || end.bytes > restart_->journal.bytes;
  journal_ = std::make_unique<JournalWriter>(path, ends_with_pieces ? end : restart_->journal);
}

void Checkpoints::replay(const std::function<void(const JournalRecord&)>& record) const {
  if (!restart_) return;
  JournalReader reader(journal_file(options_.directory));
  while (const auto next = reader.next(restart_->journal.bytes)) record(*next);
}

void Checkpoints::load(const std::function<void(std::istream&)>& load) const {
  const io::MappedFile file(restart_->path);
  Bytes bytes(file.bytes().subspan(restart_->state_at, file.bytes().size() - restart_->state_at - hash_size));
  std::istream in(&bytes);
  load(in);
}

void Checkpoints::append(std::uint32_t kind, std::initializer_list<std::span<const std::byte>> parts) {
  journal_->append(kind, parts);
}

bool Checkpoints::due() {
  if (options_.wanted && options_.wanted()) return true;
  return std::chrono::duration<double>(Clock::now() - last_).count() >= options_.interval;
}

void Checkpoints::rethrow() {
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void Checkpoints::wait() {
  if (writer_.joinable()) writer_.join();
  rethrow();
}

void Checkpoints::take(std::int64_t step, double bytes, const std::function<void(std::ostream&)>& save) {
  if (is_writing_) return;
  wait();
  journal_->flush();
  const JournalMark mark = journal_->mark();
  const std::uint64_t number = ++number_;
  constexpr double share = 0.5;  // of what is available
  if (bytes > share * double(available_host_memory())) {
    write(number, step, mark, save);
  } else {
    auto copy = std::make_shared<Memory>();
    std::ostream out(copy.get());
    save(out);
    is_writing_ = true;
    writer_ = std::thread([this, number, step, mark, copy] {
      try {
        write(number, step, mark, [&](std::ostream& file) { copy->write_to(file); });
      } catch (...) {
        error_ = std::current_exception();
      }
      is_writing_ = false;
    });
  }
  last_ = Clock::now();
}

void Checkpoints::write(std::uint64_t number, std::int64_t step, const JournalMark& mark,
                        const std::function<void(std::ostream&)>& state) const {
  journal_->synchronise();
  const fs::path path = checkpoint_file(options_.directory, number);
  io::AtomicFile target(path);
  HashedFile file(target.temporary_path());
  std::ostream out(&file);
  Checkpoint described;
  described.identity = options_.identity;
  described.step = step;
  described.journal = mark;
  const std::string head = head_of(described).dump();
  const std::array<std::uint32_t, 2> numbers{version, std::uint32_t(head.size())};
  out << magic;
  out.write(reinterpret_cast<const char*>(numbers.data()), sizeof numbers);
  out << head;
  state(out);
  const std::uint64_t hash = file.hash();
  out.write(reinterpret_cast<const char*>(&hash), sizeof hash);
  if (!file.close() || !out) throw FileError(path.string() + ": cannot be written; is the disk full?");
  target.commit();
  remove_older(number);
}

/// Keeps the last two up to `number`.
void Checkpoints::remove_older(std::uint64_t number) const {
  constexpr std::uint64_t kept = 2;
  std::error_code ignored;
  for (const fs::path& path : checkpoint_files(options_.directory))
    if (number_of(path).value_or(0) + kept <= number) fs::remove(path, ignored);
}

const std::vector<std::byte>* Checkpoints::finished(std::string_view key) const {
  const std::lock_guard lock(using_pieces_);
  const auto found = pieces_.find(key);
  return found == pieces_.end() ? nullptr : &found->second;
}

void Checkpoints::finish(std::string_view key, std::span<const std::byte> result) {
  const std::lock_guard lock(using_pieces_);
  const auto length = std::uint32_t(key.size());
  journal_->append(piece_kind, {std::as_bytes(std::span(&length, 1)), std::as_bytes(std::span(key)), result});
  journal_->flush();
  // A process that is killed loses nothing of what was flushed. Forcing small pieces to the disk one by one would take
  // longer than they do.
  constexpr auto at_most_every = std::chrono::seconds(1);
  if (Clock::now() - synchronised_ < at_most_every) return;
  journal_->synchronise();
  synchronised_ = Clock::now();
}

void Checkpoints::finish_run() {
  wait();
  if (options_.keep) {
    journal_->flush();
    return;
  }
  journal_.reset();
  remove_kept(options_.directory);
}

}  // namespace tripartite::run
