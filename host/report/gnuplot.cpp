#include "host/report/gnuplot.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "host/io/atomic_file.hpp"
#include "host/io/text_file.hpp"
#include "tripartite/error.hpp"

namespace tripartite::report {
namespace {

/// A directory that only its owner can read; the destructor removes it with its contents.
class PrivateDirectory {
 public:
  PrivateDirectory() {
    std::error_code none;
    const auto parent = std::filesystem::temp_directory_path(none);
    std::string name = ((none ? std::filesystem::path("/tmp") : parent) / "tripartite-plot-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw FileError(fmt::format("{}: cannot be created: {}", name, std::generic_category().message(errno)));
    path_ = std::filesystem::absolute(name);
  }
  PrivateDirectory(const PrivateDirectory&) = delete;
  PrivateDirectory& operator=(const PrivateDirectory&) = delete;
  ~PrivateDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// Start attributes of a child process: its three standard streams, default signal handlers.
class SpawnSettings {
 public:
  SpawnSettings(const std::string& output, const std::string& words) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, words.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw FileError("gnuplot: waiting for it failed: " + std::generic_category().message(errno));
  return status;
}

std::string last_words(const std::string& path) {
  std::string words = io::read_file(path);
  while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) words.pop_back();
  constexpr std::size_t longest = 2000;
  return words.size() > longest ? words.substr(words.size() - longest) : words;
}

}  // namespace

std::optional<std::string> run_gnuplot(const std::string& script) {
  const PrivateDirectory directory;
  const std::string input = directory.file("figure.gp");
  const std::string output = directory.file("figure.svg");
  const std::string words = directory.file("words.txt");
  io::write_file(input, script);

  const SpawnSettings settings(output, words);
  std::string program = "gnuplot", default_settings = "-d", file = input;
  char* const arguments[] = {program.data(), default_settings.data(), file.data(), nullptr};
  pid_t child = 0;
  const int refused =
      ::posix_spawnp(&child, "gnuplot", settings.actions(), settings.attributes(), arguments, ::environ);
  if (refused == ENOENT || refused == ENOTDIR) return std::nullopt;
  if (refused != 0) throw FileError("gnuplot: cannot be started: " + std::generic_category().message(refused));

  const int status = wait_for(child);
  if (WIFSIGNALED(status))
    throw FileError(fmt::format("gnuplot: terminated by signal {}: {}", WTERMSIG(status), last_words(words)));
  if (WEXITSTATUS(status) != 0)
    throw FileError(fmt::format("gnuplot: failed with status {}: {}", WEXITSTATUS(status), last_words(words)));
  std::string drawn = io::read_file(output);
  if (drawn.find("</svg>") == std::string::npos)
    throw FileError("gnuplot: expected an SVG document, got none: " + last_words(words));
  return drawn;
}

}  // namespace tripartite::report
