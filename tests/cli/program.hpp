#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tripartite {

/// Exit status and output of a finished program.
struct Finished {
  int status = -1;  // exit status; 128 + signal if a signal ended it
  std::string out;
  std::string err;
};

/// One run of the command-line program (TRIPARTITE_PROGRAM) in a working directory, without a terminal and with empty
/// standard input.
class Program {
 public:
  Program(const std::vector<std::string>& arguments, const std::filesystem::path& working_directory);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  void send(int signal) const;
  /// Waits until the program ends.
  Finished wait();

 private:
  std::filesystem::path out_;
  std::filesystem::path err_;
  pid_t process_ = -1;
};

/// Runs the program until it ends.
Finished run_program(const std::vector<std::string>& arguments, const std::filesystem::path& working_directory);

}  // namespace tripartite
