#include "host/io/child_process.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "io/error_text.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io::detail {
namespace {

constexpr ChildLimits limits{.seconds = 60, .memory = std::uint64_t(1) << 30, .result = 1 << 20};

/// More than a pipe holds.
std::function<void(ByteSink&)> send_too_much() {
  return [](ByteSink& out) { out.put(std::vector<char>(16 << 20)); };
}

TEST(ChildProcess, HandsOverWhatItFound) {
  std::vector<int> found;
  run_in_child(
      "file", limits, [] { return [](ByteSink& out) {
                             out.put(std::vector<int>{1, 2, 3});
                           }; },
      [&](ByteSource& in) { in.take(found); });
  EXPECT_EQ(found, (std::vector<int>{1, 2, 3}));
}

TEST(ChildProcess, WhoSaysMoreThanItMayIsNotWaitedFor) {
  std::vector<char> found;
  EXPECT_THAT(error_text<FileError>(
                  [&] { run_in_child("file", limits, send_too_much, [&](ByteSource& in) { in.take(found); }); }),
              testing::HasSubstr("file: is damaged: reading it needs more memory"));
}

TEST(ChildProcess, EndsWithItsParent) {
  // Whoever lives has the other end of this pipe.
  std::array<int, 2> living{};
  ASSERT_EQ(::pipe(living.data()), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    ::close(living[0]);
    run_in_child("file", limits, send_too_much, [](ByteSource&) {
      for (;;) ::pause();
    });
    ::_exit(0);
  }
  ::close(living[1]);
  ::pollfd end{.fd = living[0], .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&end, 1, 300), 0);  // both live
  ASSERT_EQ(::kill(parent, SIGKILL), 0);
  ASSERT_EQ(::waitpid(parent, nullptr, 0), parent);
  EXPECT_EQ(::poll(&end, 1, 30'000), 1);
  EXPECT_NE(end.revents & POLLHUP, 0);
  ::close(living[0]);
}

}  // namespace
}  // namespace tripartite::io::detail
