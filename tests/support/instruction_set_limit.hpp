#pragma once

#include <cstdlib>
#include <string>

#include "tripartite/backend.hpp"

namespace tripartite {

/// Lowers the instruction set of networks that are made in its life.
class InstructionSetLimit {
 public:
  explicit InstructionSetLimit(InstructionSet limit) {
    if (const char* value = std::getenv(variable)) before_ = value;
    setenv(variable, std::string(to_string(limit)).c_str(), 1);
  }
  ~InstructionSetLimit() { before_.empty() ? unsetenv(variable) : setenv(variable, before_.c_str(), 1); }
  InstructionSetLimit(const InstructionSetLimit&) = delete;
  InstructionSetLimit& operator=(const InstructionSetLimit&) = delete;

 private:
  static constexpr const char* variable = "TRIPARTITE_INSTRUCTION_SET";
  std::string before_;
};

}  // namespace tripartite
