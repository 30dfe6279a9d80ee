#include "host/io/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <system_error>

#include "host/io/descriptor.hpp"
#include "tripartite/error.hpp"

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

/// The pipe ended before the result did, or the result is too long.
struct Broken {};

enum class Outcome : char { done, file_error, memory_error };

/// Bytes of address space of this process; 0 if the system does not tell.
std::uint64_t address_space() {
  unsigned long long pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%llu", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return std::uint64_t(pages) * std::uint64_t(::sysconf(_SC_PAGESIZE));
}

::rlimit at_most(std::uint64_t value) { return {value, value}; }

void send_error(ByteSink& out, Outcome outcome, const char* words) {
  out.put(outcome);
  out.put(std::string(words));
}

/// From now on this process ends with the thread that waits for it, `parent`'s.
void end_with(pid_t parent) {
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (::getppid() != parent) ::_exit(1);  // it had ended before
}

/// Never returns: what the parent would do when it exits is not for the child to do.
[[noreturn]] void be_child(const std::function<std::function<void(ByteSink&)>()>& work, int file, std::uint64_t seconds,
                           std::uint64_t space) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPIPE}) ::signal(signal, SIG_DFL);
  const ::rlimit core = at_most(0), time = at_most(seconds), memory = at_most(space);
  ::setrlimit(RLIMIT_CORE, &core);
  ::setrlimit(RLIMIT_CPU, &time);
  if (limits_memory && space > 0) ::setrlimit(RLIMIT_AS, &memory);
  int status = 0;
  try {
    ByteSink out(file);
    try {
      const auto send = work();
      out.put(Outcome::done);
      send(out);
    } catch (const FileError& e) {
      send_error(out, Outcome::file_error, e.what());
    } catch (const MemoryError& e) {
      send_error(out, Outcome::memory_error, e.what());
    }
  } catch (...) {  // no memory, no reader
    status = 1;
  }
  ::_exit(status);
}

/// Of a child that ended without a result.
std::string reason_of(int status, const ChildLimits& limits) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    return fmt::format("reading it takes more than {} s", limits.seconds);
  if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE)  // that is a result which nobody takes
    return fmt::format("is damaged: reading it ended by signal {} ({})", WTERMSIG(status),
                       ::strsignal(WTERMSIG(status)));
  return "is damaged: reading it needs more memory than the file is worth, or says more than it holds";
}

}  // namespace

void ByteSink::put(std::span<const std::byte> bytes) {
  if (!write_all(file_, bytes)) throw Broken{};
}

void ByteSink::put(const std::string& text) {
  put(std::uint64_t(text.size()));
  put(std::as_bytes(std::span(text)));
}

void ByteSource::refuse() { throw Broken{}; }

void ByteSource::require(std::uint64_t count, std::size_t bytes) const {
  if (count > left_ / bytes) throw Broken{};
}

void ByteSource::take(std::span<std::byte> bytes) {
  if (bytes.size() > left_) throw Broken{};
  left_ -= bytes.size();
  while (!bytes.empty()) {
    const ssize_t count = ::read(file_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw Broken{};
    bytes = bytes.subspan(std::size_t(count));
  }
}

void ByteSource::take(bool& value) {
  char byte = 0;
  take(byte);
  value = byte != 0;
}

void ByteSource::take(std::string& text) {
  std::uint64_t size = 0;
  take(size);
  require(size, 1);
  text.resize(std::size_t(size));
  take(std::as_writable_bytes(std::span(text)));
}

void run_in_child(const std::string& source, const ChildLimits& limits,
                  const std::function<std::function<void(ByteSink&)>()>& work,
                  const std::function<void(ByteSource&)>& take) {
  const auto refuse = [&](int error) {
    throw FileError(fmt::format("{}: cannot be read: no process can be started for it: {}", source,
                                std::generic_category().message(error)));
  };
  const std::uint64_t now = address_space(), space = now == 0 ? 0 : now + limits.memory;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) refuse(errno);
  const pid_t parent = ::getpid(), child = ::fork();
  if (child == 0) {
    end_with(parent);
    ::close(ends[0]);  // or what nobody takes any more would be written without end
    be_child(work, ends[1], limits.seconds, space);
  }
  const int error = errno;
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    refuse(error);
  }
  bool is_broken = false;
  std::exception_ptr failure;
  Outcome outcome = Outcome::done;
  std::string words;
  try {
    ByteSource in(ends[0], limits.result);
    in.take(outcome);
    if (outcome != Outcome::done && outcome != Outcome::file_error && outcome != Outcome::memory_error) throw Broken{};
    if (outcome == Outcome::done)
      take(in);
    else
      in.take(words);
  } catch (const Broken&) {
    is_broken = true;
  } catch (...) {  // no memory for the result
    failure = std::current_exception();
  }
  ::close(ends[0]);
  if (failure) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (failure) std::rethrow_exception(failure);
  if (is_broken) throw FileError(fmt::format("{}: {}", source, reason_of(status, limits)));
  if (outcome == Outcome::file_error) throw FileError(words);
  if (outcome == Outcome::memory_error) throw MemoryError(words);
}

}  // namespace tripartite::io::detail
