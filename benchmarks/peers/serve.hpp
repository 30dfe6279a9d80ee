#pragma once

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include "benchmarks/rivals/rival.hpp"

/// What benchmarks/peers/run and a simulator say to each other, so that turns of all sides alternate: the program is
/// started with the words that tripartite_rivals gets, prints one line with its name when it is ready, and then answers
/// each line of its input with the time of one turn and a number to check it by.
namespace tripartite::peers {

inline rivals::Case case_of(int count, char** words) {
  std::map<std::string, std::string> options{{"--method", "rk4"}, {"--precision", "float64"}, {"--n", "1000"},
                                             {"--steps", "100"},  {"--second", "0"},          {"--threads", "1"}};
  for (int i = 2; i + 1 < count; i += 2) options.at(words[i]) = words[i + 1];
  const auto number = [&](const char* name) { return std::strtol(options[name].c_str(), nullptr, 10); };
  return {options["--method"], options["--precision"] == "float64",
          number("--n"),       number("--steps"),
          number("--second"),  int(number("--threads"))};
}

template <class Turn>
int serve(const std::string& name, const Turn& turn) {
  std::printf("{\"peer\": \"%s\"}\n", name.c_str());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    const rivals::Result result = turn();
    std::printf("{\"seconds\": %.9g, \"check\": %.12g}\n", result.seconds, result.check);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace tripartite::peers
