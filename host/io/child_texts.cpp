#include "host/io/child_texts.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <system_error>

namespace tripartite::io::detail {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool limits_memory = false;  // sanitizers reserve terabytes
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool limits_memory = false;
#else
constexpr bool limits_memory = true;
#endif
#else
constexpr bool limits_memory = true;
#endif

/// Bytes of address space of this process; 0 if the system does not tell.
std::uint64_t address_space() {
  std::uint64_t pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    unsigned long long first = 0;
    if (std::fscanf(file, "%llu", &first) == 1) pages = first;
    std::fclose(file);
  }
  return pages * std::uint64_t(::sysconf(_SC_PAGESIZE));
}

::rlimit at_most(std::uint64_t value) { return {value, value}; }

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(std::size_t(count));
  }
  return true;
}

/// Never returns: what the parent would do when it exits is not for the child to do.
[[noreturn]] void be_child(const std::function<bool(std::vector<std::string>&)>& read, int out, std::uint64_t space) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPIPE}) ::signal(signal, SIG_DFL);
  const ::rlimit core = at_most(0), seconds = at_most(10), memory = at_most(space);
  ::setrlimit(RLIMIT_CORE, &core);
  ::setrlimit(RLIMIT_CPU, &seconds);
  if (limits_memory && space > 0) ::setrlimit(RLIMIT_AS, &memory);
  bool is_sent = false;
  try {
    std::vector<std::string> texts;
    is_sent = read(texts);
    for (std::size_t i = 0; is_sent && i < texts.size(); ++i) {
      const std::uint64_t size = texts[i].size();
      is_sent = write_all(out, {reinterpret_cast<const char*>(&size), sizeof size}) && write_all(out, texts[i]);
    }
  } catch (...) {  // no memory
    is_sent = false;
  }
  ::_exit(is_sent ? 0 : 1);
}

/// Everything up to the end, if that is at most `most` bytes.
bool read_all(int file, std::uint64_t most, std::string& bytes) {
  std::array<char, 1 << 16> block{};
  for (;;) {
    const ssize_t count = ::read(file, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0;
    if (bytes.size() + std::size_t(count) > most) return false;
    bytes.append(block.data(), std::size_t(count));
  }
}

/// False if the bytes are no texts, each behind its size.
bool split(std::string_view bytes, std::vector<std::string>& texts) {
  while (!bytes.empty()) {
    std::uint64_t size = 0;
    if (bytes.size() < sizeof size) return false;
    std::memcpy(&size, bytes.data(), sizeof size);
    bytes.remove_prefix(sizeof size);
    if (size > bytes.size()) return false;
    texts.emplace_back(bytes.substr(0, std::size_t(size)));
    bytes.remove_prefix(std::size_t(size));
  }
  return true;
}

}  // namespace

ChildTexts read_in_child(const std::function<bool(std::vector<std::string>&)>& read, std::uint64_t most_bytes) {
  constexpr std::uint64_t room = std::uint64_t(256) << 20;
  const std::uint64_t now = address_space(), space = now == 0 ? 0 : now + room + 3 * most_bytes;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return {{}, "no process can be started to read it: " + std::generic_category().message(errno)};
  const pid_t child = ::fork();
  if (child == 0) be_child(read, ends[1], space);
  const int error = errno;
  ::close(ends[1]);
  std::string bytes;
  const bool is_whole = child > 0 && read_all(ends[0], most_bytes, bytes);
  ::close(ends[0]);
  if (child < 0) return {{}, "no process can be started to read it: " + std::generic_category().message(error)};
  if (!is_whole) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!is_whole) return {{}, fmt::format("has more than {} bytes of text", most_bytes)};
  if (WIFSIGNALED(status))
    return {
        {},
        fmt::format("is damaged: HDF5 was ended by signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)))};
  ChildTexts result;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || !split(bytes, result.texts)) return {{}, "cannot be read"};
  return result;
}

}  // namespace tripartite::io::detail
