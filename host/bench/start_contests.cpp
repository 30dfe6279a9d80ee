#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/bench/clock.hpp"
#include "host/bench/contest.hpp"
#include "host/bench/folder.hpp"
#include "host/io/descriptor.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/model_files.hpp"

// How long a command takes until its work begins: its run directory appears when it has read everything and is ready
// for the first step. Of commands without one, until they print their first result. What follows is cut off.
namespace tripartite::bench {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what) {
  throw FileError(fmt::format("bench start: {}: {}", what, std::strerror(errno)));
}

/// This program with other words, whose results go to `results`. Stopped in the end.
class Child {
 public:
  Child(std::vector<std::string> words, int results) {
    words.insert(words.begin(), "tripartite");
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, results, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    errno = ::posix_spawn(&process_, "/proc/self/exe", &actions, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (errno != 0) fail("cannot start " + words.at(1));
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }

 private:
  pid_t process_ = 0;
};

constexpr auto image = "digit.png";  // a word that stands for a file of this name

struct Start {
  std::vector<std::string> words;
  bool has_directory;
};

Turn time_to_begin(const Start& start) {
  const Folder folder(fs::temp_directory_path(), "start");
  std::vector<std::string> words = start.words;
  for (std::string& word : words)
    if (word == image) {
      const std::string_view bytes = transformer::embedded_image(image);
      word = (folder.path() / image).string();
      std::ofstream(word, std::ios::binary).write(bytes.data(), std::streamsize(bytes.size()));
    }
  if (start.has_directory) words.insert(words.end(), {"--out", (folder.path() / "run").string()});
  const io::Descriptor watch(::inotify_init1(IN_CLOEXEC));
  if (watch.get() < 0 || ::inotify_add_watch(watch.get(), folder.path().c_str(), IN_CREATE | IN_MOVED_TO) < 0)
    fail(folder.path().string());
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
  const io::Descriptor results(ends[0]);
  io::Descriptor voice(ends[1]);
  std::optional<Child> child;
  pollfd events[] = {{watch.get(), POLLIN, 0}, {results.get(), POLLIN, 0}};
  Turn turn;
  turn.seconds = seconds_of([&] {
    child.emplace(words, voice.get());
    voice = io::Descriptor();
    while (::poll(events, 2, -1) < 0)
      if (errno != EINTR) fail("poll");
  });
  // A child that ends without a result closes the pipe.
  const bool has_begun = ((events[0].revents | events[1].revents) & POLLIN) != 0;
  if (!has_begun)
    throw FileError(fmt::format("bench start: tripartite {}: ended before it began", fmt::join(words, " ")));
  turn.check = 1;
  return turn;
}

}  // namespace

std::vector<Contest> start_contests(const Options& options) {
  const std::vector<Start> starts{{{"attend", "--text", "a"}, true},
                                  {{"generate", "--prompt", "a", "--tokens", "1", "--network"}, false},
                                  {{"classify", image, "--network"}, false},
                                  {{"recall", "--n", "100", "--k", "2", "--cues", "1"}, true},
                                  {{"capacity", "--n", "10"}, true},
                                  {{"astrocyte", "--duration", "0.1"}, true},
                                  {{"synapse", "--duration", "0.1"}, true},
                                  {{"network", "--duration", "0.1"}, true},
                                  {{"sweep", "--over", "O_delta=0.2:1.5:2"}, true},
                                  {{"study", "embedded", "--over", "heterogeneity", "--values", "0"}, true}};
  std::vector<Contest> all;
  for (const Start& start : starts) {
    Contest contest;
    contest.workload = "start";
    contest.variant = fmt::format("{}", fmt::join(start.words, " "));
    contest.threads = threads_of(options);
    contest.n = 1;
    contest.steps = 1;
    contest.work = 1;
    contest.unit = "starts";
    contest.own = [start] { return time_to_begin(start); };
    all.push_back(std::move(contest));
  }
  return all;
}

}  // namespace tripartite::bench
