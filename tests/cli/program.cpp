#include "cli/program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <system_error>

#include "host/io/text_file.hpp"

namespace tripartite {
namespace {

std::filesystem::path temporary_file() {
  std::string name = testing::TempDir() + "tripartite_output_XXXXXX";
  const int file = ::mkstemp(name.data());
  if (file < 0) throw std::system_error(errno, std::generic_category(), name);
  ::close(file);
  return name;
}

void redirect(const char* path, int flags, int descriptor) {
  const int file = ::open(path, flags);
  if (file < 0 || ::dup2(file, descriptor) < 0) ::_exit(126);
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments, const std::filesystem::path& working_directory)
    : out_(temporary_file()), err_(temporary_file()) {
  std::vector<char*> words{const_cast<char*>(TRIPARTITE_PROGRAM)};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  process_ = ::fork();
  if (process_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (process_ == 0) {
    redirect("/dev/null", O_RDONLY, STDIN_FILENO);
    redirect(out_.c_str(), O_WRONLY, STDOUT_FILENO);
    redirect(err_.c_str(), O_WRONLY, STDERR_FILENO);
    if (::chdir(working_directory.c_str()) != 0) ::_exit(126);
    ::execv(words.front(), words.data());
    ::_exit(127);
  }
}

Program::~Program() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove(out_, ignored);
  std::filesystem::remove(err_, ignored);
}

void Program::send(int signal) const { ::kill(process_, signal); }

Finished Program::wait() {
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) continue;
  process_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), io::read_file(out_), io::read_file(err_)};
}

Finished run_program(const std::vector<std::string>& arguments, const std::filesystem::path& working_directory) {
  return Program(arguments, working_directory).wait();
}

}  // namespace tripartite
